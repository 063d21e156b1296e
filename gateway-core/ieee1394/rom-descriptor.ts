/**
 * What a program adds to the configuration ROM of its machine's node: a unit directory with the texts that name its entries
 * (IEEE 1212-2001, 7.5 and 7.7). Pure.
 */

import { ByteWriter } from "../bytes/byte-writer.ts";
import { crc16 } from "../bytes/crc16.ts";

/** Blocks that stand behind one another, and the entry of the root directory that leads to the first. */
export interface RomDescriptor {
  /** Type and key, the upper eight bits of that entry. */
  readonly key: number;
  /** In bus order; each block with its length and CRC. */
  readonly octets: Uint8Array;
}

/** A number of 24 bits by its type and key, or the text of the entry before it, in minimal ASCII. */
export type UnitEntry = { readonly key: number; readonly value: number } | { readonly text: string };

const unitDirectory = 0xd1;
const textLeaf = 0x81;
/** Descriptor of texts, one octet a character, minimal ASCII. */
const textHeadOctets = 8;

export function encodeUnit(entries: readonly UnitEntry[]): RomDescriptor {
  const directory = new ByteWriter();
  const leaves = new ByteWriter();
  let leafQuadlets = 0;
  for (const [place, entry] of entries.entries()) {
    if ("text" in entry) {
      const leaf = block(encodeText(entry.text));
      directory.uint(textLeaf, 1).uint(entries.length - place + leafQuadlets, 3);
      leaves.octets(leaf);
      leafQuadlets += leaf.length / 4;
    } else directory.uint(entry.key, 1).uint(entry.value, 3);
  }
  const octets = new ByteWriter().octets(block(directory.toOctets())).octets(leaves.toOctets()).toOctets();
  return { key: unitDirectory, octets };
}

function encodeText(text: string): Uint8Array {
  const letters = new TextEncoder().encode(text);
  return new ByteWriter()
    .octets(new Uint8Array(textHeadOctets))
    .octets(letters)
    .octets(new Uint8Array(-letters.length & 3))
    .toOctets();
}

function block(content: Uint8Array): Uint8Array {
  return new ByteWriter()
    .uint(content.length / 4, 2)
    .uint(crc16(content), 2)
    .octets(content)
    .toOctets();
}
