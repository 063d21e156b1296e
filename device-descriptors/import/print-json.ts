/** Prints JSON as the formatter of this repository does: what fits into a line of 120 columns stands in one. Pure. */

import type { Json } from "../../gateway-core/contract/json.ts";

const lineWidth = 120;
/** Of East Asian text each character takes two columns (Unicode TR 11, W and F). */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

export function printJson(value: Json): string {
  return `${printAt(value, 0, 0)}\n`;
}

/** `used`: columns of the first line that are taken by what stands around the value. */
function printAt(value: Json, indent: number, used: number): string {
  const line = inLine(value);
  const isLeaf = typeof value !== "object" || value === null || Object.keys(value).length === 0;
  if (isLeaf || (indent > 0 && indent + used + columnsOf(line) <= lineWidth)) return line;
  const inside = " ".repeat(indent + 2);
  const printed = Array.isArray(value)
    ? value.map((item, index) => `${inside}${printAt(item, indent + 2, comma(index, value.length))}`)
    : Object.entries(value).map(([name, member], index, all) => {
        const key = `${JSON.stringify(name)}: `;
        return `${inside}${key}${printAt(member, indent + 2, columnsOf(key) + comma(index, all.length))}`;
      });
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}\n${printed.join(",\n")}\n${" ".repeat(indent)}${close}`;
}

/** A column for the comma behind all but the last. */
const comma = (index: number, count: number): number => (index < count - 1 ? 1 : 0);

function inLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${inLine(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function columnsOf(text: string): number {
  return text.length + (text.match(wide)?.length ?? 0);
}
