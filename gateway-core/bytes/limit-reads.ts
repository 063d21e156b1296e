/** Cuts a connection that is no MQTT or sends more than it may, before what reads it has seen it. */

import { toHomeError } from "../contract/errors.ts";
import type { FrameLimit } from "./mqtt-frames.ts";

interface Readable {
  read: (size?: number) => unknown;
  destroy(error: Error): unknown;
}

/** From now on `socket.read` gives only what is within the limit; the first octet beyond it ends the connection. */
export function limitReads(socket: Readable, limit: FrameLimit): void {
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const octets: unknown = read(size);
    try {
      if (octets instanceof Uint8Array) limit.accept(octets);
      return octets;
    } catch (thrown) {
      socket.destroy(toHomeError(thrown));
      return null;
    }
  };
}
