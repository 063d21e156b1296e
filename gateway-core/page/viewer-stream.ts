/** The open end of one viewer's event stream: bounded, kept alive, closed when the viewer leaves or cannot follow. */

import type { Clock, Timer } from "../contract/clock.ts";
import { keepAlive } from "./event-stream.ts";

/** How much may wait for a slow viewer, beyond its first octets, before it is dropped (it reconnects and catches up). */
const backlogOctets = 1 << 20;
const keepAliveMs = 15_000;

export interface ViewerOptions {
  readonly clock: Clock;
  /** What the viewer gets at once: however long, it is not held against it. */
  readonly first: readonly Uint8Array[];
  /** Aborts when the viewer leaves. */
  readonly signal: AbortSignal;
  /** Asked whenever the connection is kept alive: when it says no, the stream ends. */
  readonly mayStay: () => boolean;
  readonly onClose: () => void;
}

export class ViewerStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: ViewerOptions;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #keeping: Timer | undefined;

  constructor(options: ViewerOptions) {
    const { first, signal } = options;
    this.#options = options;
    const firstOctets = first.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          for (const octets of first) controller.enqueue(octets);
        },
        cancel: () => this.#leave(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: firstOctets + backlogOctets }),
    );
    this.#keepAlive();
    signal.addEventListener("abort", this.close, { once: true });
  }

  send(octets: Uint8Array): void {
    if (this.#controller === undefined) return;
    if ((this.#controller.desiredSize ?? 0) < octets.byteLength) this.close();
    else this.#controller.enqueue(octets);
  }

  readonly close = (): void => {
    this.#controller?.close();
    this.#leave();
  };

  #keepAlive(): void {
    this.#keeping = this.#options.clock.after(keepAliveMs, () => {
      if (!this.#options.mayStay()) return this.close();
      this.send(keepAlive);
      if (this.#controller !== undefined) this.#keepAlive();
    });
  }

  #leave(): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    this.#keeping?.cancel();
    this.#options.signal.removeEventListener("abort", this.close);
    this.#options.onClose();
  }
}
