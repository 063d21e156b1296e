/**
 * The grammar of HAVi types, so that an interface is data. A type is the name of one
 * (`octet` `ushort` `ulong` `short` `long` `boolean` `string` `octets`, or one of the tables), or
 * `{"hex": OCTETS}` · `{"enum": [WORD…]}` · `{"codes": OCTETS, "words": {HEX: WORD}}` · `{"sequence": TYPE}` ·
 * `{"struct": FIELDS}` · `{"union": TAG, "by": TYPE, "cases": {WORD: FIELDS}}` ·
 * `{"chosenBy": [NAME…], "types": {WORD: TYPE}}`; FIELDS are `[[NAME, TYPE]…]`.
 */

import type { JsonObject } from "../../contract/json.ts";
import { arrayOf, invalid, numberOf, objectOf, textOf } from "../table-json.ts";
import { notEncodable, noValue } from "../value-checks.ts";
import ddiTypes from "./ddi-types.json" with { type: "json" };
import {
  booleanType,
  chosenType,
  codesType,
  enumType,
  type Field,
  type HaviType,
  hexType,
  octetsType,
  sequenceType,
  signedType,
  stringType,
  structType,
  unionType,
  unsignedType,
} from "./havi-type.ts";
import types from "./types.json" with { type: "json" };

const basic: ReadonlyMap<string, HaviType> = new Map([
  ["octet", unsignedType(1)],
  ["ushort", unsignedType(2)],
  ["ulong", unsignedType(4)],
  ["short", signedType(2)],
  ["long", signedType(4)],
  ["boolean", booleanType],
  ["string", stringType],
  ["octets", octetsType],
]);

/** Deeper than any real value; what names itself, as a query does, could otherwise exhaust the stack. */
const deepest = 24;

const definitions: JsonObject = { ...types, ...ddiTypes };
const named = new Map<string, HaviType>();

/** A type of the tables: made at its first use, since it may name itself. */
function namedType(name: string): HaviType {
  if (!Object.hasOwn(definitions, name)) throw invalid(name, "a type");
  const type = (): HaviType => {
    const made = named.get(name) ?? parseType(definitions[name]);
    named.set(name, made);
    return made;
  };
  return {
    read(reader, { fields, depth }) {
      if (depth >= deepest) throw noValue("a value that is too deep", reader.offset);
      return type().read(reader, { fields, depth: depth + 1 });
    },
    write(value, writer, { fields, depth }) {
      if (depth >= deepest) throw notEncodable(name, "of such a depth");
      type().write(value, writer, { fields, depth: depth + 1 });
    },
  };
}

/** @throws HomeError `descriptor-invalid` for anything outside the grammar. */
export function parseType(type: unknown): HaviType {
  if (typeof type === "string") return basic.get(type) ?? namedType(type);
  const form = objectOf(type);
  if (form["hex"] !== undefined) return hexType(numberOf(form["hex"]));
  if (form["enum"] !== undefined) return enumType(arrayOf(form["enum"]).map(textOf));
  if (form["codes"] !== undefined) return codesType(numberOf(form["codes"]), mapOf(form["words"], textOf));
  if (form["sequence"] !== undefined) return sequenceType(parseType(form["sequence"]));
  if (form["struct"] !== undefined) return structType(parseFields(form["struct"]));
  if (form["union"] !== undefined) {
    return unionType(textOf(form["union"]), parseType(form["by"]), mapOf(form["cases"], parseFields));
  }
  if (form["chosenBy"] !== undefined) {
    return chosenType(arrayOf(form["chosenBy"]).map(textOf), mapOf(form["types"], parseType));
  }
  throw invalid(type, "a type");
}

/** @throws HomeError `descriptor-invalid` */
export function parseFields(fields: unknown): Field[] {
  return arrayOf(fields).map((field) => {
    const [name, type] = arrayOf(field);
    return { name: textOf(name), type: parseType(type) };
  });
}

function mapOf<T>(object: unknown, parse: (value: unknown) => T): Map<string, T> {
  return new Map(Object.entries(objectOf(object)).map(([name, value]) => [name, parse(value)]));
}
