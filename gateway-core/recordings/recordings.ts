/** Keeps what devices send: records it untouched, makes clips of it, and knows what there is (docs/interfaces.md, recordings). */

import { stat } from "node:fs/promises";
import type { Host } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { ClipWish, ConversionProgress, Recording, Recordings } from "../contract/recording.ts";
import type { AvSource } from "../contract/stream.ts";
import { recordingsFull } from "./disk-trouble.ts";
import { fileAnswer } from "./file-answer.ts";
import { recordSource } from "./recorder.ts";
import { openShelf } from "./shelf.ts";

export interface ClipJob extends ClipWish {
  readonly input: string;
  /** While it is not whole, it is called `….part`. */
  readonly output: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ConversionProgress) => void;
}

export interface RecordingsOptions {
  readonly host: Pick<Host, "clock" | "ids" | "log">;
  /** Made where it is not there. */
  readonly folder: string;
  /** What all together may take. */
  readonly mostOctets: number;
  readonly source: (device: string, signal: AbortSignal) => Promise<AvSource>;
  readonly convert: (job: ClipJob) => Promise<void>;
}

export interface KeptRecordings extends Recordings, AsyncDisposable {}

/** One that is on its way. */
interface Work {
  /** Never rejects. `why` is told of it. */
  readonly stop: (why?: string) => Promise<void>;
}

const mostAtOnce = 4;
const mostKept = 1_000;
/** Left on the disk for all else. */
const spareOctets = 256_000_000;
/** So often its free room is looked at, and what is missing is written down. */
const lookOctets = 32_000_000;
const longestMs = 12 * 60 * 60_000;
/** A clip is smaller than what it is made of, at the least by this. */
const clipPart = 0.25;

export async function openRecordings(options: RecordingsOptions): Promise<KeptRecordings> {
  const { host, folder, mostOctets, source: openSource, convert } = options;
  const { clock, ids, log } = host;
  const shelf = await openShelf(folder, log);
  const kept = new Map(shelf.found.map((one) => [one.id, one]));
  const works = new Map<string, Work>();
  const opening = new Map<string, Promise<Recording>>();
  const closing = new AbortController();
  let converting: Promise<void> = Promise.resolve();

  const change = (id: string, changes: Partial<Recording>): void => {
    const known = kept.get(id);
    if (known !== undefined) kept.set(id, { ...known, ...changes });
  };
  const find = (id: string): Recording => {
    const found = kept.get(id);
    if (found === undefined) throw new HomeError("not-found", "there is no such recording", { id });
    return found;
  };
  const used = (): number => [...kept.values()].reduce((sum, { octets }) => sum + octets, 0);
  /** @throws HomeError `recordings-full` */
  async function makeRoom(octets: number): Promise<void> {
    if (kept.size >= mostKept) throw recordingsFull("count");
    if (used() + octets > mostOctets) throw recordingsFull("megabytes");
    if ((await shelf.free()) - octets < spareOctets) throw recordingsFull("disk");
  }

  /** What is not whole leaves nothing on the disk; that it failed is told until somebody removes it. */
  async function end(id: string, changes: Partial<Recording>): Promise<void> {
    const { progress: _, ...known } = find(id);
    let one: Recording = { ...known, ...changes };
    try {
      if (one.state !== "whole") await shelf.discard(one);
      else if (one.form !== "mp4") await shelf.seal(one);
    } catch (thrown) {
      one = { ...one, state: "failed", reason: toHomeError(thrown).code };
      log.write("error", "recording-lost", { id, reason: String(thrown) });
    }
    kept.set(id, one);
    works.delete(id);
    const { device, octets, reason = "stopped" } = one;
    log.write("info", "recording-ended", { id, device, octets, reason });
    if (one.state !== "whole") return;
    // The file is there: without a word beside it, it is found again as one that was interrupted.
    await shelf
      .note(one)
      .catch((thrown: unknown) => log.write("warn", "recording-not-noted", { id, reason: String(thrown) }));
  }

  async function begin(device: string): Promise<Recording> {
    const running = [...kept.values()].filter(({ state }) => state === "recording").length;
    if (running + opening.size >= mostAtOnce) {
      throw new HomeError("too-many-streams", "no more is recorded at once", { most: mostAtOnce });
    }
    await makeRoom(1);
    const source = await openSource(device, closing.signal);
    const { form } = source;
    const id = ids.fresh();
    const started: Recording = { id, device, form, state: "recording", startedAt: clock.now(), seconds: 0, octets: 0 };
    try {
      await shelf.note(started);
    } catch (thrown) {
      await letGo(source);
      throw thrown;
    }
    kept.set(id, started);
    works.set(id, record(started, source));
    log.write("info", "recording-begun", { id, device, form });
    return started;
  }

  function record(started: Recording, source: AvSource): Work {
    const { id } = started;
    let reason: string | undefined;
    let [firstAt, lastAt]: [number | undefined, number] = [undefined, 0];
    let untilLook = 0;
    const time = clock.after(longestMs, () => void stop("longest"));
    const stop = async (why?: string): Promise<void> => {
      reason ??= why;
      await letGo(source);
      await ended;
    };
    /** What is known to be missing outlives a gateway that is killed, as what was written does. */
    const noteSoFar = async (): Promise<void> => {
      const evidence = source.evidence?.();
      const known = kept.get(id);
      if (evidence !== undefined && known !== undefined)
        await shelf.note({ ...known, evidence }).catch(() => undefined);
    };
    const writing = recordSource({
      source,
      path: shelf.partOf(started),
      onPiece() {
        lastAt = clock.now();
        firstAt ??= lastAt;
      },
      onOctets(octets) {
        const before = kept.get(id)?.octets ?? 0;
        change(id, { octets: before + octets, seconds: (lastAt - (firstAt ?? lastAt)) / 1000 });
      },
      async hasRoom(octets) {
        if (used() + octets > mostOctets) return false;
        // The disk is asked now and then: it is shared with all else.
        untilLook -= octets;
        if (untilLook > 0) return true;
        untilLook = lookOctets;
        await noteSoFar();
        return (await shelf.free()) >= spareOctets;
      },
    });
    const ended = (async () => {
      await writing.catch((thrown: unknown) => {
        reason ??= toHomeError(thrown).code;
        if (reason === "internal") log.write("error", "recording-failed", { id, reason: String(thrown) });
      });
      time.cancel();
      const evidence = source.evidence?.();
      await letGo(source);
      const isAny = (kept.get(id)?.octets ?? 0) > 0;
      await end(id, {
        state: isAny ? "whole" : "failed",
        ...(reason === undefined ? (isAny ? {} : { reason: "device-silent" }) : { reason }),
        ...(evidence === undefined ? {} : { evidence }),
      });
    })();
    return { stop };
  }

  function makeClip(clip: Recording, input: Recording, wish: ClipWish): Work {
    const leaving = new AbortController();
    const output = shelf.pathOf(clip);
    const run = async (): Promise<void> => {
      try {
        leaving.signal.throwIfAborted();
        await convert({
          ...wish,
          ...{ input: shelf.pathOf(input), output, signal: leaving.signal },
          onProgress: (progress) => change(clip.id, { progress }),
        });
        const { size: octets } = await stat(output);
        await end(clip.id, { state: "whole", octets });
      } catch (thrown) {
        const reason = leaving.signal.aborted ? "interrupted" : toHomeError(thrown).code;
        await end(clip.id, { state: "failed", reason });
      }
    };
    const ended = converting.then(run);
    converting = ended;
    return {
      async stop() {
        leaving.abort();
        await ended;
      },
    };
  }

  return {
    list: () => [...kept.values()].sort((a, b) => b.startedAt - a.startedAt),
    async start(device) {
      const running = [...kept.values()].find((one) => one.device === device && one.state === "recording");
      if (running !== undefined) return running;
      const begun = opening.get(device) ?? begin(device).finally(() => opening.delete(device));
      opening.set(device, begun);
      return begun;
    },
    async stop(id) {
      find(id);
      await works.get(id)?.stop();
      return find(id);
    },
    async clip(id, wish) {
      const input = find(id);
      if (input.state !== "whole" || input.form === "mp4") throw notWhole(id);
      await makeRoom(input.octets * clipPart);
      const { device, seconds, startedAt } = input;
      const clip: Recording = {
        ...{ id: ids.fresh(), device, form: "mp4", state: "converting", startedAt, seconds, octets: 0 },
        ...{ of: id, progress: { part: 0, speed: null, remainingSeconds: null } },
      };
      await shelf.note(clip);
      kept.set(clip.id, clip);
      works.set(clip.id, makeClip(clip, input, wish));
      return clip;
    },
    async remove(id) {
      const one = find(id);
      await works.get(id)?.stop();
      await shelf.discard(one);
      kept.delete(id);
      log.write("info", "recording-removed", { id, device: one.device });
    },
    async answer(id, request) {
      const one = find(id);
      if (one.state !== "whole") throw notWhole(id);
      return fileAnswer(one, shelf.pathOf(one), request);
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.allSettled(opening.values());
      await Promise.all([...works.values()].map(({ stop }) => stop("interrupted")));
    },
  };
}

/** A device that cannot be let go is no reason to lose what it sent. */
async function letGo(source: AvSource): Promise<void> {
  await Promise.allSettled([source[Symbol.asyncDispose]()]);
}

const notWhole = (id: string): HomeError => new HomeError("not-found", "the recording is not whole yet", { id });
