/**
 * A source of the network, connected to once however many follow it, and for as long as anybody does. What breaks off is
 * taken up again while its viewers wait; what stays away ends their streams with the reason.
 */

import { type Clock, sleep } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { AvSource, SourceForm } from "../contract/stream.ts";
import { within } from "../contract/within.ts";
import type { HttpOrigin, TcpOrigin } from "./av-origin.ts";
import { cutterOf } from "./cutter-of.ts";
import { LiveReader } from "./live-reader.ts";
import { Pacer } from "./pacer.ts";
import type { SourceFacts } from "./source-facts.ts";
import { readHead, type SourceHead } from "./source-head.ts";
import { reasonOf, sourceTrouble } from "./source-trouble.ts";
import { StreamJudge } from "./stream-judge.ts";
import { unless } from "./waiting.ts";
import type { AvWires, OctetWire } from "./wires.ts";

export interface LiveFeedOptions {
  readonly origin: TcpOrigin | HttpOrigin;
  /** A source that says how long it is begins again where it ends. */
  readonly loop: boolean;
  readonly wires: AvWires;
  readonly clock: Clock;
  readonly facts: SourceFacts;
}

export interface LiveFeed {
  /** @throws HomeError why there is no stream, or the signal's reason */
  open(signal: AbortSignal): Promise<AvSource>;
  /** Lets everybody go; resolves when nothing is open any more. */
  close(): Promise<void>;
}

/** Until a connection stands, or a server has answered. */
const connectMs = 10_000;
/** Until it is known what is sent, however many octets come. */
const headMs = 10_000;
/** Without one whole packet: a connection that is dead, or as good as that. */
const idleMs = 10_000;
/** A source that was away for so long is given up. */
const awayMs = 20_000;
const [firstRetryMs, lastRetryMs] = [250, 4_000];
/** However short what it sends is, it is not asked for anew more often. */
const leastRoundMs = 1_000;
/** A connection that stood for so long was a good one. */
const wellMs = 10_000;
/** A sender that is faster than the stream's own time is no tuner, and waits; 0.05 % is what clocks may differ by, and more. */
const pace = { leadMs: 3_000, rate: 1.0005 };
/** Shorter waits are not worth a timer. */
const leastWaitMs = 10;

interface Run {
  readonly form: Promise<SourceForm>;
  readonly readers: Set<LiveReader>;
  readonly life: AbortController;
  readonly done: Promise<void>;
}

export function createLiveFeed({ origin, loop, wires, clock, facts }: LiveFeedOptions): LiveFeed {
  let running: Run | undefined;

  async function connect(life: AbortSignal): Promise<OctetWire> {
    const late = new AbortController();
    const timer = clock.after(connectMs, () =>
      late.abort(sourceTrouble(origin.type === "tcp" ? "unreachable" : "silent")),
    );
    try {
      return await wires.connect(origin, AbortSignal.any([life, late.signal]));
    } finally {
      timer.cancel();
    }
  }

  function begin(): Run {
    const life = new AbortController();
    const { signal } = life;
    const readers = new Set<LiveReader>();
    const { promise: form, resolve, reject } = Promise.withResolvers<SourceForm>();
    form.catch(() => undefined);
    const pacer = new Pacer(pace);
    let known: SourceForm | undefined;
    let wholeAt = clock.now();
    let awaySince: number | undefined;

    async function pass({ start, octets: first }: SourceHead, wire: OctetWire): Promise<void> {
      const cutter = cutterOf(start);
      const judge = new StreamJudge(cutter);
      let octets: Uint8Array | undefined = first;
      while (octets !== undefined) {
        const lostBefore = cutter.octetsLost;
        const cuts = cutter.push(octets);
        for (const { losses } of readers) losses.strayed(cutter.octetsLost - lostBefore);
        for (const cut of cuts) {
          const waitMs = pacer.waitMs(clock.now(), cut.sinceMs, cut.octets.length);
          if (waitMs >= leastWaitMs) await sleep(clock, waitMs, signal);
          wholeAt = clock.now();
          for (const reader of readers) reader.put(cut);
        }
        judge.judge(octets.length);
        const leftMs = wholeAt + idleMs - clock.now();
        octets = await within({ clock, ms: leftMs, signal, late }, () => wire.read());
      }
    }

    /** One connection, from its beginning to its end. @returns whether it has ended as it said that it would */
    async function once(): Promise<boolean> {
      let wire: OctetWire | undefined;
      try {
        wire = await connect(signal);
        const { read, hasEnd } = wire;
        const head = await within({ clock, ms: headMs, signal, late }, () => readHead(read));
        if (known !== undefined && head.start.form !== known) throw sourceTrouble("form-changed");
        known = head.start.form;
        resolve(known);
        facts.setForm(known);
        facts.setAvailable(true);
        facts.setState("playing");
        for (const { losses } of readers) if (awaySince !== undefined) losses.interrupted(clock.now() - awaySince);
        awaySince = undefined;
        await pass(head, wire);
        return hasEnd;
      } finally {
        wire?.close();
      }
    }

    async function live(): Promise<unknown> {
      for (let failures = 0; ; failures++) {
        const begunAt = clock.now();
        let trouble: unknown = sourceTrouble("lost");
        try {
          const isEnd = await once();
          if (isEnd && !loop) return undefined;
          if (isEnd && wholeAt >= begunAt) {
            await sleep(clock, Math.max(0, begunAt + leastRoundMs - clock.now()), signal).catch(() => undefined);
            failures = -1;
            continue;
          }
        } catch (thrown) {
          trouble = thrown;
        }
        if (signal.aborted) return undefined;
        awaySince ??= clock.now();
        const isHopeless = known === undefined || isOfAnother(trouble);
        if (isHopeless || clock.now() - wholeAt >= awayMs) return trouble;
        if (clock.now() - begunAt >= wellMs) failures = 0;
        facts.setState("interrupted", trouble);
        facts.countInterruption();
        await sleep(clock, Math.min(firstRetryMs * 2 ** failures, lastRetryMs), signal).catch(() => undefined);
        if (signal.aborted) return undefined;
      }
    }

    const run: Run = { form, readers, life, done: live().then(end) };
    function end(trouble: unknown): void {
      // Somebody may have begun anew already: then it is theirs to tell.
      const isLast = running === run || running === undefined;
      if (running === run) running = undefined;
      if (isLast) tellEnd(trouble);
      reject(trouble ?? gone());
      for (const reader of readers) reader.end(trouble);
    }
    facts.setState("connecting");
    return run;
  }

  function tellEnd(trouble: unknown): void {
    facts.setState(trouble === undefined ? "idle" : "failed", trouble);
    // What answers is there, whatever it answers.
    if (origin.type === "http" && reasonOf(trouble) === "unreachable") facts.setAvailable(false);
  }

  async function leave(run: Run, reader: LiveReader): Promise<void> {
    reader.leave();
    run.readers.delete(reader);
    if (run.readers.size > 0) return;
    if (running === run) running = undefined;
    run.life.abort(gone());
    await run.done;
  }

  return {
    async open(signal) {
      signal.throwIfAborted();
      running ??= begin();
      const run = running;
      const reader = new LiveReader(clock);
      run.readers.add(reader);
      try {
        const form = await unless(signal, run.form);
        const evidence = () => reader.losses.told();
        return { form, octets: reader.octets(), evidence, [Symbol.asyncDispose]: () => leave(run, reader) };
      } catch (thrown) {
        await leave(run, reader);
        throw toHomeError(thrown);
      }
    },
    async close() {
      const run = running;
      running = undefined;
      for (const reader of run?.readers ?? []) reader.end(gone());
      run?.life.abort(gone());
      await run?.done;
    },
  };
}

const late = (): HomeError => sourceTrouble("silent");

/** It sends what those who watch cannot go on with. */
const isOfAnother = (thrown: unknown): boolean => ["form-changed", "no-picture"].includes(reasonOf(thrown) ?? "");

const gone = (): HomeError => new HomeError("device-unavailable", "the source is let go");
