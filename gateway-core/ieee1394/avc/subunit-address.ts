/** Who in a unit an AV/C frame is for: subunit_type and subunit_ID, extended octets included (AV/C General 4.2, 7.3). */

import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";
import { HomeError } from "../../contract/errors.ts";

/** The fields of the wire: what is extended stands beside the escape value that says so, so nothing is ever misread. */
export interface SubunitAddress {
  /** 5 bits; 0x1e where `extendedType` tells. */
  readonly type: number;
  /** 3 bits; 5 where `extendedId` tells, 7 for "ignore" (the unit itself). */
  readonly id: number;
  readonly extendedType?: number;
  /** 5 and more: extended octets count on from the last subunit_ID that fits into 3 bits. */
  readonly extendedId?: number;
}

const typeIsExtended = 0x1e;
const idIsExtended = 5;
const reservedId = 6;
/** An extended octet of 0xff means "this many, and the next octet goes on"; 0 is reserved. */
const goesOn = 0xff;

/** @throws HomeError `frame-malformed` with `offset`: cut short, or a value that the specification reserves. */
export function readSubunitAddress(reader: ByteReader): SubunitAddress {
  const octet = reader.uint(1);
  const address = { type: octet >> 3, id: octet & 7 };
  if (address.id === reservedId) throw reserved("subunit_ID 6", reader.offset - 1);
  const withType = address.type === typeIsExtended ? { ...address, extendedType: readExtended(reader) } : address;
  return address.id === idIsExtended ? { ...withType, extendedId: readExtended(reader) + idIsExtended - 1 } : withType;
}

export function writeSubunitAddress({ type, id, extendedType, extendedId }: SubunitAddress, writer: ByteWriter): void {
  writer.uint((type << 3) | id, 1);
  if (extendedType !== undefined) writeExtended(extendedType, writer);
  if (extendedId !== undefined) writeExtended(extendedId - idIsExtended + 1, writer);
}

/** Whether two addresses name the same subunit. */
export function isSameSubunit(a: SubunitAddress, b: SubunitAddress): boolean {
  return a.type === b.type && a.id === b.id && a.extendedType === b.extendedType && a.extendedId === b.extendedId;
}

function readExtended(reader: ByteReader): number {
  let number = 0;
  for (;;) {
    const octet = reader.uint(1);
    if (octet === 0) throw reserved("an extended octet of 0", reader.offset - 1);
    if (octet !== goesOn) return number + octet;
    number += goesOn - 1;
  }
}

function writeExtended(number: number, writer: ByteWriter): void {
  let rest = number;
  for (; rest >= goesOn; rest -= goesOn - 1) writer.uint(goesOn, 1);
  writer.uint(rest, 1);
}

function reserved(what: string, offset: number): HomeError {
  return new HomeError("frame-malformed", `${what} is reserved`, { offset });
}
