/** The streams that are being converted: one encoder for each source however many watch, stopped some seconds after the last has left. */

import type { Clock, Timer } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { AvSource, PieceRing, Rung, SourceForm, StreamHold } from "../contract/stream.ts";
import { Encoder } from "./encoder.ts";
import type { StartFfmpeg } from "./ffmpeg-process.ts";
import { NoiseJudge, type Trouble } from "./noise.ts";
import { createSourceRing, type SourceRing } from "./source-ring.ts";
import { createSpareFfmpeg, type SpareFfmpeg } from "./spare-ffmpeg.ts";
import { liveArguments } from "./transcode-plan.ts";

export interface MediaSessionsOptions {
  readonly clock: Clock;
  readonly rungs: readonly Rung[];
  /** An FFmpeg that works and the H.264 encoder to use. @throws HomeError `converter-missing` */
  readonly engine: () => Promise<{ readonly start: StartFfmpeg; readonly encoder: string }>;
  /** Keeps what its viewers need of one rung. */
  readonly ring: () => PieceRing;
  /** An encoder failed, and is begun anew. */
  readonly onRestart?: (device: string, why: string) => void;
  /** How long a stream goes on without anybody. */
  readonly idleMs?: number;
}

interface Stream {
  readonly source: SourceRing;
  readonly rings: ReadonlyMap<string, PieceRing>;
  readonly over: Promise<HomeError>;
  holds: number;
  idle: Timer | undefined;
  stop(): Promise<void>;
}

const idleAfterMs = 10_000;
/** Whoever opens a page to watch presses sooner. */
const expectedMs = 60_000;

export class MediaSessions implements AsyncDisposable {
  readonly #options: MediaSessionsOptions;
  readonly #streams = new Map<string, Promise<Stream>>();
  readonly #stopping = new Set<Promise<void>>();
  /** What each source sent when it was opened last. */
  readonly #forms = new Map<string, SourceForm>();
  /** What was opened last of all. */
  #newest: SourceForm | undefined;
  /** Begun before anybody watches. */
  #ahead: SpareFfmpeg | undefined;
  #patience: Timer | undefined;
  #isOver = false;

  constructor(options: MediaSessionsOptions) {
    this.#options = options;
  }

  /** How many streams are being converted. */
  get count(): number {
    return this.#streams.size;
  }

  /**
   * `device` names the source and `audio` which of its sounds is heard, from 1 on: who opens the same joins the same stream.
   * @throws HomeError `converter-missing`, and what the source cannot be opened for
   */
  async hold(device: string, source: () => Promise<AvSource>, audio = 1): Promise<StreamHold> {
    const key = `${device} ${audio}`;
    const opening = this.#streams.get(key) ?? this.#begin(key, () => this.#open(device, source, audio));
    const stream = await opening;
    stream.holds++;
    stream.idle?.cancel();
    let isHeld = true;
    return {
      rungs: this.#options.rungs,
      over: stream.over,
      get audioCount() {
        return stream.source.audioCount;
      },
      async ring(rung) {
        const ring = stream.rings.get(rung);
        if (ring === undefined) throw new HomeError("not-found", `the stream has no rung ${rung}`, { rung });
        return ring;
      },
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        stream.holds--;
        if (stream.holds > 0) return;
        const { clock, idleMs = idleAfterMs } = this.#options;
        stream.idle = clock.after(idleMs, () => {
          this.#forget(key, opening);
          void this.#stop(stream);
        });
      },
    };
  }

  /** Somebody may watch soon: one FFmpeg, for what was opened last, waits for them a while; none where one runs. */
  async expect(): Promise<void> {
    const form = this.#newest;
    if (form === undefined) return;
    const { clock, rungs, engine } = this.#options;
    const { start, encoder } = await engine();
    if (this.#streams.size > 0 || this.#isOver) return;
    this.#ahead ??= createSpareFfmpeg(start);
    this.#ahead.prepare(liveArguments({ form, rungs, encoder }), rungs.length);
    this.#patience?.cancel();
    this.#patience = clock.after(expectedMs, () => this.#ahead?.[Symbol.dispose]());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#patience?.cancel();
    this.#ahead?.[Symbol.dispose]();
    const all = await Promise.allSettled(this.#streams.values());
    this.#streams.clear();
    await Promise.all(all.map((one) => (one.status === "fulfilled" ? this.#stop(one.value) : undefined)));
    await Promise.all(this.#stopping);
  }

  #begin(key: string, open: () => Promise<Stream>): Promise<Stream> {
    const opening = open();
    this.#streams.set(key, opening);
    opening.then(
      async (stream) => {
        await stream.over;
        this.#forget(key, opening);
        await this.#stop(stream);
      },
      () => this.#forget(key, opening),
    );
    return opening;
  }

  async #stop(stream: Stream): Promise<void> {
    stream.idle?.cancel();
    const stopped = stream.stop();
    this.#stopping.add(stopped);
    await stopped;
    this.#stopping.delete(stopped);
  }

  /** At once: who comes from now on gets a stream of their own, never one that is being stopped. */
  #forget(key: string, opening: Promise<Stream>): void {
    if (this.#streams.get(key) === opening) this.#streams.delete(key);
  }

  async #open(device: string, openSource: () => Promise<AvSource>, audio: number): Promise<Stream> {
    const { clock, rungs, engine } = this.#options;
    const { start, encoder: encoderName } = await engine();
    this.#ahead ??= createSpareFfmpeg(start);
    const spare = createSpareFfmpeg(this.#ahead.start);
    // A sound that the device does not send, or sends no more, gives way to one that it does.
    const argumentsOf = (form: SourceForm, audioCount = audio): readonly string[] => {
      const heard = Math.max(1, Math.min(audio, audioCount));
      return liveArguments({ form, rungs, encoder: encoderName, audio: heard - 1 });
    };
    const source = await this.#connected(device, openSource, spare, argumentsOf);
    const ring = createSourceRing(source.form, { isTaken: () => encoder.hasTakenAll });
    const rings = rungs.map(() => this.#options.ring());
    const { promise: over, resolve: end } = Promise.withResolvers<HomeError>();
    const encoder: Encoder = new Encoder({
      clock,
      start: spare.start,
      arguments: () => argumentsOf(source.form, ring.audioCount),
      outputCount: rungs.length,
      preroll: () => ring.preroll(),
      onPiece: (output, piece) => rings[output]?.push(piece),
      onGivenUp: (reason) => end(reason),
      onRestart: (why) => {
        spare.prepare(argumentsOf(source.form, ring.audioCount), rungs.length);
        this.#options.onRestart?.(device, why);
      },
    });
    const feeding = (async () => {
      const judge = new NoiseJudge();
      for await (const octets of source.octets) {
        const onward = ring.push(octets);
        const trouble = judge.troubleOf(octets.length, ring);
        if (trouble !== undefined) throw noStream(source.form, trouble);
        if (ring.isRenewed()) encoder.renew();
        encoder.write(onward);
      }
      await encoder.finish();
      if (ring.preroll().length === 0)
        throw noStream(source.form, ring.octetsScrambled > 0 ? "scrambled" : "no-picture");
      end(new HomeError("stream-ended", "the source has ended"));
    })().catch((thrown: unknown) => end(toHomeError(thrown)));
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      // A device that is slow to be let go, or cannot be, is no reason to keep the encoder and those who watch.
      const letGo = source[Symbol.asyncDispose]().then(undefined, (thrown: unknown) => end(toHomeError(thrown)));
      spare[Symbol.dispose]();
      await Promise.all([letGo, encoder.stop()]);
      await feeding;
      for (const one of rings) one.end();
    };
    return {
      source: ring,
      rings: new Map(rungs.flatMap(({ name }, at) => (rings[at] === undefined ? [] : [[name, rings[at]]]))),
      over,
      holds: 0,
      idle: undefined,
      stop() {
        stopped ??= stop();
        return stopped;
      },
    };
  }

  /** FFmpeg is begun while the source is being connected, for what it sent the last time. */
  async #connected(
    device: string,
    open: () => Promise<AvSource>,
    spare: SpareFfmpeg,
    argumentsOf: (form: SourceForm) => readonly string[],
  ): Promise<AvSource> {
    const { length } = this.#options.rungs;
    const known = this.#forms.get(device);
    try {
      // Beginning a process holds everything up for a moment: what is asked of the device is on its way by then.
      const opening = open();
      if (known !== undefined) spare.prepare(argumentsOf(known), length);
      const source = await opening;
      this.#forms.set(device, source.form);
      this.#newest = source.form;
      spare.prepare(argumentsOf(source.form), length);
      return source;
    } catch (thrown) {
      spare[Symbol.dispose]();
      throw thrown;
    }
  }
}

const troubles: Readonly<Record<Trouble, string>> = {
  noise: "what the device sends is no stream",
  scrambled: "what the device sends is scrambled",
  "no-picture": "in what the device sends nothing begins that could be shown",
};

const noStream = (form: SourceForm, reason: Trouble): HomeError =>
  new HomeError("conversion-failed", troubles[reason], { form, reason });
