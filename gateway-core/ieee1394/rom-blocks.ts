/** Directories and leaves of a configuration ROM, with what is wrong with them (IEEE 1212, 7.5 and 7.6). */

import { crc16 } from "../bytes/crc16.ts";
import type { RomImage } from "./rom-image.ts";

/** A block whose CRC is wrong, or that goes on beyond the end of the image; its readable part is used all the same. */
export interface RomFault {
  readonly offsetQuadlets: number;
  readonly reason: "crc" | "truncated";
}

/** One directory entry: 24 bits of a number, quadlets to a register from the initial register space, or a block. */
export type RomEntry = { readonly key: number } & (
  | { readonly type: "immediate" | "csr-offset"; readonly value: number }
  | { readonly type: "leaf"; readonly leaf: Uint8Array }
  | { readonly type: "directory"; readonly directory: RomDirectory }
);

export interface RomDirectory {
  readonly entries: readonly RomEntry[];
}

export interface RomBlocks {
  readonly root: RomDirectory;
  /** The root and all below it, each once, in the order in which entries lead to them. */
  readonly directories: readonly RomDirectory[];
  readonly faults: readonly RomFault[];
}

/** Follows every entry from the root directory on, each block once, whatever leads to it and however often. */
export function readRomBlocks(rom: RomImage): RomBlocks {
  const directories = new Map<number, RomDirectory>();
  const leaves = new Map<number, Uint8Array>();
  const faults: RomFault[] = [];

  const readBlock = (at: number): Uint8Array => {
    const length = rom.quadlet(at) >>> 16;
    const content = rom.octets(at + 1, length);
    if (at >= rom.quadletCount || content.length < length * 4) {
      faults.push({ offsetQuadlets: at, reason: "truncated" });
    } else if (crc16(content) !== (rom.quadlet(at) & 0xffff)) faults.push({ offsetQuadlets: at, reason: "crc" });
    return content;
  };

  const leafAt = (at: number): Uint8Array => {
    const leaf = leaves.get(at) ?? readBlock(at);
    leaves.set(at, leaf);
    return leaf;
  };

  const directoryAt = (at: number): RomDirectory => {
    const known = directories.get(at);
    if (known !== undefined) return known;
    const entries: RomEntry[] = [];
    const directory = { entries };
    // Known before it is read: an entry may lead back to it.
    directories.set(at, directory);
    const count = readBlock(at).length / 4;
    for (let index = 1; index <= count; index++) entries.push(entryAt(at + index));
    return directory;
  };

  const entryAt = (at: number): RomEntry => {
    const quadlet = rom.quadlet(at);
    const key = (quadlet >>> 24) & 0x3f;
    const value = quadlet & 0xff_ffff;
    const type = quadlet >>> 30;
    if (type === 3) return { key, type: "directory", directory: directoryAt(at + value) };
    if (type === 2) return { key, type: "leaf", leaf: leafAt(at + value) };
    return { key, type: type === 1 ? "csr-offset" : "immediate", value };
  };

  const root = directoryAt(rom.busInfoLength + 1);
  return { root, directories: [...directories.values()], faults };
}
