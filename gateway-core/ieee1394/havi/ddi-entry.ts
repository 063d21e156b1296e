/** What a person types into a screen that a device sends: a text, a number, a time; dates and fractions are only shown (HAVi 1.1, DDI, as reconstructed). Pure. */

import { fromHex } from "../../bytes/hex.ts";
import type { DataSchema } from "../../contract/descriptor.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import { notEncodable } from "../value-checks.ts";
import { labelOf, numberIn, objectOf } from "./ddi-words.ts";

interface Entry {
  readonly schema: DataSchema;
  readonly value: Json;
  /** What is told the device; undefined for what is only shown. @throws HomeError `value-invalid` */
  readonly write?: (value: Json) => Json;
}

/** @param current `{type, value}` as the element has it @param most characters or digits, 0 where it does not tell */
type EntryKind = (current: JsonObject, most: number) => Entry;

const timeOfDay = "^([01][0-9]|2[0-3]):[0-5][0-9]$";
const longestText = 256;
const mostDigits = 9;
const two = (number: number): string => String(number).padStart(2, "0");

export const entryKinds: Readonly<Record<string, EntryKind>> = {
  TEXTUAL: (current, most) => ({
    schema: { type: "string", pattern: `^.{0,${most > 0 ? Math.min(most, longestText) : longestText}}$` },
    value: labelOf(current["value"]),
    write: textOf,
  }),
  NAT_NUMBER: (current, most) => ({
    schema: { type: "integer", minimum: 0, maximum: 10 ** Math.max(1, Math.min(most, mostDigits)) - 1 },
    value: numberIn(current, "value"),
    write: (value) => value,
  }),
  FLOAT: (current) => ({ schema: { type: "number" }, value: floatOf(current["value"]) }),
  DATE(current) {
    const date = objectOf(current["value"]);
    const [year, month, day] = ["year", "month", "day"].map((name) => two(numberIn(date, name)));
    return { schema: { type: "string" }, value: `${year}-${month}-${day}` };
  },
  TIME(current) {
    const time = objectOf(current["value"]);
    const [hour, minute] = ["hour", "minute"].map((name) => two(numberIn(time, name)));
    return {
      schema: { type: "string", pattern: timeOfDay },
      value: `${hour}:${minute}`,
      write(value) {
        const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(textOf(value)) ?? [];
        if (hours === undefined) throw notEncodable(value, "a time of day");
        return { ...time, hour: Number(hours), minute: Number(minutes), sec: 0, msec: 0 };
      },
    };
  },
};

function textOf(value: Json): string {
  if (typeof value === "string") return value;
  throw notEncodable(value, "a text");
}

/** IEEE 754, four octets, with as many digits as they hold. */
function floatOf(hex: Json | undefined): number {
  const octets = typeof hex === "string" ? fromHex(hex) : new Uint8Array(4);
  const quadlet = new Uint8Array(octets);
  const number = new DataView(quadlet.buffer).getFloat32(0);
  return Number.isFinite(number) ? Number(number.toPrecision(7)) : 0;
}
