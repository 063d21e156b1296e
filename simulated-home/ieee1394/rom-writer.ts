/** Writes the configuration ROM of a simulated node (IEEE 1212-2001, 7; IEEE 1394a-2000, 8.3.2.5): knows nothing of how the gateway reads one. */

import { big, type Octets, octets, unsigned } from "../wire/octets.ts";

/** An entry of a directory: type and key in one octet, and a number of 24 bits, a text leaf, another directory, or blocks as they are. */
export type RomEntry = readonly [typeAndKey: number, value: number | string | Uint8Array | readonly RomEntry[]];

export interface RomPlan {
  /** EUI-64, sixteen hexadecimal digits. */
  readonly guid: string;
  /** The third quadlet of the bus information: irmc, cmc, isc, bmc, cyc_clk_acc, max_rec, generation, link_spd. */
  readonly capabilities: number;
  readonly root: readonly RomEntry[];
}

const busName = 0x31333934;

/** Blocks stand behind their directory in the order of its entries. */
export function writeRom({ guid, capabilities, root }: RomPlan): Octets {
  const information = joined([big(busName, 4), big(capabilities, 4), octets(guid)]);
  const header = joined([Uint8Array.of(4, 4), big(crcOf(information), 2)]);
  return joined([header, information, directory(root)]);
}

function directory(entries: readonly RomEntry[]): Octets {
  const blocks: Octets[] = [];
  let behind = 0;
  const content = entries.map(([typeAndKey, value], index) => {
    if (typeof value === "number") return joined([big(typeAndKey, 1), big(value, 3)]);
    const offset = entries.length - index + behind / 4;
    const written = blocksOf(value);
    blocks.push(written);
    behind += written.length;
    return joined([big(typeAndKey, 1), big(offset, 3)]);
  });
  return joined([block(joined(content)), ...blocks]);
}

function blocksOf(value: string | Uint8Array | readonly RomEntry[]): Octets {
  if (typeof value === "string") return textLeaf(value);
  return value instanceof Uint8Array ? Uint8Array.from(value) : directory(value);
}

/** The same blocks with their CRCs right; undefined unless their lengths add up to just the whole. */
export function sealBlocks(blocks: Uint8Array): Octets | undefined {
  const sealed: Octets[] = [];
  for (let at = 0; at < blocks.length; ) {
    const length = 4 * unsigned(blocks.subarray(at, at + 2));
    const content = Uint8Array.from(blocks.subarray(at + 4, at + 4 + length));
    if (content.length < length) return undefined;
    sealed.push(block(content));
    at += 4 + length;
  }
  return joined(sealed);
}

/** Minimal ASCII where that is enough, else UTF-16. */
function textLeaf(text: string): Octets {
  const isAscii = Array.from(text).every((letter) => letter < "\x7f");
  const letters = isAscii ? Array.from(text, (letter) => letter.charCodeAt(0)) : utf16(text);
  const padding = new Uint8Array(-letters.length & 3);
  const kind = isAscii ? new Uint8Array(4) : Uint8Array.of(0x13, 0xe8, 0, 0);
  return block(joined([new Uint8Array(4), kind, Uint8Array.from(letters), padding]));
}

const utf16 = (text: string): number[] =>
  Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)).flatMap((unit) => [unit >> 8, unit & 0xff]);

function block(content: Octets): Octets {
  return joined([big(content.length / 4, 2), big(crcOf(content), 2), content]);
}

/** ITU-T CRC-16, a nibble at a time, as IEEE 1212 prints it. */
function crcOf(content: Octets): number {
  let crc = 0;
  for (const octet of content) {
    for (const nibble of [octet >> 4, octet & 0xf]) {
      const sum = (crc >> 12) ^ nibble;
      crc = ((crc << 4) ^ (sum << 12) ^ (sum << 5) ^ sum) & 0xffff;
    }
  }
  return crc;
}

export function joined(parts: readonly Uint8Array[]): Octets {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
