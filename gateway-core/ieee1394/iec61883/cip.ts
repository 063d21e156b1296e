/** Common isochronous packet headers, two quadlets (IEC 61883-1, 6). */

import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { HomeError } from "../../contract/errors.ts";

export interface CipHeader {
  /** Physical id of the node that sends, 6 bits. */
  readonly sid: number;
  /** Quadlets of a data block, 1 to 256. */
  readonly dbs: number;
  /** A source packet is cut into 2^fn data blocks. */
  readonly fn: number;
  /** Quadlets that fill up the last data block of a source packet, 3 bits. */
  readonly qpc: number;
  /** Whether source packets begin with a header of their own: a time stamp. */
  readonly sph: boolean;
  /** Counts data blocks, 8 bits: of the first block in this packet. */
  readonly dbc: number;
  /** Stream format, 6 bits. */
  readonly fmt: number;
  /** What depends on the format: 8 bits beside a SYT, else 24. */
  readonly fdf: number;
  /** Presentation time of formats that have one: 4 bits of cycles and 12 of offset, 0xffff for none. */
  readonly syt?: number;
}

export interface CipPacket extends CipHeader {
  /** Data blocks one behind the other; none in an empty packet. */
  readonly payload: Uint8Array;
}

/** Formats below this one have a SYT. */
const firstWithoutSyt = 0x20;

/**
 * The payload is a view of `octets`, not a copy.
 * @throws HomeError `frame-malformed` with `offset`: cut short, no two-quadlet header, a part of a data block.
 */
export function decodeCip(octets: Uint8Array): CipPacket {
  const reader = new ByteReader(octets);
  const sid = reader.uint(1);
  if (sid >> 6 !== 0) throw malformed("the first quadlet of a CIP header begins with 00", 0);
  const dbs = reader.uint(1) || 256;
  const flags = reader.uint(1);
  const dbc = reader.uint(1);
  const form = reader.uint(1);
  if (form >> 6 !== 2) throw malformed("the second quadlet of a CIP header begins with 10", 4);
  const fmt = form & 0x3f;
  const hasSyt = fmt < firstWithoutSyt;
  const fdf = reader.uint(hasSyt ? 1 : 3);
  const time = hasSyt ? { syt: reader.uint(2) } : {};
  const payload = reader.octets(reader.remaining);
  const surplus = payload.length % (dbs * 4);
  if (surplus > 0) throw malformed(`${surplus} octets are no whole data block`, octets.length - surplus);
  const sph = (flags & 4) === 4;
  return { sid, dbs, fn: flags >> 6, qpc: (flags >> 3) & 7, sph, dbc, fmt, fdf, ...time, payload };
}

/** Octets on the wire; the payload must be of whole data blocks. */
export function encodeCip({ sid, dbs, fn, qpc, sph, dbc, fmt, fdf, syt, payload }: CipPacket): Uint8Array {
  const writer = new ByteWriter()
    .uint(sid, 1)
    .uint(dbs, 1)
    .uint((fn << 6) | (qpc << 3) | (sph ? 4 : 0), 1)
    .uint(dbc, 1)
    .uint(0x80 | fmt, 1);
  if (syt === undefined) writer.uint(fdf, 3);
  else writer.uint(fdf, 1).uint(syt, 2);
  return writer.octets(payload).toOctets();
}

/** Data blocks in a packet. */
export function blockCount({ dbs, payload }: CipPacket): number {
  return payload.length / (dbs * 4);
}

function malformed(message: string, offset: number): HomeError {
  return new HomeError("frame-malformed", message, { offset });
}
