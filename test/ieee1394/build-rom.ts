/** Builds configuration ROMs for tests, laid out as IEEE 1212 and the Linux kernel's generator do: each block behind its directory. */

import { crc16 } from "../../gateway-core/bytes/crc16.ts";

export type Entry = readonly [entryByte: number, value: number | Leaf | Directory];
export interface Leaf {
  readonly leaf: Uint8Array;
}
export interface Directory {
  readonly entries: readonly Entry[];
}

const quadlet = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

/** A block's header: length in quadlets and CRC, before its content. */
const block = (content: readonly number[]): number[] => [
  ...quadlet(((content.length / 4) << 16) | crc16(Uint8Array.from(content))),
  ...content,
];

/** A textual descriptor; the second quadlet says how it is written: zero for minimal ASCII. */
export function text(value: string | Uint8Array, kind = 0, header = 0): Leaf {
  const octets = typeof value === "string" ? Buffer.from(value, "latin1") : value;
  const padded = [...octets, ...Array(-octets.length & 3).fill(0)];
  return { leaf: Uint8Array.from([...quadlet(header), ...quadlet(kind), ...padded]) };
}

function directory({ entries }: Directory): number[] {
  const blocks: number[] = [];
  const content = entries.flatMap(([byte, value], index) => {
    if (typeof value === "number") return quadlet(((byte << 24) | value) >>> 0);
    const offset = entries.length - index + blocks.length / 4;
    blocks.push(...("leaf" in value ? block([...value.leaf]) : directory(value)));
    return quadlet(((byte << 24) | offset) >>> 0);
  });
  return [...block(content), ...blocks];
}

/** A general ROM: bus information (`capabilities` is its third quadlet), then the root directory. */
export function buildRom(capabilities: number, guid: string, root: readonly Entry[]): Uint8Array {
  const info = [...quadlet(0x31333934), ...quadlet(capabilities), ...Buffer.from(guid, "hex")];
  const header = quadlet((0x0404_0000 | crc16(Uint8Array.from(info))) >>> 0);
  return Uint8Array.from([...header, ...info, ...directory({ entries: root })]);
}

/** The same image as a little-endian host keeps it. */
export function inHostOrder(rom: Uint8Array): Uint8Array {
  return Uint8Array.from(rom, (_, index) => rom[index ^ 3] ?? 0);
}
