/** Positions on a tape: time codes and absolute track numbers (AV/C Tape Recorder/Player Subunit 2.4, 8). */

import { isJsonObject, type Json } from "../../contract/json.ts";
import { notEncodable, noValue, wholeNumber } from "../value-checks.ts";
import type { OperandValue } from "./operand-values.ts";

/** What a tape answers for a part that it does not know, and for all four where nothing is recorded. */
const unknownPart = "7f";
const nothing = 0xffff_ffff;
const negative = 0x8000_0000;

const timeCode = /^(-?)((?:\d\d|--)(?::(?:[0-5]\d|--)){3})$/;

/**
 * Four octets of BCD, frames first, as "hh:mm:ss:ff"; "--" where one is not known, null where none is. A signed one has
 * its sign in the top bit of the frames.
 */
export function timeCodeValue(isSigned: boolean): OperandValue {
  return {
    read(reader) {
      const bits = reader.uint(4);
      if (bits === nothing) return null;
      const sign = isSigned && bits >= negative ? "-" : "";
      const hex = (sign === "" ? bits : bits - negative).toString(16).padStart(8, "0");
      const parts = [6, 4, 2, 0].map((at) => hex.slice(at, at + 2).replace(unknownPart, "--"));
      const text = `${sign}${parts.join(":")}`;
      if (timeCode.test(text)) return text;
      throw noValue("no time code", reader.offset - 4);
    },
    write(value, writer) {
      if (value === null) return void writer.uint(nothing, 4);
      const [, sign, text] = (typeof value === "string" && timeCode.exec(value)) || [];
      if (text === undefined || (sign === "-" && !isSigned)) throw notEncodable(value, "a time code hh:mm:ss:ff");
      const hex = text.split(":").toReversed().join("").replaceAll("--", unknownPart);
      writer.uint(Number.parseInt(hex, 16) + (sign === "-" ? negative : 0), 4);
    },
  };
}

/** Three octets, lowest first: the track in the upper 23 bits, and whether a blank part lies before it; null where none is known. */
export const trackValue: OperandValue = {
  read(reader) {
    const [low = 0, middle = 0, high = 0] = reader.octets(3);
    const bits = (high << 16) | (middle << 8) | low;
    return bits === 0xff_ffff ? null : { number: bits >>> 1, isAfterBlank: (low & 1) === 1 };
  },
  write(value, writer) {
    const bits = value === null ? 0xff_ffff : trackBits(value);
    writer
      .uint(bits & 0xff, 1)
      .uint((bits >> 8) & 0xff, 1)
      .uint(bits >> 16, 1);
  },
};

function trackBits(value: Json): number {
  if (!isJsonObject(value) || typeof value["isAfterBlank"] !== "boolean") throw notEncodable(value, "a track");
  return (wholeNumber(value["number"], 0x7f_ffff) << 1) | Number(value["isAfterBlank"]);
}
