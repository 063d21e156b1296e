/** The stream of a connection as it comes: whole frames of DV or runs of transport packets, each with what was lost of it (IEC 61883-2, 61883-4). */

import { HomeError } from "../contract/errors.ts";
import type { Bus, IsochronousPacket } from "./bus.ts";
import { decodeCip } from "./iec61883/cip.ts";
import { createDvFrames } from "./iec61883/dv-frames.ts";
import { createTransportPackets } from "./iec61883/transport-packets.ts";
import type { Connection } from "./stream-connections.ts";

export interface AvChunk {
  readonly format: "dv" | "mpeg2-ts";
  /** One frame, or whole transport packets of 188 octets, as the device sent them. */
  readonly octets: Uint8Array;
  /** Of a DV frame that tells one: "hh:mm:ss:ff". */
  readonly timeCode?: string | undefined;
  /** DIF blocks of this frame that never came; zeroes stand in their places. */
  readonly missingBlocks: number;
  /** Data blocks that were sent since the chunk before and did not come. */
  readonly lostDataBlocks: number;
  /** Chunks before this one that were thrown away since nobody took them in time. */
  readonly droppedChunks: number;
  readonly droppedOctets: number;
}

/** Some seconds of DV: a reader that is further behind loses the oldest. */
const mostWaitingOctets = 16_000_000;
const withHeader = 1;
const transportOctets = 188;
const nothingDropped = { droppedChunks: 0, droppedOctets: 0 };

export interface SourceOptions {
  readonly bus: Bus;
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

/** Listens from the first `next()` on, and ends when the signal aborts and all that came by then is taken. @throws HomeError of the connection, when that ends by itself */
export async function* receiveStream({ bus, connection, signal }: SourceOptions): AsyncGenerator<AvChunk> {
  const waiting: AvChunk[] = [];
  let ended: HomeError | undefined;
  let dropped = nothingDropped;
  let waitingOctets = 0;
  let wake = (): void => undefined;
  const assembler = createAssembler((chunk) => {
    waiting.push(chunk);
    waitingOctets += chunk.octets.length;
    while (waitingOctets > mostWaitingOctets) {
      const octets = waiting.shift()?.octets.length ?? 0;
      waitingOctets -= octets;
      dropped = { droppedChunks: dropped.droppedChunks + 1, droppedOctets: dropped.droppedOctets + octets };
    }
    wake();
  });
  let stopListening = bus.listen(connection.channel, assembler);
  const stopFollowing = connection.onChange((error) => {
    stopListening();
    if (error === undefined && !signal.aborted) stopListening = bus.listen(connection.channel, assembler);
    else ended = error;
    wake();
  });
  const onAbort = (): void => {
    stopListening();
    wake();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        waitingOctets -= chunk.octets.length;
        const told = dropped;
        dropped = nothingDropped;
        yield { ...chunk, ...told };
      } else if (signal.aborted) return;
      else if (ended !== undefined) throw ended;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    stopFollowing();
    stopListening();
  }
}

/** Takes packets of either format; what is neither is no part of a stream. */
function createAssembler(give: (chunk: AvChunk) => void): (packets: readonly IsochronousPacket[]) => void {
  const frames = createDvFrames();
  const transport = createTransportPackets();
  return (packets) => {
    const run: Uint8Array[] = [];
    let lostDataBlocks = 0;
    for (const { tag, octets } of packets) {
      const packet = tag === withHeader ? readCip(octets) : undefined;
      if (packet === undefined) continue;
      for (const { octets: frame, timeCode, missingBlocks, lostDataBlocks: lost } of frames.take(packet)) {
        give({ format: "dv", octets: frame, timeCode, missingBlocks, lostDataBlocks: lost, ...nothingDropped });
      }
      const arrival = transport.take(packet);
      lostDataBlocks += arrival.lostDataBlocks;
      for (const { octets: one } of arrival.packets) run.push(one);
    }
    if (run.length === 0 && lostDataBlocks === 0) return;
    const octets = new Uint8Array(run.length * transportOctets);
    for (const [place, one] of run.entries()) octets.set(one, place * transportOctets);
    give({ format: "mpeg2-ts", octets, missingBlocks: 0, lostDataBlocks, ...nothingDropped });
  };
}

function readCip(octets: Uint8Array) {
  try {
    return decodeCip(octets);
  } catch (thrown) {
    if (thrown instanceof HomeError) return undefined;
    throw thrown;
  }
}
