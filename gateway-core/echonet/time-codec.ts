/** Times and dates in EDTs (MRA `time`, `date`, `date-time`), as text of ISO 8601's extended format without a zone. */

import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import type { Json } from "../contract/json.ts";
import { notEncodable, noValue, type ValueCodec } from "./value-codec.ts";

interface Field {
  readonly octets: number;
  readonly digits: number;
  readonly minimum: number;
  readonly maximum: number;
  /** What stands before it in the text. */
  readonly mark: string;
}

const year: Field = { octets: 2, digits: 4, minimum: 0, maximum: 9999, mark: "" };
const month: Field = { octets: 1, digits: 2, minimum: 1, maximum: 12, mark: "-" };
const day: Field = { octets: 1, digits: 2, minimum: 1, maximum: 31, mark: "-" };
/** Of a duration as well as of a clock: some properties count more than a day. */
const hour: Field = { octets: 1, digits: 2, minimum: 0, maximum: 255, mark: "" };
const minute: Field = { octets: 1, digits: 2, minimum: 0, maximum: 59, mark: ":" };
const second: Field = minute;
const hourOfDay: Field = { ...hour, maximum: 23, mark: "T" };
const minutely = [year, month, day, hourOfDay, minute];

/** The layouts of each codec word; a date-time goes to the minute or to the second, as its length says. */
const layouts = {
  hhmm: [[hour, minute]],
  hhmmss: [[hour, minute, second]],
  date: [[year, month, day]],
  datetime: [minutely, [...minutely, second]],
} as const;

export type TimeWord = keyof typeof layouts;

export function isTimeWord(word: unknown): word is TimeWord {
  return typeof word === "string" && Object.hasOwn(layouts, word);
}

/** `hhmm` "07:30", `hhmmss` "07:30:00", `date` "2026-05-20", `datetime` "2026-05-20T14:00" or "2026-05-20T14:00:00". */
export function timeCodec(word: TimeWord): ValueCodec {
  const fitting: readonly (readonly Field[])[] = layouts[word];
  return {
    coefficients: [],
    decode(edt) {
      const layout = fitting.find((fields) => lengthOf(fields) === edt.length);
      if (layout === undefined) throw noValue(edt, `its length is not that of a ${word}`);
      const reader = new ByteReader(edt);
      return layout.map((field) => decodeField(field, reader.uint(field.octets), edt)).join("");
    },
    encode(value) {
      for (const layout of fitting) {
        const edt = encodeFields(layout, value);
        if (edt !== undefined) return edt;
      }
      throw notEncodable(value, `a ${word}`);
    },
  };
}

function decodeField({ digits, minimum, maximum, mark }: Field, value: number, edt: Uint8Array): string {
  if (value < minimum || value > maximum) throw noValue(edt, `${value} is not within ${minimum} to ${maximum}`);
  return mark + String(value).padStart(digits, "0");
}

/** Undefined when the text does not have this layout. */
function encodeFields(layout: readonly Field[], value: Json): Uint8Array | undefined {
  if (typeof value !== "string") return undefined;
  const pattern = layout.map(
    ({ mark, digits, maximum }) => `${mark}(\\d{${digits},${Math.max(digits, String(maximum).length)}})`,
  );
  const [text, ...numbers] = new RegExp(`^${pattern.join("")}$`).exec(value) ?? [];
  if (text === undefined) return undefined;
  const writer = new ByteWriter();
  for (const [index, { octets, minimum, maximum }] of layout.entries()) {
    const number = Number(numbers[index]);
    if (number < minimum || number > maximum) return undefined;
    writer.uint(number, octets);
  }
  return writer.toOctets();
}

function lengthOf(layout: readonly Field[]): number {
  return layout.reduce((length, { octets }) => length + octets, 0);
}
