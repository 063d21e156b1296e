/** Reads what the object database says of a value in free text into the appendix's vocabulary: ranges, states, times. Pure. */

import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { readStates, type StateText } from "./state-text.ts";

export interface ValueText {
  readonly en: string;
  readonly ja: string;
  /** The unit column: "0.1°C", "m3", "-". */
  readonly unit: string;
  /** The type column: "unsigned char × 2". */
  readonly type: string;
  /** Octets; undefined where the size column tells no one number. */
  readonly octets: number | undefined;
}

const typeOctets: readonly (readonly [RegExp, number])[] = [
  [/char/, 1],
  [/short/, 2],
  [/long/, 4],
];
/** "0x00~0x64(0~100%)": two codes, then in brackets, once or twice, what they stand for. */
const range = /(?:0x)?([0-9A-Fa-f]+)\s*~\s*0x([0-9A-Fa-f]+)((?:\s*\([^)]*\))*)/;
const spoken = /=?\s*(-?[\d.]+)[^\d~.-]*~\s*(-?[\d.]+)\s*([^\d)]*)/;
const bigNumber = /(\d),(?=\d{3})/g;

/** Data of the appendix; undefined when the text is beyond this grammar. */
export function readValueText({ en, ja, unit, type, octets }: ValueText): JsonObject | undefined {
  const [english, japanese] = [plain(en), plain(ja)];
  const time = readTime(japanese) ?? readTime(english);
  if (time !== undefined) return time.size === octets ? time : undefined;
  const text = range.test(japanese) ? japanese : english;
  if ((text.match(everyRange) ?? []).length > 1) return undefined;
  const size = sizeOf(text, typeOctets.find(([name]) => name.test(type))?.[1] ?? octets ?? 1, octets);
  const number = readRange(text, unit, type, size);
  const rest = { en: english.replace(everyRange, " "), ja: japanese.replace(everyRange, " ") };
  const states = readStates(rest);
  if (number === undefined) return states && isAllOf(states, octets) ? stateData(states) : undefined;
  if (states === undefined) return /0x/.test(rest.en + rest.ja) ? undefined : inArray(number, size, octets);
  return inArray({ oneOf: [number, stateData(states)] }, size, octets);
}

/** Octets of one number: as its type says, or all of them where its highest code needs them. */
function sizeOf(text: string, size: number, octets = size): number {
  const highest = Number.parseInt(range.exec(text)?.[2] ?? "0", 16);
  return highest >= 2 ** (8 * size) ? octets : size;
}

/** With what names it before: "Humidifying levels=0x31~0x33". */
const everyRange = /(?:[^\d\s,;:=][^\d,;:=]*[=:]\s*)?(?:0x)?[0-9A-Fa-f]+\s*~\s*0x[0-9A-Fa-f]+(?:\s*\([^)]*\))*/g;

/** One way of writing: half-width, "~" for every sign of "to", no commas within numbers. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .replaceAll(/[\u301c\u2013\u2026]/g, "~")
    .replaceAll(/(0x[0-9A-Fa-f]+)\s*(?:to|-|\.{1,3})\s*(?=0x[0-9A-Fa-f])/g, "$1~")
    .replaceAll(/\b0(?:\.|-| to )(?=0x)/g, "0~")
    .replaceAll(bigNumber, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function readTime(text: string): { type: "time"; size: number; maximumOfHour?: number } | undefined {
  const found = /^0~0x(17|FF)\s*:\s*0~0x3B(\s*:\s*0~0x3B)?\s*\(/.exec(text);
  if (found === null) return undefined;
  const size = found[2] === undefined ? 2 : 3;
  return found[1] === "FF" ? { type: "time", size, maximumOfHour: 255 } : { type: "time", size };
}

/** Steps where the codes start at 0x31 and nothing is said in brackets, else a number. */
function readRange(text: string, unit: string, type: string, octets = 1): JsonObject | undefined {
  const found = range.exec(text);
  if (found === null || octets > 4) return undefined;
  const [, low = "", high = "", brackets = ""] = found;
  const [first, last] = [Number.parseInt(low, 16), Number.parseInt(high, 16)];
  const said = [...brackets.matchAll(/\(([^)]*)\)/g)].map(([, inner = ""]) => spoken.exec(inner)).findLast(Boolean);
  if (said === undefined && octets === 1 && (first === 0x31 || first === 0x41)) {
    return { type: "level", base: `0x${first.toString(16)}`, maximum: last - first + 1 };
  }
  const span = 2 ** (8 * octets);
  const isSigned = /^signed/.test(type) || first > last;
  const signed = (code: number): number => (isSigned && code >= span / 2 ? code - span : code);
  const maximum = signed(last);
  const columnUnit = unit
    .normalize("NFKC")
    .replace(/^[\d.\s-]+/, "")
    .trim();
  return {
    type: "number",
    format: `${isSigned ? "" : "u"}int${octets * 8}`,
    minimum: signed(first),
    maximum,
    multiple: multipleOf(maximum, Number(said?.[2] ?? maximum), unit),
    unit: columnUnit === "" ? (said?.[3]?.trim() ?? "") : columnUnit,
  };
}

/** The power of ten between the code and what it stands for, as the text says it; else the unit column's number. */
function multipleOf(code: number, value: number, unit: string): number {
  const power = Math.round(Math.log10(value / code));
  if (power !== 0) return Number(`1e${power}`);
  const column = Number.parseFloat(unit);
  return Number.isFinite(column) && column > 0 && column < 1 && !/^0\.0*1$/.test(unit.trim()) ? column : 1;
}

/** Several values one behind the other, where the size column says so. */
function inArray(item: JsonObject, size: number, octets: number | undefined): JsonObject | undefined {
  if (octets === undefined) return undefined;
  if (octets === size) return item;
  const count = octets / size;
  if (!Number.isInteger(count)) return undefined;
  return { type: "array", itemSize: size, minItems: count, maxItems: count, items: item };
}

const isAllOf = (states: readonly StateText[], octets: number | undefined): boolean =>
  states.every(({ edt }) => (edt.length - 2) / 2 === octets);

function stateData(states: readonly StateText[]): JsonObject {
  return {
    type: "state",
    enum: states.map(({ edt, name, en, ja }) => ({ edt, name, descriptions: { en, ja } })),
  };
}
