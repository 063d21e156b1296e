/** A home's line whose rate changes while a stream goes up, and what somebody outside sees of it who shows what comes at once. */

import { MediaSender } from "../../gateway-core/access-link/media-sender.ts";
import type { UplinkRoom } from "../../gateway-core/access-link/uplink-room.ts";
import { MediaFrameReader } from "../../gateway-core/bytes/media-frames.ts";
import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";
import type { Rung } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";

/** What leaves at once is no longer than a few packets. */
const longestPacket = 4 * 1024;
const mediaType = 'video/mp4; codecs="avc1.4d401e, mp4a.40.2"';
/** The boxes of the file around the pictures. */
const around = 1.025;
const beatMs = 5_000;
/** Of each group of a second: the whole picture is larger, the last fragment before the next is shorter. */
const shape = [1.25, 0.98, 0.98, 0.98, 0.81] as const;

/** Time that passes as fast as what happens in it can be worked out: minutes of a line in a fraction of a second. */
export class QuickClock implements Clock {
  #now = 1_800_000_000_000;
  #waiting: { readonly at: number; readonly action: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): Timer {
    const entry = { at: this.#now + Math.max(0, delayMs), action };
    const later = this.#waiting.findIndex(({ at }) => at > entry.at);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, entry);
    const cancel = (): void => {
      this.#waiting = this.#waiting.filter((one) => one !== entry);
    };
    return { cancel };
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let [next] = this.#waiting; next !== undefined && next.at <= end; [next] = this.#waiting) {
      this.#waiting.shift();
      this.#now = next.at;
      next.action();
      await settled();
    }
    this.#now = end;
    await settled();
  }
}

/** Promise chains run to their end before time goes on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await undefined;
}

export interface LineStep {
  readonly kbps: number;
  readonly seconds: number;
}

export interface LineWatch {
  /** Of the time from the first picture on, shown, in percent. */
  readonly shown: number;
  readonly longestStallMs: number;
  /** Of all stalls together: who shows what comes at once is so far behind at the end. */
  readonly stalledSeconds: number;
  /** The rungs in their order, and in which second each began. */
  readonly changes: readonly string[];
  /** Seconds at each rung. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly lostSeconds: number;
}

export interface SteppedLineOptions {
  readonly clock: QuickClock;
  readonly room: UplinkRoom;
  readonly rungs: readonly Rung[];
  readonly steps: readonly LineStep[];
  readonly oneWayMs?: number;
  /** What a device has sent while its encoder was begun comes faster than it plays. */
  readonly burstMs?: number;
  /** How late what is sent may be heard of, as of a busy machine or a wireless line: so many milliseconds, again and again. */
  readonly jitterMs?: readonly number[];
  /** Who else sends by the same line. */
  readonly beside?: (pass: Pass) => void;
}

/** Sends so many octets by the line; `then` when the other end has taken them and that was heard of. */
export type Pass = (octets: number, then: () => void) => void;

export async function watchSteppedLine(options: SteppedLineOptions): Promise<LineWatch> {
  const { clock, room, rungs, steps, oneWayMs = 10, burstMs = 450, jitterMs = [0] } = options;
  const rings = new Map(rungs.map(({ name }) => [name, new FragmentRing()]));
  for (const ring of rings.values()) {
    ring.push({ init: { octets: new Uint8Array(800), mediaType, hasVideo: true, hasAudio: true } });
  }
  const begun = clock.now();
  /** First come, first served, and late or not, none overtakes another. */
  const carry = (octets: number, then: () => void): void => {
    freeAt = Math.max(freeAt, clock.now()) + octets / rate;
    arrivesAt = Math.max(arrivesAt, freeAt + oneWayMs + (jitterMs[packets++ % jitterMs.length] ?? 0));
    clock.after(arrivesAt - clock.now(), then);
  };
  let [freeAt, arrivesAt, taken, rate, packets] = [0, 0, 0, (steps[0]?.kbps ?? 0) / 8, 0];
  const reader = new MediaFrameReader("gateway");
  const arrived: { readonly at: number; readonly start: number; readonly duration: number }[] = [];
  const changes: string[] = [];
  const seconds: Record<string, number> = {};
  let rung = "";

  const sender = new MediaSender({
    ...{ clock, room, wished: undefined },
    hold: {
      rungs,
      audioCount: 1,
      over: new Promise(() => undefined),
      ring: async (name) => rings.get(name) ?? new FragmentRing(),
      [Symbol.dispose]: () => undefined,
    },
    write(octets) {
      for (let from = 0; from < octets.length; from += longestPacket) {
        const some = new Uint8Array(octets.subarray(from, from + longestPacket));
        carry(some.length, () => hear(some));
      }
      return true;
    },
    onEnd: () => undefined,
  });

  function hear(octets: Uint8Array): void {
    taken += octets.length;
    const total = taken;
    clock.after(oneWayMs, () => sender.taken(total));
    for (const frame of reader.push(octets)) {
      if (frame.kind === "head" && frame.head.rung !== rung) {
        rung = frame.head.rung;
        changes.push(`${rung} at ${Math.round((clock.now() - begun) / 1_000)}`);
      }
      if (frame.kind !== "piece" || "init" in frame.piece) continue;
      const { start, duration } = frame.piece.fragment;
      seconds[rung] = (seconds[rung] ?? 0) + duration;
      arrived.push({ at: clock.now(), start, duration });
    }
  }

  const duration = 1 / shape.length;
  let [count, beats] = [0, 1];
  const play = (): void => {
    for (; (count + 1) * duration * 1_000 <= clock.now() - begun + burstMs; count++) {
      const part = count % shape.length;
      for (const { name, videoKbps, audioKbps } of rungs) {
        const octets = (around * (videoKbps + audioKbps) * 1_000 * duration * (shape[part] ?? 1)) / 8;
        const times = { isKey: part === 0, start: count * duration, duration };
        rings.get(name)?.push({ fragment: { octets: new Uint8Array(Math.round(octets)), ...times } });
      }
    }
  };
  options.beside?.((octets, then) => carry(octets, () => clock.after(oneWayMs, then)));
  let until = begun;
  for (const step of steps) {
    rate = step.kbps / 8;
    until += step.seconds * 1_000;
    while (clock.now() < until) {
      play();
      if (clock.now() - begun >= beats * beatMs) {
        beats++;
        sender.beat();
      }
      await clock.advance(10);
    }
  }
  sender[Symbol.dispose]();
  return { ...shownOf(arrived, clock.now()), changes, seconds };
}

function shownOf(
  arrived: readonly { readonly at: number; readonly start: number; readonly duration: number }[],
  end: number,
): Pick<LineWatch, "shown" | "longestStallMs" | "stalledSeconds" | "lostSeconds"> {
  const first = arrived[0]?.at ?? end;
  let [at, bufferedMs, shownMs, longestStallMs, next, lostSeconds] = [first, 0, 0, 0, arrived[0]?.start ?? 0, 0];
  for (const { at: now, start, duration } of [...arrived, { at: end, start: Number.NaN, duration: 0 }]) {
    const shown = Math.min(now - at, bufferedMs);
    longestStallMs = Math.max(longestStallMs, now - at - shown);
    shownMs += shown;
    bufferedMs += duration * 1_000 - shown;
    at = now;
    lostSeconds += Math.max(0, Number.isNaN(start) ? 0 : start - next);
    next = start + duration;
  }
  return {
    shown: (100 * shownMs) / (end - first),
    longestStallMs,
    stalledSeconds: (end - first - shownMs) / 1_000,
    lostSeconds: Math.round(lostSeconds * 1_000) / 1_000,
  };
}
