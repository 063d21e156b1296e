/** Holds a connection back until whoever dialled it has spoken: what it costs to serve, it costs from then on. */

import type { Clock } from "../contract/clock.ts";

/** A readable stream of Node. */
interface Dialled {
  readonly readableLength: number;
  on(event: "readable" | "close" | "error", listener: () => void): this;
  off(event: "readable" | "close" | "error", listener: () => void): this;
  destroy(): unknown;
}

export interface OnceSpokenOptions<S> {
  readonly clock: Clock;
  /** How long it may say nothing. */
  readonly patienceMs: number;
  /** Takes it over, its first octets still unread. */
  readonly serve: (socket: S) => void;
  /** It said nothing, and ends. */
  readonly onSilent: (socket: S) => void;
}

/**
 * Of a connection before TLS: what Node reads from the wire itself lies in a buffer that TLS keeps for as long as the
 * connection lives, of the size that was offered first, 64 KiB. What it is handed with the connection makes one of just
 * its size; with it, a link that is idle holds 60 kB less (bench/README.md).
 */
export function onceSpoken<S extends Dialled>(
  socket: S,
  { clock, patienceMs, serve, onSilent }: OnceSpokenOptions<S>,
): void {
  const settle = (): void => {
    timer.cancel();
    socket.off("readable", onReadable).off("close", onEnd);
  };
  const onEnd = (): void => {
    settle();
    onSilent(socket);
    socket.destroy();
  };
  const onReadable = (): void => {
    settle();
    // Its end is readable too.
    if (socket.readableLength > 0) serve(socket);
    else onEnd();
  };
  const timer = clock.after(patienceMs, onEnd);
  // Told by "close", now and when TLS has it.
  socket.on("error", () => undefined);
  socket.on("close", onEnd).on("readable", onReadable);
}
