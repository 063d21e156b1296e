/** Keeps one FFmpeg encoding one source: started when there is something to encode, watched, and started anew when it fails. */

import type { Clock, Timer } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { Piece } from "../contract/stream.ts";
import type { FfmpegProcess, StartFfmpeg } from "./ffmpeg-process.ts";
import { FragmentReader } from "./fragments.ts";
import { GatheredWrites } from "./gathered-writes.ts";

export interface EncoderOptions {
  readonly clock: Clock;
  readonly start: StartFfmpeg;
  /** Asked for each that is started: what the source sends may have become another. */
  readonly arguments: () => readonly string[];
  readonly outputCount: number;
  /** What a fresh encoder is given before what comes: empty while it cannot begin. */
  readonly preroll: () => Uint8Array;
  readonly onPiece: (output: number, piece: Piece) => void;
  /** It failed so often that it is not tried again: why, in its own words. */
  readonly onGivenUp: (reason: HomeError) => void;
  readonly onRestart?: (why: "ended" | "stuck" | "overrun") => void;
}

/** A source that was heard so lately is playing: without it silence is a pause, and no fault. */
const heardMs = 1_000;
/** Found and replaced, viewers miss less than two and a half seconds. */
const stuckMs = 1_800;
/** From its start to its first output: twice as long after each that gave none, as the next has no more of a busy machine. At its end it is given the longest. */
const beginMs = 5_000;
const mostBeginMs = 20_000;
/** Until the next is begun, by how many in a row wrote for less than `briefMs`: one that ran, and was killed, is replaced at once. */
const waitsMs = [0, 100, 200, 500, 1_000, 2_000];
const briefMs = 2_000;
/** An encoder that wrote for so long is well again. */
const wellMs = 10_000;
const mostFailures = 5;
const failureWindowMs = 30_000;
/** Octets that may wait for the encoder: a source does not wait for us. */
const mostWaiting = 8 << 20;

export class Encoder {
  readonly #options: EncoderOptions;
  readonly #input: GatheredWrites;
  #child: FfmpegProcess | undefined;
  #startedAt = 0;
  /** When the one that was started last gave its first output. */
  #begunAt = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
  /** Since when it has been heard without a pause. */
  #heardSince = Number.NEGATIVE_INFINITY;
  #wroteAt = Number.NEGATIVE_INFINITY;
  /** Where the time line of the next encoder begins: the end of what was encoded, in seconds. */
  #end = 0;
  #failures: number[] = [];
  /** How many in a row failed before their first output. */
  #vain = 0;
  /** How many in a row failed at their beginning. */
  #brief = 0;
  #waiting: Timer | undefined;
  #watching: Timer | undefined;
  #isOver = false;

  constructor(options: EncoderOptions) {
    this.#options = options;
    this.#input = new GatheredWrites(options.clock, (octets) => this.#child?.stdin.write(octets));
  }

  /** Whether FFmpeg runs now. */
  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Whether nothing that was written to it waits. */
  get hasTakenAll(): boolean {
    return this.#input.isEmpty && (this.#child?.stdin.writableLength ?? 0) === 0;
  }

  /** Whether the one that was started last has given something. */
  get #isBegun(): boolean {
    return this.#wroteAt >= this.#startedAt;
  }

  /** Takes whole frames or packets, as they came from the source; the first that can be begun with starts the encoder. */
  write(octets: Uint8Array): void {
    // A multiplex goes on when the programme in it pauses.
    if (this.#isOver || octets.length === 0) return;
    const now = this.#options.clock.now();
    if (now - this.#heardAt >= heardMs) this.#heardSince = now;
    this.#heardAt = now;
    if (this.#watching === undefined) this.#watch();
    if (this.#child === undefined) {
      if (this.#waiting === undefined) this.#begin();
      return;
    }
    if (this.#child.stdin.writableLength <= mostWaiting) {
      // While it begins every moment counts.
      this.#input.push(octets, !this.#isBegun);
      return;
    }
    // One that begins, or has just begun, catches up with what waits: what has no room is left out, whole frames and packets.
    if (this.#isBegun && now - this.#begunAt > stuckMs) this.#fail(this.#child, "overrun");
  }

  /** What the source sends has become another: what comes next begins a fresh encoder, and no failure is counted. */
  renew(): void {
    this.#lose()?.kill();
  }

  /** The source has ended: what it told is encoded to its end, unless that stands still. */
  async finish(): Promise<void> {
    this.#rest();
    this.#input.flush();
    const child = this.#child;
    if (child === undefined) return;
    child.stdin.end();
    this.#watchEnd(child, this.#options.clock.now());
    await child.ended;
    this.#watching?.cancel();
    this.#child = undefined;
  }

  #watchEnd(child: FfmpegProcess, since: number): void {
    const { clock } = this.#options;
    this.#watching = clock.after(Math.max(since, this.#wroteAt) + mostBeginMs - clock.now(), () => {
      if (clock.now() - Math.max(since, this.#wroteAt) >= mostBeginMs) child.kill();
      else this.#watchEnd(child, since);
    });
  }

  async stop(): Promise<void> {
    this.#rest();
    await this.#lose()?.stop();
  }

  /** Nobody's any more; what was gathered for it is of the source's ring, too. */
  #lose(): FfmpegProcess | undefined {
    const child = this.#child;
    this.#child = undefined;
    this.#input.drop();
    return child;
  }

  /** Nothing is begun any more. */
  #rest(): void {
    this.#isOver = true;
    this.#waiting?.cancel();
    this.#watching?.cancel();
  }

  #begin(): void {
    const { clock, start, arguments: args, outputCount, preroll, onPiece } = this.#options;
    const first = preroll();
    if (first.length === 0) return;
    const child = start(args(), outputCount);
    this.#child = child;
    this.#startedAt = clock.now();
    this.#wroteAt = Number.NEGATIVE_INFINITY;
    const offset = this.#end;
    child.outputs.forEach((output, at) => {
      const reader = new FragmentReader(offset);
      output.on("data", (octets: Uint8Array) => {
        if (this.#child !== child) return;
        const now = clock.now();
        const isFirst = !this.#isBegun;
        this.#wroteAt = now;
        if (isFirst) {
          this.#begunAt = now;
          if (!this.#isOver) this.#watch();
        }
        try {
          for (const piece of reader.push(octets)) {
            if ("fragment" in piece) this.#end = Math.max(this.#end, piece.fragment.start + piece.fragment.duration);
            onPiece(at, piece);
          }
        } catch {
          this.#fail(child, "ended");
        }
      });
    });
    void child.ended.then(() => this.#fail(child, "ended"));
    child.stdin.write(first);
  }

  #fail(child: FfmpegProcess, why: "ended" | "stuck" | "overrun"): void {
    if (this.#child !== child || this.#isOver) return;
    const { clock, onGivenUp, onRestart } = this.#options;
    this.#lose()?.kill();
    const now = clock.now();
    if (this.#wroteAt - this.#startedAt > wellMs) this.#failures = [];
    this.#failures = [...this.#failures.filter((at) => now - at < failureWindowMs), now];
    this.#vain = this.#isBegun ? 0 : this.#vain + 1;
    this.#brief = this.#wroteAt - this.#startedAt < briefMs ? this.#brief + 1 : 0;
    if (Math.max(this.#failures.length, this.#vain) >= mostFailures) {
      this.#rest();
      void child.ended.then(({ said }) =>
        onGivenUp(new HomeError("conversion-failed", said.at(-1) ?? why, { why, said: said.slice(-4) })),
      );
      return;
    }
    onRestart?.(why);
    const wait = waitsMs[this.#brief] ?? 2_000;
    this.#waiting = clock.after(wait, () => {
      this.#waiting = undefined;
      // A source that is silent begins it when it speaks again.
      if (!this.#isOver && clock.now() - this.#heardAt < heardMs) this.#begin();
    });
  }

  /** Looks again when it might be stuck; of a source that is silent nothing is awaited, until it speaks again. */
  #watch(): void {
    const { clock } = this.#options;
    this.#watching?.cancel();
    this.#watching = clock.after(Math.max(0, this.#due - clock.now()), () => {
      this.#watching = undefined;
      const now = clock.now();
      if (now - this.#heardAt >= heardMs) return;
      if (this.#child !== undefined && now >= this.#due) this.#fail(this.#child, "stuck");
      if (!this.#isOver) this.#watch();
    });
  }

  /** When it will have given nothing for too long. */
  get #due(): number {
    if (this.#child === undefined) return this.#options.clock.now() + heardMs;
    return this.#isBegun
      ? Math.max(this.#wroteAt, this.#heardSince) + stuckMs
      : this.#startedAt + Math.min(beginMs * 2 ** this.#vain, mostBeginMs);
  }
}
