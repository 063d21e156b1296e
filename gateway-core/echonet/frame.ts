/** ECHONET Lite frames, format 1 (ECHONET Lite specification, part II, chapter 3). */

import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { HomeError } from "../contract/errors.ts";
import type { Eoj } from "./eoj.ts";
import { decodeEsv, type Esv, encodeEsv, hasTwoLists } from "./service-code.ts";

/** EPC 0x80 to 0xFF; EDT 0 to 255 octets, empty in a request to get and where a value was not given. */
export interface Property {
  readonly epc: number;
  readonly edt: Uint8Array;
}

export interface Frame {
  /** 16 bits, chosen by who asks and copied by who answers. */
  readonly tid: number;
  readonly seoj: Eoj;
  readonly deoj: Eoj;
  readonly esv: Esv;
  /** In the order of the wire, duplicates kept. Those to set, in a SetGet. */
  readonly properties: readonly Property[];
  /** Those to get: of SetGet, SetGet_Res and SetGet_SNA only. */
  readonly properties2?: readonly Property[];
}

const header = 0x1081;

/**
 * The property counts (OPC) are believed: a frame that ends before its last counted property, or goes on after it, is
 * malformed. `allowsMiscount`: real devices send such frames, and the properties that are there are good, as long as none
 * is cut in two. EDTs are views of `octets`, not copies.
 * @throws HomeError `frame-malformed` with `offset`: cut short, EHD other than 10 81, unknown ESV, a wrong count.
 */
export function decodeFrame(octets: Uint8Array, { allowsMiscount = false } = {}): Frame {
  const reader = new ByteReader(octets);
  const ehd = reader.uint(2);
  if (ehd !== header) throw malformed(`EHD ${ehd.toString(16).padStart(4, "0")} is not 1081`, 0);
  const tid = reader.uint(2);
  const seoj = reader.uint(3);
  const deoj = reader.uint(3);
  const service = reader.uint(1);
  const esv = decodeEsv(service);
  if (esv === undefined) throw malformed(`ESV ${service.toString(16)} is unknown`, reader.offset - 1);
  const properties = readProperties(reader, allowsMiscount);
  const frame: Frame = hasTwoLists(esv)
    ? { tid, seoj, deoj, esv, properties, properties2: readProperties(reader, allowsMiscount) }
    : { tid, seoj, deoj, esv, properties };
  if (reader.remaining > 0 && !allowsMiscount) {
    throw malformed(`${reader.remaining} octets follow the last property`, reader.offset);
  }
  return frame;
}

/** @throws HomeError `frame-too-long` when a list has more than 255 properties or an EDT more than 255 octets. */
export function encodeFrame(frame: Frame): Uint8Array {
  const writer = new ByteWriter()
    .uint(header, 2)
    .uint(frame.tid, 2)
    .uint(frame.seoj, 3)
    .uint(frame.deoj, 3)
    .uint(encodeEsv(frame.esv), 1);
  writeProperties(writer, frame.properties);
  if (hasTwoLists(frame.esv)) writeProperties(writer, frame.properties2 ?? []);
  return writer.toOctets();
}

function readProperties(reader: ByteReader, allowsFewer: boolean): Property[] {
  const count = reader.uint(1);
  const properties: Property[] = [];
  while (properties.length < count && !(allowsFewer && reader.remaining === 0)) {
    const epc = reader.uint(1);
    properties.push({ epc, edt: reader.octets(reader.uint(1)) });
  }
  return properties;
}

function writeProperties(writer: ByteWriter, properties: readonly Property[]): void {
  writer.uint(withinOctet(properties.length, "properties"), 1);
  for (const { epc, edt } of properties) {
    writer.uint(epc, 1).uint(withinOctet(edt.length, "octets of EDT"), 1).octets(edt);
  }
}

function withinOctet(count: number, what: string): number {
  if (count <= 255) return count;
  throw new HomeError("frame-too-long", `a frame carries at most 255 ${what}, not ${count}`, {
    maximum: 255,
    value: count,
  });
}

function malformed(message: string, offset: number): HomeError {
  return new HomeError("frame-malformed", message, { offset });
}
