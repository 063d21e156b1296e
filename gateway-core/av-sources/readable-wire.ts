/** The octets of a socket or of an answer, read when somebody asks for them. */

import type { Readable } from "node:stream";
import { sourceTrouble } from "./source-trouble.ts";
import type { OctetWire } from "./wires.ts";

export function readableWire(readable: Readable, hasEnd: boolean): OctetWire {
  const pieces: AsyncIterator<unknown> = readable[Symbol.asyncIterator]();
  // What goes wrong while nobody reads is told to who reads next.
  readable.on("error", () => undefined);
  return {
    hasEnd,
    async read() {
      try {
        const { value } = await pieces.next();
        return value instanceof Uint8Array ? value : undefined;
      } catch (cause) {
        throw sourceTrouble("lost", cause);
      }
    },
    close: () => void readable.destroy(),
  };
}
