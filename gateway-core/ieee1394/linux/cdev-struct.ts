/** Structures of the Linux kernel's FireWire character devices, as octets in the order of this machine (linux/firewire-cdev.h). Pure. */

import { HomeError } from "../../contract/errors.ts";
import { arrayOf, numberOf, objectOf, textOf } from "../table-json.ts";
import cdev from "./cdev.json" with { type: "json" };

export type StructName = keyof typeof cdev.structs;
export type IoctlName = keyof typeof cdev.ioctls;

type Width = "u32" | "s32" | "u64";

interface Struct {
  readonly octets: number;
  readonly fields: ReadonlyMap<string, { readonly at: number; readonly width: Width }>;
}

const widths: Readonly<Record<string, Width>> = { u32: "u32", s32: "s32", u64: "u64" };
const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const structs: ReadonlyMap<string, Struct> = new Map(
  Object.entries(cdev.structs).map(([name, { octets, fields }]) => [name, { octets, fields: parseFields(fields) }]),
);

function parseFields(fields: unknown): Struct["fields"] {
  return new Map(
    Object.entries(objectOf(fields)).map(([name, place]) => {
      const [at, width] = arrayOf(place);
      return [name, { at: numberOf(at), width: known(widths[textOf(width)], "width", textOf(width)) }];
    }),
  );
}

/** The number of an ioctl. */
export function ioctlNumber(name: IoctlName): number {
  return Number(cdev.ioctls[name]);
}

/** What is not given is 0. @throws HomeError `internal`: no such field */
export function packStruct(name: StructName, values: Readonly<Record<string, number | bigint>>): Uint8Array {
  const { octets, fields } = known(structs.get(name), "structure", name);
  const packed = new Uint8Array(octets);
  const view = new DataView(packed.buffer);
  for (const [field, value] of Object.entries(values)) {
    const { at, width } = known(fields.get(field), "field", field);
    if (width === "u64") view.setBigUint64(at, BigInt(value), isLittle);
    else view.setUint32(at, Number(value), isLittle);
  }
  return packed;
}

/**
 * Tells the fields of a structure that lies in these octets: 64-bit ones as numbers, since handles and addresses fit.
 * @throws HomeError `internal`: no such field; `frame-malformed`: the octets end before it
 */
export function fieldsOf(name: StructName, octets: Uint8Array): (field: string) => number {
  const { fields } = known(structs.get(name), "structure", name);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return (field) => {
    const { at, width } = known(fields.get(field), "field", field);
    const end = at + (width === "u64" ? 8 : 4);
    if (end > octets.length) {
      throw new HomeError("frame-malformed", `${name} ends before its ${field}`, { offset: octets.length });
    }
    if (width === "u64") return Number(view.getBigUint64(at, isLittle));
    return width === "s32" ? view.getInt32(at, isLittle) : view.getUint32(at, isLittle);
  };
}

/** Where a field lies: an address is put there when the kernel is called. @throws HomeError `internal`: no such field */
export function placeOf(name: StructName, field: string): number {
  const { fields } = known(structs.get(name), "structure", name);
  return known(fields.get(field), "field", field).at;
}

/** Packets that are queued: one quadlet each. */
export function packQuadlets(quadlets: readonly number[]): Uint8Array {
  const packed = new Uint8Array(4 * quadlets.length);
  const view = new DataView(packed.buffer);
  for (const [place, quadlet] of quadlets.entries()) view.setUint32(4 * place, quadlet, isLittle);
  return packed;
}

function known<T>(value: T | undefined, what: string, name: string): T {
  if (value !== undefined) return value;
  throw new HomeError("internal", `the kernel's interface has no ${what} "${name}"`);
}
