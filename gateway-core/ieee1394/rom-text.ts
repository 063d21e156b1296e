/** Textual descriptors of a configuration ROM (IEEE 1212, 7.5.4.1): character sets by their IANA number (MIBenum). */

import characterSets from "./character-sets.json" with { type: "json" };

/** Labels of the Encoding Standard by the width of a character (`width`) and IANA number. */
const labels = new Map<string, string>(
  Object.entries(characterSets).flatMap(([width, sets]) =>
    Object.entries(sets).map(([set, label]) => [`${width}:${set}`, label]),
  ),
);

/** Octets of the two quadlets that say what a descriptor is and how its text is written. */
const headerOctets = 8;

/**
 * The text of a leaf, without the zeroes that fill it up; blanks are the vendor's own and stay. Undefined where the leaf
 * is no text, or of a character set that is not known here.
 */
export function decodeRomText(leaf: Uint8Array): string | undefined {
  if (leaf.length < headerOctets) return undefined;
  const view = new DataView(leaf.buffer, leaf.byteOffset, leaf.byteLength);
  const isText = view.getUint32(0) === 0;
  const label = labels.get(`${view.getUint8(4) >> 4}:${view.getUint16(4) & 0xfff}`);
  if (!isText || label === undefined) return undefined;
  const [text = ""] = new TextDecoder(label).decode(leaf.subarray(headerOctets)).split("\0", 1);
  return text === "" ? undefined : text;
}
