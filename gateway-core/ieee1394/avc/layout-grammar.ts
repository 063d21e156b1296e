/**
 * The grammar of operand layouts, so that a command is data. A layout is an array of
 * `{"fixed": HEX}` · `{"bits": [{"name"?, "width", "words"?}…]}` (one octet) ·
 * `{"name", …}` with one of `"uint": OCTETS`, `"octet": true`, `"hex": OCTETS | "rest"`, `"hexOf": FIELD`,
 * `"counted": "hex" | LAYOUT`, `"words": NAME`, `"one": {HEX: WORD}`, `"typed": [[FROM, TO, OCTETS]…]`,
 * `"timeCode": true | "signed"`, `"track": true`, `"subunit": true`, `"subunits": COUNT`.
 */

import { fromHex } from "../../bytes/hex.ts";
import type { JsonObject } from "../../contract/json.ts";
import { arrayOf, invalid, numberOf, objectOf, octetOf, textOf } from "../table-json.ts";
import { bitsOperand, countedValue, fixedOperand, type Layout, namedOperand, type Operand } from "./layout.ts";
import {
  hexValue,
  type OperandValue,
  octetValue,
  subunitsValue,
  subunitValue,
  typedValue,
  uintValue,
  wordValue,
} from "./operand-values.ts";
import operandWords from "./operand-words.json" with { type: "json" };
import { timeCodeValue, trackValue } from "./time-values.ts";

/** @throws HomeError `descriptor-invalid` for anything outside the grammar. */
export function parseLayout(layout: unknown): Layout {
  return arrayOf(layout).map((operand) => parseOperand(objectOf(operand)));
}

function parseOperand(operand: JsonObject): Operand {
  if (operand["fixed"] !== undefined) return fixedOperand(fromHex(textOf(operand["fixed"])));
  if (operand["bits"] !== undefined) {
    const bits = arrayOf(operand["bits"]).map((bit) => parseBit(objectOf(bit)));
    if (bits.reduce((sum, { width }) => sum + width, 0) !== 8) throw invalid(operand, "eight bits");
    return bitsOperand(bits);
  }
  return namedOperand(textOf(operand["name"]), parseValue(operand));
}

function parseBit({ name, width, words }: JsonObject) {
  return {
    ...(name === undefined ? {} : { name: textOf(name) }),
    width: numberOf(width),
    ...(words === undefined ? {} : { words: wordsNamed(textOf(words)) }),
  };
}

/** How each kind of value is made from what stands behind its key. */
const kinds: Readonly<Record<string, (argument: unknown) => OperandValue>> = {
  uint: (count) => uintValue(numberOf(count)),
  octet: () => octetValue,
  hex: (count) => hexValue(count === "rest" ? count : numberOf(count)),
  hexOf: (field) => hexValue({ field: textOf(field) }),
  counted: (content) => (content === "hex" ? countedHex : countedValue(parseLayout(content))),
  words: (name) => wordValue(wordsNamed(textOf(name)), false),
  one: (words) => wordValue(wordsOf(words), true),
  typed: (ranges) =>
    typedValue(
      arrayOf(ranges).map((range) => {
        const [from, to, count] = arrayOf(range);
        return [octetOf(from), octetOf(to), numberOf(count)];
      }),
    ),
  timeCode: (sign) => timeCodeValue(sign === "signed"),
  track: () => trackValue,
  subunit: () => subunitValue,
  subunits: (count) => subunitsValue(numberOf(count)),
};

/** An octet that counts, then so many octets. */
const countedHex: OperandValue = {
  read: (reader, before) => hexValue(reader.uint(1)).read(reader, before),
  write(value, writer, fields) {
    const octetCount = textOf(value).length / 2;
    uintValue(1).write(octetCount, writer, fields);
    hexValue(octetCount).write(value, writer, fields);
  },
};

function parseValue(operand: JsonObject): OperandValue {
  for (const [kind, make] of Object.entries(kinds)) {
    if (operand[kind] !== undefined) return make(operand[kind]);
  }
  throw invalid(operand, "an operand");
}

function wordsNamed(name: string): ReadonlyMap<number, string> {
  return wordsOf(Object.entries(operandWords).find(([known]) => known === name)?.[1]);
}

function wordsOf(words: unknown): ReadonlyMap<number, string> {
  return new Map(Object.entries(objectOf(words)).map(([hex, word]) => [octetOf(hex), textOf(word)]));
}
