/**
 * The history of a home's numbers (docs/interfaces.md, history): gathered in memory as minutes and hours, written to one
 * file every quarter of an hour and at the end, and read from both. Whatever the disk does, nothing else in the house
 * stops for it.
 */

import type { Host, Timer } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { History, HistoryAnswer, HistoryQuery } from "../contract/history.ts";
import type { HomeEvent } from "../contract/messages.ts";
import { edgesOf, stepFor } from "./calendar.ts";
import { type FollowedHome, followHome } from "./followed.ts";
import { type HistoryFile, type Level, openHistoryFile, setAside } from "./history-file.ts";
import { measuredPoint, resample, type Stretch, totalPoint } from "./resample.ts";
import { floorTo, hourMs, join, minuteMs, type Spans } from "./span.ts";
import { giveBack, type Track } from "./track.ts";

export interface HistoryOptions {
  readonly host: Pick<Host, "clock" | "log">;
  readonly file: string;
  /** How long hours are kept. */
  readonly days: number;
  readonly megabytes: number;
}

export interface KeptHistory extends History, AsyncDisposable {
  receive(event: HomeEvent): void;
}

/** An SD card wears out by being written to: so seldom, and in one go. */
const writeMs = 15 * minuteMs;
const minuteDays = 7;
const dayMs = 24 * hourMs;
/** Of a clock that was just set nobody knows what is old. */
const steadyMs = hourMs;
/** What cannot be written is held for so long. */
const heldMs = dayMs;
const mostFull = 0.9;

/** Never fails for the disk's sake: while there is no file, `read` says why, and it is tried again. */
export async function openHistory({ host, file: path, days, megabytes }: HistoryOptions): Promise<KeptHistory> {
  const { clock, log } = host;
  let file: HistoryFile | undefined;
  let trouble: HomeError | undefined;
  let timer: Timer | undefined;
  let reachedAt = clock.now();
  let steadySince = reachedAt;
  let writing: Promise<void> | undefined;

  const home: FollowedHome = followHome(
    (device, property) => tried(() => file?.readingOf({ device, property })),
    () => clock.now(),
  );

  /** What is damaged makes room for a new one, once. */
  async function open(isRepeated = false): Promise<void> {
    try {
      file = await openHistoryFile(path, megabytes);
      trouble = undefined;
    } catch (thrown) {
      fail(thrown);
      if (!isRepeated && reasonOf(thrown) === "damaged") await open(true);
    }
  }

  /** Said once for each reason. */
  function fail(thrown: unknown): void {
    const error = toHomeError(thrown);
    const isNews = trouble === undefined || reasonOf(error) !== reasonOf(trouble);
    if (isNews) log.write("warn", "history-off", { file: path, error: error.toBody() });
    trouble = error;
    if (reasonOf(error) !== "damaged") return;
    try {
      const damaged = file;
      file = undefined;
      damaged?.[Symbol.dispose]();
      log.write("warn", "history-set-aside", { file: setAside(path) });
    } catch (cause) {
      log.write("error", "history-not-set-aside", { file: path, cause: String(cause) });
    }
  }

  function tried<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (thrown) {
      fail(thrown);
      return undefined;
    }
  }

  function write(isLast: boolean): void {
    const now = clock.now();
    if (file === undefined) {
      hold(now);
      return;
    }
    const all = home.list().map((one) => ({ ...one, taken: one.track.take(now, isLast) }));
    const written = all.map(({ device, property, track: { reading }, taken }) => ({
      ...{ device, property, reading },
      ...taken,
    }));
    const kept = file;
    try {
      try {
        kept.write(written);
      } catch (thrown) {
        // What is old makes room.
        if (reasonOf(thrown) !== "full") throw thrown;
        kept.thin();
        kept.write(written);
      }
      trouble = undefined;
      home.forgetGone();
    } catch (thrown) {
      fail(thrown);
      for (const { track, taken } of all) giveBack(track, taken, now - heldMs);
    }
  }

  /** Memory is no disk: what is held for too long is let go. */
  function hold(now: number): void {
    for (const { track } of home.list()) giveBack(track, track.take(now, true), now - heldMs);
  }

  function tidy(): void {
    const now = clock.now();
    if (file === undefined || now - steadySince < steadyMs) return;
    file.forget("minutes", now - minuteDays * dayMs);
    file.forget("hours", now - days * dayMs);
    for (let turn = 0; file.fullness > mostFull && turn < 10; turn++) file.thin();
  }

  async function turn(): Promise<void> {
    const now = clock.now();
    const passedMs = now - reachedAt;
    if (passedMs < 0 || passedMs > 2 * writeMs) steadySince = now;
    reachedAt = now;
    if (file === undefined) await open();
    write(false);
    tried(tidy);
    timer = clock.after(writeMs, begin);
  }
  const begin = (): void => {
    writing = turn();
  };

  /** Written or not yet, as if it were all written. */
  function spansOf(query: HistoryQuery, track: Track, level: Level, from: number, to: number): Spans {
    const spans = new Map(tried(() => file?.read(query, level, from, to)));
    for (const [at, span] of track.gathered[level]) if (at >= from && at < to) spans.set(at, join(spans.get(at), span));
    return spans;
  }

  await open();
  timer = clock.after(writeMs, begin);

  return {
    receive: (event) => home.receive(event),
    read(query): HistoryAnswer {
      const track = home.find(query.device, query.property);
      if (track === undefined) {
        throw new HomeError("unknown-property", `no history is kept of ${query.property}`, { name: query.property });
      }
      track.reach(clock.now());
      const { kind } = track;
      const step = stepFor(query.from, query.to, query.points, kind === "total" ? hourMs : minuteMs);
      const edges = edgesOf(query.from, query.to, step, query.zone);
      const [from = query.from, to = query.to] = [edges[0], edges.at(-1)];
      const spans = (level: Level) => spansOf(query, track, level, floorTo(from, hourMs), to);
      const hours = spans("hours");
      const stretches = step.unit === "minute" ? finest(spans("minutes"), hours) : stretchesOf(hours, hourMs);
      if (file === undefined) throw trouble ?? new HomeError("history-off", "no history is kept", {});
      const buckets = resample(stretches, edges);
      return kind === "total"
        ? { from, to, step, kind, points: buckets.map(totalPoint) }
        : { from, to, step, kind, points: buckets.map(measuredPoint) };
    },
    async [Symbol.asyncDispose]() {
      timer?.cancel();
      await writing;
      timer?.cancel();
      write(true);
      tried(() => file?.[Symbol.dispose]());
      file = undefined;
    },
  };
}

const reasonOf = (thrown: unknown): unknown => toHomeError(thrown).details["reason"];

const stretchesOf = (spans: Spans, lengthMs: number): readonly Stretch[] =>
  Array.from(spans, ([at, span]) => ({ at, lengthMs, ...span }));

/** An hour of which there are minutes is told by them; of any other its own span tells all. */
function finest(minutes: Spans, hours: Spans): readonly Stretch[] {
  const told = new Set(Array.from(minutes.keys(), (at) => floorTo(at, hourMs)));
  const whole = new Map([...hours].filter(([at]) => !told.has(at)));
  return [...stretchesOf(minutes, minuteMs), ...stretchesOf(whole, hourMs)];
}
