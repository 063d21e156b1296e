/** Makes a station of a room: opened by the first hold, closed some seconds after the last one lets go (contract/station.ts). */

import type { Clock, Log, Timer } from "./contract/clock.ts";
import { type HomeError, toHomeError } from "./contract/errors.ts";
import type { Hold, Station, StationName, StationStatus } from "./contract/station.ts";

/** How long what stands behind a station outlives its last hold: longer than a deploy takes. */
const lingerMs = 3_000;
/** A station that could not open tries again by itself: a network may come up late, a port may come free. */
const firstRetryMs = 2_000;
const longestRetryMs = 60_000;
/** How soon after a deploy the snapshots of the stations before must have arrived. */
const snapshotMs = 500;

/** What is open behind a station. */
export interface Works<In> {
  receive?(message: In): void;
  /** The wire of this name leads here no more. */
  unwire?(wire: string): void;
  /** One for each output. */
  snapshots?(): readonly unknown[];
  close(): Promise<void>;
}

export interface Plan<In> {
  readonly name: StationName;
  /** @throws HomeError `flow-invalid` */
  parse(message: unknown): In;
  /** The wires that a flow may lead here, each with the snapshot that comes by it after every deploy. */
  readonly wires?: Readonly<Record<string, (message: In) => boolean>>;
  open(send: (message: unknown, output?: number) => void, show: (status: StationStatus) => void): Promise<Works<In>>;
}

/**
 * Nothing is opened before `after` has resolved: whoever had the same sockets may still be closing them. `onLate` is called
 * when one that wires lead to has opened at last after it had failed: of what came by them before, it knows nothing.
 */
export function createStation<In>(
  plan: Plan<In>,
  clock: Clock,
  log: Log,
  after: Promise<void> = Promise.resolve(),
  onLate: () => void = () => undefined,
): Station & AsyncDisposable {
  const outputs = new Set<(message: unknown, output: number) => void>();
  const watchers = new Set<(status: StationStatus) => void>();
  let holds = 0;
  let works: Works<In> | undefined;
  let change = after;
  let closing: Timer | undefined;
  const expecting = new Map<string, Timer>();
  const wires = Object.entries(plan.wires ?? {});
  let retrying: Timer | undefined;
  let failures = 0;
  let waiting: In[] = [];
  let status: StationStatus = { state: "closed", text: "closed" };

  const report = (event: string, thrown: unknown): HomeError => {
    const error = toHomeError(thrown);
    log.write("error", event, { station: plan.name, error: error.toBody() });
    return error;
  };
  const show = (shown: StationStatus): void => {
    status = shown;
    for (const watcher of watchers) watcher(shown);
  };
  const send = (message: unknown, output = 0): void => {
    for (const listener of outputs) {
      try {
        listener(message, output);
      } catch (thrown) {
        // What one wire leads to is no concern of the others, nor of what stands here.
        report("station-output-failed", thrown);
      }
    }
  };

  /** Whoever sent it is gone: what is wrong with it is said here, and is no reason not to be open. */
  function handOn(to: Works<In>, message: In): void {
    try {
      to.receive?.(message);
    } catch (thrown) {
      report("station-message-refused", thrown);
    }
  }

  function tellAnew(): void {
    for (const [output, snapshot] of (works?.snapshots?.() ?? []).entries()) {
      if (snapshot !== undefined) send(snapshot, output);
    }
  }

  async function open(): Promise<void> {
    retrying?.cancel();
    if (works !== undefined || holds === 0) return;
    let isTold = false;
    try {
      works = await plan.open(send, (shown) => {
        isTold = true;
        show(shown);
      });
      const isLate = failures > 0;
      failures = 0;
      // Unless what opened has said more of itself.
      if (!isTold) show({ state: "open", text: "open" });
      for (const message of waiting.splice(0)) handOn(works, message);
      tellAnew();
      if (!isLate) return;
      log.write("info", "station-open-at-last", { station: plan.name });
      if (wires.length > 0) onLate();
    } catch (thrown) {
      const error = toHomeError(thrown);
      failures++;
      waiting = [];
      // The same failure again is no news.
      if (status.state !== "failed" || status.text !== error.code) report("station-failed", error);
      show({ state: "failed", text: error.code, detail: error.message });
      retrying = clock.after(Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1)), () => void next(open));
    }
  }

  async function close(): Promise<void> {
    if (holds > 0) return;
    const closed = works;
    works = undefined;
    failures = 0;
    try {
      await closed?.close();
    } catch (thrown) {
      report("station-not-closed", thrown);
    }
    // Held again meanwhile: it opens anew right after.
    if (holds === 0) show({ state: "closed", text: "closed" });
  }

  /** Openings and closings follow one another; each looks anew at what is wanted. */
  const next = (step: () => Promise<void>): Promise<void> => {
    change = change.then(step);
    return change;
  };

  return {
    name: plan.name,
    get status() {
      return status;
    },
    hold(): Hold {
      let isHeld = true;
      holds++;
      closing?.cancel();
      if (works === undefined) show({ state: "opening", text: "opening" });
      void next(open);
      return {
        release() {
          if (!isHeld) return;
          isHeld = false;
          if (--holds > 0) return;
          closing = clock.after(lingerMs, () => void next(close));
        },
      };
    },
    receive(message) {
      const parsed = plan.parse(message);
      for (const [wire, isSnapshot] of wires) if (isSnapshot(parsed)) expecting.get(wire)?.cancel();
      if (works !== undefined) works.receive?.(parsed);
      // Of what failed nobody knows when it opens, and it is told all anew then.
      else if (holds > 0 && failures === 0 && waiting.length < 1_000) waiting.push(parsed);
    },
    snapshots: () => works?.snapshots?.() ?? [],
    tellAnew,
    expectSnapshot() {
      for (const [wire] of wires) {
        expecting.get(wire)?.cancel();
        const timer = clock.after(snapshotMs, () => works?.unwire?.(wire));
        expecting.set(wire, timer);
      }
    },
    onOutput(listener) {
      outputs.add(listener);
      return () => void outputs.delete(listener);
    },
    onStatus(listener) {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      holds = 0;
      waiting = [];
      for (const timer of [closing, retrying, ...expecting.values()]) timer?.cancel();
      await next(close);
    },
  };
}
