/** An isochronous packet as people read it: the fields of its CIP header, and what of DV or MPEG-2 is inside. */

import { toHex } from "../../bytes/hex.ts";
import type { JsonObject } from "../../contract/json.ts";
import { blockCount, type CipPacket, decodeCip } from "./cip.ts";
import { decodeDifBlock, difBlockOctets } from "./dif-block.ts";
import { decodeSourcePackets } from "./source-packet.ts";
import streamFormats from "./stream-formats.json" with { type: "json" };

const formats = new Map(Object.entries(streamFormats.formats));
const dvTypes = new Map(Object.entries(streamFormats.dvTypes));

/** Quadlets of a data block: of DV, six DIF blocks; of MPEG-2, an eighth of a source packet. */
const dvBlock = 120;
const mpegBlock = 6;

/**
 * `{sid, dbs, fn, qpc, sph, dbc, fmt, fdf, syt?, format, dataBlocks}`, and `{lines, type, difBlocks}` of DV or
 * `{isTimeShifted, sourcePackets}` of MPEG-2; fmt, fdf and syt in hexadecimal.
 * @throws HomeError `frame-malformed` with `offset`.
 */
export function explainCip(octets: Uint8Array): JsonObject {
  const packet = decodeCip(octets);
  const { sid, dbs, fn, qpc, sph, dbc, fmt, fdf, syt } = packet;
  const format = formats.get(octetHex(fmt)) ?? null;
  return {
    sid,
    dbs,
    fn,
    qpc,
    sph: Number(sph),
    dbc,
    fmt: octetHex(fmt),
    fdf: fdf.toString(16).padStart(syt === undefined ? 6 : 2, "0"),
    ...(syt === undefined ? {} : { syt: syt.toString(16).padStart(4, "0") }),
    format,
    dataBlocks: blockCount(packet),
    ...(format === "dv" && dbs === dvBlock ? explainDv(packet) : {}),
    ...(format === "mpeg2-ts" && dbs === mpegBlock && sph ? explainMpeg(packet) : {}),
  };
}

/** A block whose id no frame has is null. */
function explainDv({ fdf, payload }: CipPacket): JsonObject {
  const starts = Array.from({ length: payload.length / difBlockOctets }, (_, index) => index * difBlockOctets);
  const type = octetHex((fdf >> 2) & 0x1f);
  return {
    lines: fdf >> 7 === 1 ? 625 : 525,
    type: dvTypes.get(type) ?? type,
    difBlocks: starts.map((start) => {
      const block = decodeDifBlock(payload.subarray(start));
      return block === undefined ? null : { ...block };
    }),
  };
}

function explainMpeg(packet: CipPacket): JsonObject {
  return {
    isTimeShifted: packet.fdf >> 23 === 1,
    sourcePackets: decodeSourcePackets(packet).map((part) => ({ ...part })),
  };
}

const octetHex = (octet: number): string => toHex(Uint8Array.of(octet));
