/** MPEG-2 transport packets put together from isochronous packets that hold several source packets, or an eighth of one (IEC 61883-4). */

import { BlockCounter } from "./block-counter.ts";
import { blockCount, type CipPacket } from "./cip.ts";

export interface TransportPacket {
  /** 188 octets. */
  readonly octets: Uint8Array;
  /** When it is to be handed on: cycles of 125 µs (13 bits) and ticks of 24.576 MHz (12 bits). */
  readonly cycleCount: number;
  readonly cycleOffset: number;
}

export interface TransportArrival {
  readonly packets: readonly TransportPacket[];
  /** Data blocks, eighths of a source packet, that were sent and did not come, or hold no transport packet where one should be. */
  readonly lostDataBlocks: number;
}

export interface TransportPackets {
  /** @param packet of any stream: others hold nothing */
  take(packet: CipPacket): TransportArrival;
}

const wholeBlocks = 8;
const blockOctets = 24;
const headerOctets = 4;
/** What every transport packet begins with (ISO/IEC 13818-1, 2.4.3.3). */
const syncByte = 0x47;
const nothing: TransportArrival = { packets: [], lostDataBlocks: 0 };

/** Of one stream. A source packet of which any part is lost is left out, and one that the counter of data blocks does not lead to. */
export function createTransportPackets(): TransportPackets {
  const counter = new BlockCounter();
  const source = new Uint8Array(wholeBlocks * blockOctets);
  let filled = 0;

  return {
    take(packet) {
      if (packet.fmt !== 0x20 || packet.dbs * 4 !== blockOctets || packet.fn !== 3) return nothing;
      const { lost, isLate } = counter.arrive(packet);
      if (isLate) return nothing;
      if (lost > 0) filled = 0;
      const packets: TransportPacket[] = [];
      let misplaced = 0;
      const give = (octets: Uint8Array): void => {
        if (octets[headerOctets] === syncByte) packets.push(transportPacketOf(octets));
        else misplaced += wholeBlocks;
      };
      const count = blockCount(packet);
      for (let at = 0; at < count; at++) {
        const block = (packet.dbc + at) % wholeBlocks;
        if (block === 0 && at + wholeBlocks <= count) {
          filled = 0;
          give(packet.payload.subarray(at * blockOctets, (at + wholeBlocks) * blockOctets));
          at += wholeBlocks - 1;
          continue;
        }
        if (block !== filled) {
          filled = 0;
          continue;
        }
        source.set(packet.payload.subarray(at * blockOctets, (at + 1) * blockOctets), block * blockOctets);
        filled = block + 1;
        if (filled < wholeBlocks) continue;
        filled = 0;
        give(source);
      }
      return { packets, lostDataBlocks: lost + misplaced };
    },
  };
}

function transportPacketOf(source: Uint8Array): TransportPacket {
  const time = new DataView(source.buffer, source.byteOffset).getUint32(0);
  return { octets: source.slice(headerOctets), cycleCount: (time >>> 12) & 0x1fff, cycleOffset: time & 0xfff };
}
