/** Writes an answer's body to its connection, as much in one call as has come: a call costs more than the octets that it writes. */

import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { drained } from "../../gateway-core/bytes/drained.ts";

/** Writes what has come together; resolves when more may be written, or the connection is gone. */
export type Writing = (piece: Uint8Array, more: readonly Uint8Array[]) => Promise<void>;

/** As much as TLS hands to the system in one call. */
const slabOctets = 128 * 1024;
/** Room for a chunk's size, in digits, and the ends of lines after it and after the octets (RFC 9112 §7.1). */
const sizeOctets = slabOctets.toString(16).length + 2;
const lineEnd = "\r\n";

/** HTTP/2 frames what it is handed together without copying it. */
export function writingStream(outgoing: Http2ServerResponse): Writing {
  return async (piece, more) => {
    const { stream } = outgoing;
    stream.cork();
    let isFree = outgoing.write(piece);
    for (const next of more) isFree = outgoing.write(next);
    stream.uncork();
    if (!isFree) await drained(outgoing);
  };
}

/**
 * TLS copies what it is handed in parts to fresh memory, and a chunk of an answer is three parts: its size, its octets, its
 * end. So what comes together is put together here, in memory that stays, as one chunk with its frame around it.
 */
export function writingAnswer(outgoing: ServerResponse): Writing {
  const gather = createTurn(outgoing);
  gather();
  // The head goes at once, as an event stream may have nothing to say for a while.
  outgoing.flushHeaders();
  let slab: Buffer | undefined;

  /** The slab is free again when this resolves. */
  function flush(filled: Buffer, octets: number): Promise<void> {
    const isChunked = outgoing.chunkedEncoding;
    const size = `${octets.toString(16)}${lineEnd}`;
    const from = isChunked ? sizeOctets - filled.write(size, sizeOctets - size.length, "latin1") : sizeOctets;
    const end = sizeOctets + octets + (isChunked ? filled.write(lineEnd, sizeOctets + octets, "latin1") : 0);
    return new Promise((resolve) => {
      const done = (): void => {
        outgoing.off("close", done);
        resolve();
      };
      outgoing.on("close", done);
      // It has its frame already.
      outgoing.chunkedEncoding = false;
      outgoing.write(filled.subarray(from, end), done);
      outgoing.chunkedEncoding = isChunked;
    });
  }

  return async (piece, more) => {
    if (more.length === 0) {
      gather();
      if (!outgoing.write(piece)) await drained(outgoing);
      return;
    }
    slab ??= Buffer.allocUnsafeSlow(sizeOctets + slabOctets + lineEnd.length);
    let filled = 0;
    for (const next of [piece, ...more]) {
      for (let at = 0; at < next.length; ) {
        const part = next.subarray(at, at + slabOctets - filled);
        slab.set(part, sizeOctets + filled);
        filled += part.length;
        at += part.length;
        if (filled < slabOctets) continue;
        await flush(slab, filled);
        filled = 0;
      }
    }
    if (filled > 0) await flush(slab, filled);
  };
}

/** Gathers what is written in one turn of the event loop, an answer's head and what there is of its body already, into one record of TLS. */
function createTurn({ socket }: ServerResponse): () => void {
  let isHeld = false;
  return () => {
    if (isHeld) return;
    isHeld = true;
    // Not the answer's own `cork`: Node 24 writes the last chunk before those that it held back.
    socket?.cork();
    setImmediate(() => {
      isHeld = false;
      socket?.uncork();
    });
  };
}
