/**
 * How a value stands in an AV/C response, and how it is put into a command, as a descriptor says it (docs/descriptors.md,
 * `gk:bind.avc`). Octets are counted from the opcode on. Pure.
 */

import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { fromHex, toHex } from "../bytes/hex.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";
import type { AvcResponse, Ctype } from "./avc/avc-frame.ts";
import { timeCodeValue } from "./avc/time-values.ts";
import { arrayOf, invalid, objectOf, textOf } from "./table-json.ts";
import { notEncodable, wholeNumber } from "./value-checks.ts";

/** Undefined where the response holds no such value. */
export type ReadValue = (code: AvcResponse | Ctype, octets: Uint8Array) => Json | undefined;
/** Frames from the opcode on, in the order in which they are sent. @throws HomeError `value-invalid`, `out-of-range` */
export type WriteValue = (value: Json) => readonly Uint8Array[];

const noTimeCode = "--:--:--:--";
const timeCode = timeCodeValue(true);
const place = "{value}";

/**
 * `{map: {HEX: VALUE}, at?}` (the longest beginning that fits) · `{timeCode: AT}` · `{num, at, scale?, offset?}`; beside
 * any of them `inTransition` and `rejected`, the words for these responses.
 * @throws HomeError `descriptor-invalid`
 */
export function parseValue(value: Json | undefined): ReadValue {
  const form = objectOf(value);
  const { inTransition, rejected } = form;
  const read = readerOf(form);
  return (code, octets) => {
    if (code === "REJECTED") return rejected;
    if (code === "IN TRANSITION" && inTransition !== undefined) return inTransition;
    return code === "NOT IMPLEMENTED" ? undefined : read(octets);
  };
}

function readerOf(form: JsonObject): (octets: Uint8Array) => Json | undefined {
  if (form["map"] !== undefined) return mapReader(objectOf(form["map"]), atOf(form));
  if (form["timeCode"] !== undefined) return timeCodeReader(octetCount(form["timeCode"]));
  const { octets, isSigned } = numberForm(form);
  const [at, scale, offset] = [atOf(form), factorOf(form, "scale", 1), factorOf(form, "offset", 0)];
  return orNothing((reader) => {
    reader.octets(at);
    const raw = reader.uint(octets);
    const number = isSigned && raw >= 256 ** octets / 2 ? raw - 256 ** octets : raw;
    return Number((number * scale + offset).toFixed(6));
  });
}

function mapReader(map: JsonObject, at: number): (octets: Uint8Array) => Json | undefined {
  const entries = Object.entries(map).sort(([a], [b]) => b.length - a.length);
  for (const [hex] of entries) hexOf(hex);
  return (octets) => {
    const text = toHex(octets.subarray(at));
    return entries.find(([beginning]) => text.startsWith(beginning))?.[1];
  };
}

function timeCodeReader(at: number): (octets: Uint8Array) => Json | undefined {
  return orNothing((reader) => {
    reader.octets(at);
    return timeCode.read(reader, {}) ?? noTimeCode;
  });
}

function orNothing(read: (reader: ByteReader) => Json): (octets: Uint8Array) => Json | undefined {
  return (octets) => {
    try {
      return read(new ByteReader(octets));
    } catch {
      return undefined; // Cut short: the device told less than the recipe reads.
    }
  };
}

/**
 * `HEX` or `[HEX…]` for what takes no value · `{map: {VALUE: HEX}}` · `{frame: "…{value}…", num, scale?, offset?}` ·
 * `{frame: "…{value}…", timeCode: true}`, which takes hh:mm:ss:ff, and hh:mm:ss as its first frame.
 * @throws HomeError `descriptor-invalid`
 */
export function parseControl(control: Json | undefined): WriteValue {
  if (!isJsonObject(control)) {
    const frames = (typeof control === "string" ? [control] : arrayOf(control)).map((hex) => frameOf(hexOf(hex)));
    return () => frames;
  }
  if (control["map"] !== undefined) {
    const frames = new Map(Object.entries(objectOf(control["map"])).map(([word, hex]) => [word, frameOf(hexOf(hex))]));
    return (value) => {
      const frame = frames.get(String(value));
      if (frame === undefined) throw notEncodable(value, `one of ${[...frames.keys()].join(", ")}`);
      return [frame];
    };
  }
  return templateOf(control);
}

function templateOf(form: JsonObject): WriteValue {
  const [before, after, ...more] = textOf(form["frame"]).split(place);
  if (before === undefined || after === undefined || more.length > 0)
    throw invalid(form["frame"], `a frame with ${place}`);
  const [head, tail] = [fromHexText(before), fromHexText(after)];
  frameOf(head);
  const write = form["timeCode"] === undefined ? numberWriter(form) : timeCodeWriter(form["timeCode"]);
  return (value) => [write(value, new ByteWriter().octets(head)).octets(tail).toOctets()];
}

type Write = (value: Json, writer: ByteWriter) => ByteWriter;

function timeCodeWriter(form: Json): Write {
  if (form !== true) throw invalid(form, "true");
  return (value, writer) => {
    const text = typeof value === "string" ? value : "";
    const [whole, frames] = /^\d\d:[0-5]\d:[0-5]\d(:\d\d)?$/.exec(text) ?? [];
    if (whole === undefined) throw notEncodable(value, "a time code hh:mm:ss:ff");
    timeCode.write(frames === undefined ? `${whole}:00` : whole, writer, {});
    return writer;
  };
}

function numberWriter(form: JsonObject): Write {
  const { octets, isSigned } = numberForm(form);
  const [scale, offset] = [factorOf(form, "scale", 1), factorOf(form, "offset", 0)];
  const size = 256 ** octets;
  return (value, writer) => {
    if (typeof value !== "number") throw notEncodable(value, "a number");
    const raw = Math.round((value - offset) / scale);
    const shifted = wholeNumber(isSigned ? raw + size / 2 : raw, size - 1) - (isSigned ? size / 2 : 0);
    return writer.uint(shifted, octets);
  };
}

function numberForm(form: JsonObject): { octets: number; isSigned: boolean } {
  const [, sign, bits] = /^(u?)int(8|16|24|32)$/.exec(textOf(form["num"])) ?? [];
  if (bits === undefined) throw invalid(form["num"], "a number's form");
  return { octets: Number(bits) / 8, isSigned: sign !== "u" };
}

/** Where in the response the value begins; at the opcode unless told. */
const atOf = ({ at = 0 }: JsonObject): number => octetCount(at);

function octetCount(value: Json): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 512) return value;
  throw invalid(value, "a place in a frame");
}

function factorOf(form: JsonObject, name: string, usual: number): number {
  const { [name]: value = usual } = form;
  if (typeof value === "number" && Number.isFinite(value) && (name !== "scale" || value > 0)) return value;
  throw invalid(value, "a factor");
}

/** Whole octets in hexadecimal, one at least. */
function hexOf(hex: unknown): Uint8Array {
  const octets = fromHexText(textOf(hex));
  if (octets.length === 0) throw invalid(hex, "octets in hexadecimal");
  return octets;
}

function fromHexText(text: string): Uint8Array {
  if (/^([0-9a-f]{2})*$/.test(text)) return fromHex(text);
  throw invalid(text, "lower-case hexadecimal");
}

/** An opcode and operands fit into an FCP frame behind ctype and subunit. */
function frameOf(octets: Uint8Array): Uint8Array {
  if (octets.length > 0 && octets.length <= 500) return octets;
  throw invalid(octets.length, "the length of a frame");
}
