/** Times and dates: each number of the text one octet, but a year two. */

import { big, type Octets, unsigned } from "../wire/octets.ts";
import type { Codec } from "./codec.ts";

interface Layout {
  /** Its groups are the numbers. */
  readonly pattern: RegExp;
  readonly lengths: readonly (1 | 2)[];
  readonly marks: readonly string[];
  readonly lowest: readonly number[];
  readonly highest: readonly number[];
}

const clock: Layout = {
  pattern: /^(\d{2,3}):(\d\d)$/,
  lengths: [1, 1],
  marks: ["", ":"],
  lowest: [0, 0],
  highest: [255, 59],
};
const seconds: Layout = {
  pattern: /^(\d{2,3}):(\d\d):(\d\d)$/,
  lengths: [1, 1, 1],
  marks: ["", ":", ":"],
  lowest: [0, 0, 0],
  highest: [255, 59, 59],
};
const date: Layout = {
  pattern: /^(\d{4})-(\d\d)-(\d\d)$/,
  lengths: [2, 1, 1],
  marks: ["", "-", "-"],
  lowest: [0, 1, 1],
  highest: [9999, 12, 31],
};
const minutely: Layout = {
  pattern: /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)$/,
  lengths: [2, 1, 1, 1, 1],
  marks: ["", "-", "-", "T", ":"],
  lowest: [0, 1, 1, 0, 0],
  highest: [9999, 12, 31, 23, 59],
};
const secondly: Layout = {
  pattern: /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/,
  lengths: [2, 1, 1, 1, 1, 1],
  marks: ["", "-", "-", "T", ":", ":"],
  lowest: [0, 1, 1, 0, 0, 0],
  highest: [9999, 12, 31, 23, 59, 59],
};
const layouts: Readonly<Record<string, readonly Layout[]>> = {
  hhmm: [clock],
  hhmmss: [seconds],
  date: [date],
  datetime: [minutely, secondly],
};

/** Undefined for a word that is none of `hhmm`, `hhmmss`, `date`, `datetime`. */
export function timeCodec(word: string): Codec | undefined {
  const fitting = Object.hasOwn(layouts, word) ? layouts[word] : undefined;
  if (fitting === undefined) return undefined;
  return {
    encode(value) {
      if (typeof value !== "string") return undefined;
      for (const layout of fitting) {
        const edt = encodeText(layout, value);
        if (edt !== undefined) return edt;
      }
      return undefined;
    },
    decode(edt) {
      const layout = fitting.find(({ lengths }) => lengths.reduce((sum, length) => sum + length, 0) === edt.length);
      return layout && decodeText(layout, edt);
    },
  };
}

function encodeText(layout: Layout, text: string): Octets | undefined {
  const [found, ...groups] = layout.pattern.exec(text) ?? [];
  const numbers = groups.map(Number);
  if (found === undefined || !isWithin(layout, numbers)) return undefined;
  return Uint8Array.from(layout.lengths.flatMap((length, index) => [...big(numbers[index] ?? 0, length)]));
}

function decodeText(layout: Layout, edt: Uint8Array): string | undefined {
  let at = 0;
  const numbers = layout.lengths.map((length) => {
    at += length;
    return unsigned(edt.subarray(at - length, at));
  });
  if (!isWithin(layout, numbers)) return undefined;
  const padded = numbers.map((number, index) => String(number).padStart(layout.lengths[index] === 2 ? 4 : 2, "0"));
  return padded.map((number, index) => `${layout.marks[index] ?? ""}${number}`).join("");
}

function isWithin({ lowest, highest }: Layout, numbers: readonly number[]): boolean {
  return numbers.every((number, index) => number >= (lowest[index] ?? 0) && number <= (highest[index] ?? 0));
}
