/** The streams that are being converted: one encoder for each source however many watch, stopped some seconds after the last has left. */

import type { Clock, Timer } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { Encoder } from "./encoder.ts";
import type { StartFfmpeg } from "./ffmpeg-process.ts";
import { FragmentRing, type Watching } from "./fragment-ring.ts";
import { createSourceRing } from "./source-ring.ts";
import { liveArguments, type Rung, type SourceForm } from "./transcode-plan.ts";

/** Where a stream comes from. Reading it starts it at the device; returning the iterator stops it there. */
export interface MediaSource {
  readonly form: SourceForm;
  read(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface MediaSessionsOptions {
  readonly clock: Clock;
  readonly rungs: readonly Rung[];
  /** An FFmpeg that works and the H.264 encoder to use. @throws HomeError `converter-missing` */
  readonly engine: () => Promise<{ readonly start: StartFfmpeg; readonly encoder: string }>;
  /** How long a stream goes on without anybody. */
  readonly idleMs?: number;
}

/** One viewer's hold on a stream; the stream goes on while anybody holds it. */
export interface MediaHold extends Disposable {
  /** For `isTypeSupported`, of a rung, once its first octets are there. @throws HomeError of the stream's end */
  mediaType(rung: string): Promise<string>;
  /** @throws HomeError `not-found` for a rung that there is not. */
  watch(rung: string): Watching;
}

interface Stream {
  readonly rings: ReadonlyMap<string, FragmentRing>;
  readonly over: Promise<HomeError>;
  holds: number;
  idle: Timer | undefined;
  stop(): Promise<void>;
}

const idleAfterMs = 10_000;

export class MediaSessions implements AsyncDisposable {
  readonly #options: MediaSessionsOptions;
  readonly #streams = new Map<string, Promise<Stream>>();

  constructor(options: MediaSessionsOptions) {
    this.#options = options;
  }

  /** How many streams are being converted. */
  get count(): number {
    return this.#streams.size;
  }

  /** `key` names the source: who opens the same key joins the same stream. @throws HomeError `converter-missing` */
  async hold(key: string, source: () => MediaSource): Promise<MediaHold> {
    const stream = await this.#single(key, source);
    stream.holds++;
    stream.idle?.cancel();
    let isHeld = true;
    const ringOf = (rung: string): FragmentRing => {
      const ring = stream.rings.get(rung);
      if (ring === undefined) throw new HomeError("not-found", `the stream has no rung ${rung}`, { rung });
      return ring;
    };
    return {
      watch: (rung) => ringOf(rung).watch(),
      async mediaType(rung) {
        const first = await Promise.race([ringOf(rung).init(), stream.over]);
        if (first instanceof HomeError) throw first;
        return first.mediaType;
      },
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        stream.holds--;
        if (stream.holds > 0) return;
        const { clock, idleMs = idleAfterMs } = this.#options;
        stream.idle = clock.after(idleMs, () => void this.#stop(key, stream));
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = await Promise.allSettled(this.#streams.values());
    this.#streams.clear();
    await Promise.all(all.map((one) => (one.status === "fulfilled" ? one.value.stop() : undefined)));
  }

  #single(key: string, source: () => MediaSource): Promise<Stream> {
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const opening = this.#open(key, source);
    this.#streams.set(key, opening);
    opening.catch(() => this.#streams.delete(key));
    return opening;
  }

  async #stop(key: string, stream: Stream): Promise<void> {
    if ((await this.#streams.get(key)) === stream) this.#streams.delete(key);
    await stream.stop();
  }

  async #open(key: string, makeSource: () => MediaSource): Promise<Stream> {
    const { clock, rungs, engine } = this.#options;
    const { start, encoder: encoderName } = await engine();
    const source = makeSource();
    const ring = createSourceRing(source.form);
    const rings = rungs.map(() => new FragmentRing());
    const leaving = new AbortController();
    const { promise: over, resolve: end } = Promise.withResolvers<HomeError>();
    const encoder = new Encoder({
      clock,
      start,
      arguments: liveArguments({ form: source.form, rungs, encoder: encoderName }),
      outputCount: rungs.length,
      preroll: () => ring.preroll(),
      onPiece: (output, piece) => rings[output]?.push(piece),
      onGivenUp: (reason) => end(reason),
    });
    const feeding = (async () => {
      for await (const octets of source.read(leaving.signal)) encoder.write(ring.push(octets));
      await encoder.finish();
      end(new HomeError("conversion-failed", "the source has ended", {}));
    })().catch((thrown: unknown) => end(toHomeError(thrown)));
    const stream: Stream = {
      rings: new Map(rungs.map(({ name }, at) => [name, rings[at] ?? new FragmentRing()])),
      over,
      holds: 0,
      idle: undefined,
      async stop() {
        leaving.abort();
        await encoder.stop();
        await feeding;
        for (const one of rings) one.end();
      },
    };
    void over.then(() => this.#stop(key, stream));
    return stream;
  }
}
