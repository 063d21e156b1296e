/**
 * ECHONET Lite frames of format 1 (ECHONET Lite specification 1.13, part II, chapter 3), as a device reads and writes
 * them. Written for the simulated devices alone and shared with nobody: two ends with one codec would agree on its mistakes.
 */

import { big, type Octets, unsigned } from "./octets.ts";

/** ESV: what a frame asks or tells (part II, 3.2.5). */
export const esv = {
  setI: 0x60,
  setC: 0x61,
  get: 0x62,
  infReq: 0x63,
  setGet: 0x6e,
  setIRefused: 0x50,
  setRefused: 0x51,
  getRefused: 0x52,
  infRefused: 0x53,
  setGetRefused: 0x5e,
  setDone: 0x71,
  getDone: 0x72,
  inf: 0x73,
  infC: 0x74,
  infCDone: 0x7a,
  setGetDone: 0x7e,
} as const;

export interface WireProperty {
  readonly epc: number;
  readonly edt: Uint8Array;
}

/** SEOJ and DEOJ are numbers of 24 bits: 0x0ef001. */
export interface Frame {
  readonly tid: number;
  readonly seoj: number;
  readonly deoj: number;
  readonly esv: number;
  readonly properties: readonly WireProperty[];
  /** The second list of SetGet and its answers: what is got. */
  readonly gotten?: readonly WireProperty[];
}

const headerLength = 11;
const withTwoLists: ReadonlySet<number> = new Set([esv.setGet, esv.setGetDone, esv.setGetRefused]);

/** Undefined for whatever is no whole frame of format 1: a device drops that without a word. */
export function readFrame(octets: Uint8Array): Frame | undefined {
  if (octets.length < headerLength + 1 || octets[0] !== 0x10 || octets[1] !== 0x81) return undefined;
  const number = (start: number, end: number): number => unsigned(octets.subarray(start, end));
  const service = number(10, 11);
  const first = readList(octets, headerLength);
  if (first === undefined) return undefined;
  const head = { tid: number(2, 4), seoj: number(4, 7), deoj: number(7, 10), esv: service };
  if (!withTwoLists.has(service)) {
    return first.end === octets.length ? { ...head, properties: first.properties } : undefined;
  }
  const second = readList(octets, first.end);
  if (second?.end !== octets.length) return undefined;
  return { ...head, properties: first.properties, gotten: second.properties };
}

export function writeFrame(frame: Frame): Octets {
  const lists = frame.gotten === undefined ? [frame.properties] : [frame.properties, frame.gotten];
  return Uint8Array.from([
    0x10,
    0x81,
    ...big(frame.tid, 2),
    ...big(frame.seoj, 3),
    ...big(frame.deoj, 3),
    frame.esv,
    ...lists.flatMap((list) => [list.length, ...list.flatMap(({ epc, edt }) => [epc, edt.length, ...edt])]),
  ]);
}

/** OPC, then OPC times EPC, PDC, EDT. A list of none is no list. */
function readList(octets: Uint8Array, start: number): { properties: WireProperty[]; end: number } | undefined {
  const properties: WireProperty[] = [];
  let at = start + 1;
  for (let left = octets[start] ?? 0; left > 0; left--) {
    const [epc, pdc] = [octets[at], octets[at + 1]];
    if (epc === undefined || pdc === undefined || at + 2 + pdc > octets.length) return undefined;
    properties.push({ epc, edt: octets.slice(at + 2, at + 2 + pdc) });
    at += 2 + pdc;
  }
  return properties.length === 0 ? undefined : { properties, end: at };
}
