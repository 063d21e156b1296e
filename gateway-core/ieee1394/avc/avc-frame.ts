/** AV/C frames inside FCP frames (IEC 61883-1, 9; AV/C General 4.2, 7): cts, ctype or response, subunit, opcode, operands. */

import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { HomeError } from "../../contract/errors.ts";
import { readSubunitAddress, type SubunitAddress, writeSubunitAddress } from "./subunit-address.ts";

const ctypes = { CONTROL: 0, STATUS: 1, "SPECIFIC INQUIRY": 2, NOTIFY: 3, "GENERAL INQUIRY": 4 } as const;

const responses = {
  "NOT IMPLEMENTED": 8,
  ACCEPTED: 9,
  REJECTED: 10,
  "IN TRANSITION": 11,
  "IMPLEMENTED/STABLE": 12,
  CHANGED: 13,
  INTERIM: 15,
} as const;

/** What a command asks for, by the specification's own name. */
export type Ctype = keyof typeof ctypes;
/** How it is answered, likewise. */
export type AvcResponse = keyof typeof responses;

export interface AvcFrame {
  readonly code: Ctype | AvcResponse;
  readonly subunit: SubunitAddress;
  /** 8 bits. */
  readonly opcode: number;
  /** All that follows the opcode, the zeroes included that fill a frame up to whole quadlets. */
  readonly operands: Uint8Array;
}

/** FCP frames fill their register space at most. */
const maximumOctets = 0x200;

/** Command and transaction sets that are not AV/C, for whoever is told that a frame is of another. */
const otherSets: Readonly<Record<number, string>> = { 1: "CAL", 2: "EHS", 3: "HAVi", 14: "vendor unique" };

const byCode = new Map<number, Ctype | AvcResponse>(
  [...Object.keys(ctypes), ...Object.keys(responses)].filter(isCode).map((name) => [codeOf(name), name]),
);

function isCode(name: string): name is Ctype | AvcResponse {
  return Object.hasOwn(ctypes, name) || Object.hasOwn(responses, name);
}

function codeOf(name: Ctype | AvcResponse): number {
  return isCtype(name) ? ctypes[name] : responses[name];
}

/** Whether a frame with this code asks; all others answer. */
export function isCtype(code: Ctype | AvcResponse): code is Ctype {
  return Object.hasOwn(ctypes, code);
}

/**
 * Operands are a view of `octets`, not a copy.
 * @throws HomeError `frame-malformed` with `offset`: cut short, longer than 512 octets, another set, a reserved value.
 */
export function decodeAvcFrame(octets: Uint8Array): AvcFrame {
  if (octets.length > maximumOctets) throw malformed(`an FCP frame has at most ${maximumOctets} octets`, maximumOctets);
  const reader = new ByteReader(octets);
  const first = reader.uint(1);
  const cts = first >> 4;
  if (cts !== 0) throw malformed(`CTS ${cts} is ${otherSets[cts] ?? "reserved"}, not AV/C`, 0);
  const code = byCode.get(first);
  if (code === undefined) throw malformed(`ctype or response ${first} is reserved`, 0);
  const subunit = readSubunitAddress(reader);
  const opcode = reader.uint(1);
  return { code, subunit, opcode, operands: reader.octets(reader.remaining) };
}

/** @throws HomeError `frame-too-long` beyond 512 octets. */
export function encodeAvcFrame({ code, subunit, opcode, operands }: AvcFrame): Uint8Array {
  const writer = new ByteWriter().uint(codeOf(code), 1);
  writeSubunitAddress(subunit, writer);
  const octets = writer.uint(opcode, 1).octets(operands).toOctets();
  if (octets.length <= maximumOctets) return octets;
  throw new HomeError("frame-too-long", `an FCP frame has at most ${maximumOctets} octets, not ${octets.length}`, {
    value: octets.length,
    maximum: maximumOctets,
  });
}

function malformed(message: string, offset: number): HomeError {
  return new HomeError("frame-malformed", message, { offset });
}
