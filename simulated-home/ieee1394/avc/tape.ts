/**
 * A simulated tape recorder (AV/C Tape Recorder/Player Subunit 2.4): a mechanism that takes its time, a tape with a
 * position, a cassette that may be protected or missing.
 */

import type { Clock, Timer } from "../../../gateway-core/contract/clock.ts";
import type { Octets } from "../../wire/octets.ts";
import type { Opcode, Reply, Subunit } from "./subunit.ts";

export interface Cassette {
  /** Codes of MEDIUM INFO: 0x32 small DVCR, 0x22 VHS …; 0x30 recordable, 0x31 protected, 0x50 D-VHS … */
  readonly type: number;
  readonly grade: number;
}

export interface TapePlan {
  readonly clock: Clock;
  readonly framesPerSecond: 25 | 30;
  /** OUTPUT SIGNAL MODE. */
  readonly signalMode: number;
  readonly cassette: Cassette | undefined;
  /** Where the tape stands at first. */
  readonly startSeconds?: number;
  /** How long the mechanism takes from one state to the next. */
  readonly transitionMs?: number;
  readonly notifies?: boolean;
  /** How long the tape is; an hour unless given. */
  readonly tapeSeconds?: number;
  /** Whether it goes to a time code by itself; it does unless told. */
  readonly searches?: boolean;
}

export interface Tape extends Subunit {
  /** What a hand does: puts a cassette in, or takes it out. */
  insert(cassette: Cassette | undefined): void;
  /** Condensation in the drum: the tape stops, and nothing moves until it is over. */
  condense(): void;
  /** Opcode and operand of the transport state that is, or is being reached. */
  readonly transport: Octets;
  readonly timeCode: string;
  /** Which frame from the beginning is under the head. */
  readonly frame: number;
  readonly seconds: number;
  readonly isPlaying: boolean;
  /** How fast pictures move: 1 as they were taken, below zero backwards, 0 while there are none. */
  readonly pictureSpeed: number;
}

const opcode = { timeCode: 0x51, counter: 0x57, signalMode: 0x78, load: 0xc1, record: 0xc2, play: 0xc3, wind: 0xc4 };
const state = { transport: 0xd0, medium: 0xda, speed: 0xdb };
const wound = { stop: 0x60, rewind: 0x65, forward: 0x75, fastRewind: 0x45, condensation: 0x31 };
const windSpeed = 40;
const searchSpeed = 80;
/** Of play modes; what is not here stands still. */
const playSpeed: ReadonlyMap<number, number> = new Map([
  [0x31, 0.1],
  [0x38, 1],
  [0x3f, 10],
  [0x41, -0.1],
  [0x48, -1],
  [0x4f, -10],
  [0x65, -1],
  [0x75, 1],
]);
const playModes = new Set([0x30, 0x31, 0x38, 0x3f, 0x40, 0x41, 0x48, 0x4f, 0x65, 0x6d, 0x75, 0x7d]);
const protectedGrades = new Set([0x31, 0x41, 0x51]);
const pause = 0x7d;
const searching = 0x20;
const asking = 0x71;
/** A frame that is reached is not missed by what a fraction of it cannot tell. */
const almostNothing = 1e-6;

export function createTape(plan: TapePlan): Tape {
  const { clock, framesPerSecond, signalMode, transitionMs = 500, notifies = true, tapeSeconds = 3600 } = plan;
  const { searches = true } = plan;
  const listeners = new Set<() => void>();
  let { cassette } = plan;
  let mode: readonly [number, number] = cassette === undefined ? [opcode.load, 0x60] : [opcode.wind, wound.stop];
  let since = { at: clock.now(), seconds: plan.startSeconds ?? 0 };
  let settledAt = clock.now();
  /** Where a search leads, in seconds. */
  let goal: number | undefined;
  let end: Timer | undefined;

  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  function speed(): number {
    const [code, operand] = mode;
    if (code === opcode.record) return operand === 0x75 ? 1 : 0;
    if (code === opcode.play) return playSpeed.get(operand) ?? 0;
    if (code !== opcode.wind) return 0;
    if (goal !== undefined) return operand === wound.forward ? searchSpeed : -searchSpeed;
    return { [wound.forward]: windSpeed, [wound.rewind]: -windSpeed, [wound.fastRewind]: -2 * windSpeed }[operand] ?? 0;
  }

  /** How far it goes in the way that it goes: to what is searched, else to an end of the tape. */
  const limit = (): number => goal ?? (speed() > 0 ? tapeSeconds : 0);

  /** Where the tape is now; at its ends it stops by itself, and pauses at what was searched. */
  function seconds(): number {
    const by = speed();
    const now = since.seconds + (by * Math.max(0, clock.now() - settledAt)) / 1000;
    if (by === 0 || (by > 0 ? now <= limit() : now >= limit())) return now;
    since = { at: clock.now(), seconds: limit() };
    mode = goal === undefined ? [opcode.wind, wound.stop] : [opcode.play, pause];
    goal = undefined;
    return since.seconds;
  }

  function go(next: readonly [number, number], { isAtOnce = false, to }: { isAtOnce?: boolean; to?: number } = {}) {
    since = { at: clock.now(), seconds: seconds() };
    const isSame = next[0] === mode[0] && next[1] === mode[1];
    if (isSame && goal === undefined && to === undefined) return undefined;
    [mode, goal] = [next, to];
    settledAt = clock.now() + (isAtOnce ? 0 : transitionMs);
    clock.after(settledAt - clock.now(), changed);
    end?.cancel();
    end = speed() === 0 ? undefined : clock.after(settledAt - clock.now() + untilEndMs(), changed);
    changed();
    return undefined;
  }

  /** From when it moves until it stands by itself. */
  function untilEndMs(): number {
    return Math.ceil((1000 * Math.abs(limit() - since.seconds)) / Math.abs(speed())) + 1;
  }

  const needsTape = (act: () => undefined): Reply | undefined => (cassette === undefined ? "rejected" : act());

  function position(code: number, operands: Octets): Reply {
    if (operands[0] !== asking) return "not-implemented";
    if (cassette === undefined) return { frame: Uint8Array.of(code, asking, 0xff, 0xff, 0xff, 0xff) };
    return { frame: Uint8Array.of(code, asking, ...timeParts().toReversed().map(bcd)) };
  }

  function timeParts(): number[] {
    const frames = frameNow();
    const whole = Math.floor(frames / framesPerSecond);
    return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60, frames % framesPerSecond];
  }

  const frameNow = (): number => Math.floor(seconds() * framesPerSecond + almostNothing);

  /** Winds to a time code, and pauses there. */
  function search(operands: Octets): Reply | undefined {
    const [, frames = 0, secs = 0, minutes = 0, hours = 0] = operands;
    const to = decimal(hours) * 3600 + decimal(minutes) * 60 + decimal(secs) + decimal(frames) / framesPerSecond;
    if (cassette === undefined || to > tapeSeconds) return "rejected";
    const way = to - seconds();
    if (Math.abs(way) < almostNothing) return go([opcode.play, pause]);
    return go([opcode.wind, way > 0 ? wound.forward : wound.rewind], { to });
  }

  const opcodes = new Map<number, Opcode>([
    [
      opcode.timeCode,
      {
        status: (operands) => position(opcode.timeCode, operands),
        control: search,
        knows: ([kind]) => searches && kind === searching,
      },
    ],
    [opcode.counter, { status: (operands) => position(opcode.counter, operands) }],
    [opcode.signalMode, { status: () => ({ frame: Uint8Array.of(opcode.signalMode, signalMode) }) }],
    [
      opcode.load,
      {
        control: () =>
          needsTape(() => {
            cassette = undefined;
            return go([opcode.load, 0x60]);
          }),
        knows: ([how]) => how === 0x60,
      },
    ],
    [
      opcode.record,
      {
        control: ([how = 0]) =>
          needsTape(() => undefined) ??
          (protectedGrades.has(cassette?.grade ?? 0) ? "rejected" : go([opcode.record, how])),
        knows: ([how]) => how === 0x75 || how === 0x7d,
      },
    ],
    [
      opcode.play,
      {
        control: ([how = 0]) => needsTape(() => go([opcode.play, how])),
        knows: ([how = 0]) => playModes.has(how),
      },
    ],
    [
      opcode.wind,
      {
        control: ([how = 0]) => needsTape(() => go([opcode.wind, how])),
        knows: ([how = 0]) => [wound.stop, wound.rewind, wound.forward, wound.fastRewind].includes(how),
      },
    ],
    [
      state.transport,
      {
        notifies,
        status() {
          seconds();
          return { frame: Uint8Array.from(mode), isInTransition: clock.now() < settledAt };
        },
      },
    ],
    [
      state.medium,
      {
        notifies,
        status: () => ({
          frame: Uint8Array.of(state.medium, cassette?.type ?? 0x60, cassette?.grade ?? 0x7f),
        }),
      },
    ],
    [state.speed, { status: () => ({ frame: Uint8Array.of(state.speed, 0x6f) }) }],
  ]);

  return {
    type: 4,
    id: 0,
    opcodes,
    onChange: (listener) => void listeners.add(listener),
    insert(next) {
      cassette = next;
      go(next === undefined ? [opcode.load, 0x60] : [opcode.wind, wound.stop]);
    },
    condense: () => void go([opcode.wind, wound.condensation], { isAtOnce: true }),
    get transport() {
      seconds();
      return Uint8Array.from(mode);
    },
    get frame() {
      return frameNow();
    },
    get seconds() {
      return seconds();
    },
    get isPlaying() {
      seconds();
      return mode[0] === opcode.play && mode[1] === 0x75 && clock.now() >= settledAt;
    },
    get pictureSpeed() {
      seconds();
      return mode[0] === opcode.play && clock.now() >= settledAt ? speed() : 0;
    },
    get timeCode() {
      return timeParts()
        .map((part) => String(part).padStart(2, "0"))
        .join(":");
    },
  };
}

const bcd = (value: number): number => (Math.floor(value / 10) << 4) | (value % 10);
const decimal = (octet: number): number => (octet >> 4) * 10 + (octet & 0xf);
