/** One viewer's way through the rungs of a stream: one answer, which changes to another rung at a whole picture that both have. */

import type { Clock, Timer } from "../contract/clock.ts";
import { type Fragment, type InitSegment, kbpsOf, type Piece, type PieceRing, type Rung } from "../contract/stream.ts";
import { chooseRung, type RungChoice } from "./rung-choice.ts";
import { sameMoment, ViewerQueue } from "./viewer-queue.ts";

export interface RungWatchOptions {
  readonly clock: Clock;
  readonly rungs: readonly Rung[];
  readonly ring: (rung: string) => Promise<PieceRing>;
  /** The ring of the rung that is begun with. */
  readonly first: PieceRing;
  /** Where the choice stands; `isFixed` keeps it there. */
  readonly choice: RungChoice;
  readonly isFixed: boolean;
  readonly onChoice: (choice: RungChoice) => void;
  readonly onEnd: () => void;
}

export interface RungWatch {
  readonly body: ReadableStream<Uint8Array>;
  /** Octets that the viewer has taken. */
  readonly sentOctets: number;
  /** Whether the viewer would take more than there is. */
  readonly isHungry: boolean;
  end(): void;
}

/** One rung as it comes; what of it has come before it is changed to waits here. */
interface Lane {
  readonly rung: number;
  readonly since: number;
  init: InitSegment | undefined;
  fragments: Fragment[];
  stop: () => void;
}

const lookMs = 250;
/** With the octets under way four seconds, at most, are kept for one who reads nothing. */
const mostWaitingSeconds = 3.75;
const mostSkips = 8;
/** Two rungs that never meet: the change is made all the same. */
const meetingMs = 3_000;

export function watchRungs(options: RungWatchOptions): RungWatch {
  const { clock, rungs, isFixed } = options;
  const kbps = rungs.map(kbpsOf);
  let choice = options.choice;
  let current = laneOf(choice.rung);
  let next: Lane | undefined;
  let timer: Timer | undefined;
  let isOver = false;

  const queue = new ViewerQueue({
    ...{ mostWaitingSeconds, mostSkips },
    onEnd() {
      isOver = true;
      timer?.cancel();
      current.stop();
      next?.stop();
      options.onEnd();
    },
  });

  function laneOf(rung: number): Lane {
    return { rung, since: clock.now(), init: undefined, fragments: [], stop: () => undefined };
  }

  function follow(lane: Lane, ring: PieceRing): void {
    lane.stop = ring.follow((piece) => {
      if (lane === current) queue.send(piece);
      else keep(lane, piece);
      change();
      lookOn();
    });
  }

  function keep(lane: Lane, piece: Piece): void {
    if ("init" in piece) {
      lane.init = piece.init;
      lane.fragments = [];
    } else lane.fragments.push(piece.fragment);
  }

  /** Changes as soon as both have the same moment, and the viewer has not passed it; after a while at whatever there is. */
  function change(): void {
    if (next?.init === undefined) return;
    const { since, init, fragments } = next;
    const isLate = clock.now() - since > meetingMs;
    const meeting = fragments.findIndex(({ isKey, start }) => isKey && start >= queue.sentUntil - sameMoment);
    const at = meeting < 0 && isLate ? fragments.findLastIndex(({ isKey }) => isKey) : meeting;
    const from = fragments[at];
    if (from === undefined || (!isLate && queue.queuedUntil < from.start - sameMoment)) return;
    current.stop();
    current = next;
    next = undefined;
    current.fragments = [];
    queue.replace(init, fragments.slice(at));
  }

  function aim(rung: number): void {
    if (rung === (next ?? current).rung) return;
    next?.stop();
    next = undefined;
    if (rung !== current.rung) void begin(rung);
  }

  async function begin(rung: number): Promise<void> {
    const lane = laneOf(rung);
    next = lane;
    try {
      const ring = await options.ring(rungs[rung]?.name ?? "");
      if (next === lane && !isOver) follow(lane, ring);
    } catch {
      // The rung cannot be had: what is watched goes on.
      if (next !== lane) return;
      next = undefined;
      choice = { ...choice, rung: current.rung, since: clock.now(), calmSince: clock.now() };
    }
  }

  function look(): void {
    const { waitingSeconds, sentOctets } = queue;
    choice = chooseRung(choice, { now: clock.now(), waitingSeconds, sentOctets }, kbps);
    aim(choice.rung);
    options.onChoice(choice);
    timer = undefined;
    lookOn();
  }

  /** At the best rung, with nothing that waits, there is nothing to look for. */
  function lookOn(): void {
    if (isOver || isFixed || rungs.length < 2 || timer !== undefined) return;
    if (choice.rung > 0 || next !== undefined || queue.waitingSeconds > 0) timer = clock.after(lookMs, look);
  }

  follow(current, options.first);
  lookOn();

  return {
    body: queue.body,
    get sentOctets() {
      return queue.sentOctets;
    },
    get isHungry() {
      return queue.isHungry;
    },
    end: () => queue.end(),
  };
}
