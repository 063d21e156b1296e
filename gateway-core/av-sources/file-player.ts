/** Plays a file in real time, by the clock of the stream that is in it; one that is being written to, on to where its writer ends. */

import { type Clock, sleep } from "../contract/clock.ts";
import type { AvSource } from "../contract/stream.ts";
import { cutterOf } from "./cutter-of.ts";
import { Pacer } from "./pacer.ts";
import type { SourceFacts } from "./source-facts.ts";
import { readHead, type SourceHead } from "./source-head.ts";
import { StreamJudge } from "./stream-judge.ts";
import type { AvWires, FileWire } from "./wires.ts";

export interface FilePlayerOptions {
  readonly path: string;
  /** Begins again where it ends. */
  readonly loop: boolean;
  readonly wires: Pick<AvWires, "openFile">;
  readonly clock: Clock;
  readonly facts: SourceFacts;
}

/** Somebody who watches sees the first pictures at once. */
const pace = { leadMs: 1_000 };
const leastWaitMs = 10;
/** Who has written so lately writes more. */
const writingMs = 5_000;
const lookMs = 250;
/** However short a file is, it is not begun anew more often. */
const leastRoundMs = 100;

export class FilePlayer {
  readonly #options: FilePlayerOptions;
  /** Those who watch: each from the beginning, by themselves. */
  readonly #open = new Set<() => Promise<void>>();

  constructor(options: FilePlayerOptions) {
    this.#options = options;
  }

  /** The signal is for the opening only. @throws HomeError the file is not there, or is no stream, or the signal's reason */
  async open(signal: AbortSignal): Promise<AvSource> {
    const { path, wires, facts } = this.#options;
    const life = new AbortController();
    try {
      const file = await wires.openFile(path);
      const head = await this.#head(file, signal).catch(async (thrown: unknown) => {
        await file.close();
        throw thrown;
      });
      const { form } = head.start;
      facts.setForm(form);
      facts.setAvailable(true);
      let closing: Promise<void> | undefined;
      const close = (): Promise<void> => {
        life.abort();
        closing ??= file.close();
        this.#open.delete(close);
        if (this.#open.size === 0 && facts.get("state") === "playing") facts.setState("idle");
        return closing;
      };
      this.#open.add(close);
      facts.setState("playing");
      return { form, octets: this.#play(file, head, life.signal), [Symbol.asyncDispose]: close };
    } catch (thrown) {
      if (this.#open.size === 0) facts.setState("failed", thrown);
      throw thrown;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((close) => close()));
  }

  #head(file: FileWire, signal: AbortSignal): Promise<SourceHead> {
    let at = 0;
    return readHead(async () => {
      const octets = await this.#read(file, at, signal);
      at += octets.length;
      return octets.length === 0 ? undefined : octets;
    });
  }

  /** Waits for what is being written. None: that is all. */
  async #read(file: FileWire, at: number, signal: AbortSignal): Promise<Uint8Array> {
    const { clock } = this.#options;
    for (;;) {
      const octets = await file.read(at);
      if (octets.length > 0) return octets;
      const { octets: length, writtenAt } = await file.look();
      const isWritten = length > at || Math.abs(clock.now() - writtenAt) < writingMs;
      if (!isWritten) return octets;
      await sleep(clock, lookMs, signal);
    }
  }

  async *#play(file: FileWire, { start }: SourceHead, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { clock, loop, facts } = this.#options;
    const pacer = new Pacer(pace);
    try {
      do {
        const cutter = cutterOf(start);
        const judge = new StreamJudge(cutter);
        const begunAt = clock.now();
        let at = 0;
        for (;;) {
          const octets = await this.#read(file, at, signal);
          if (octets.length === 0) break;
          at += octets.length;
          for (const cut of cutter.push(octets)) {
            const waitMs = pacer.waitMs(clock.now(), cut.sinceMs, cut.octets.length);
            if (waitMs >= leastWaitMs) await sleep(clock, waitMs, signal);
            signal.throwIfAborted();
            yield cut.octets;
          }
          judge.judge(octets.length);
        }
        if (loop) await sleep(clock, Math.max(0, begunAt + leastRoundMs - clock.now()), signal);
      } while (loop);
    } catch (thrown) {
      // Who has left asks for no more.
      if (signal.aborted) return;
      facts.setState("failed", thrown);
      throw thrown;
    }
    if (this.#open.size === 1) facts.setState("idle");
  }
}
