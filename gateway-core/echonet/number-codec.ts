/** Numbers in EDTs: whole numbers of 1 to 4 octets with scale, offset, coefficients and special codes (MRA `number`). */

import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { fromHex, toHex } from "../bytes/hex.ts";
import { HomeError } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";
import { type CoefficientOf, notEncodable, noValue, type ValueCodec } from "./value-codec.ts";

const formats = {
  int8: { octets: 1, isSigned: true },
  int16: { octets: 2, isSigned: true },
  int24: { octets: 3, isSigned: true },
  int32: { octets: 4, isSigned: true },
  uint8: { octets: 1, isSigned: false },
  uint16: { octets: 2, isSigned: false },
  uint24: { octets: 3, isSigned: false },
  uint32: { octets: 4, isSigned: false },
} as const;

export type NumberFormat = keyof typeof formats;

export function isNumberFormat(name: unknown): name is NumberFormat {
  return typeof name === "string" && Object.hasOwn(formats, name);
}

export interface NumberForm {
  readonly format: NumberFormat;
  /** value = (raw × scale + offset) × every coefficient. */
  readonly scale: number;
  readonly offset: number;
  readonly coefficients: readonly number[];
  /** Words for single raw codes, keyed by lower-case hexadecimal EDT; these codes are no numbers then. */
  readonly special: ReadonlyMap<string, Json>;
  /** Raw codes outside of these belong to another alternative of a `oneOf`. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** The value is a text: this, and the number behind it ("+3"). */
  readonly prefix?: string;
}

export function numberCodec(form: NumberForm): ValueCodec {
  const { format, scale, offset, coefficients, special, prefix } = form;
  const { octets, isSigned } = formats[format];
  const span = 2 ** (8 * octets);
  const first = isSigned ? -span / 2 : 0;
  const { minimum: lowest = first, maximum: highest = first + span - 1 } = form;
  // Several codes may stand for one word: the first is sent.
  const words = new Map(Array.from(special, ([hex, word]) => [word, hex] as const).reverse());

  return {
    coefficients,
    decode(edt, coefficientOf) {
      const word = special.get(toHex(edt));
      if (word !== undefined) return word;
      if (edt.length !== octets) throw noValue(edt, `a ${format} has ${octets} octets`);
      const unsigned = new ByteReader(edt).uint(octets);
      const raw = unsigned >= first + span ? unsigned - span : unsigned;
      if (raw < lowest || raw > highest) throw noValue(edt, `it is not within ${lowest} to ${highest}`);
      const number = withoutNoise((raw * scale + offset) * product(coefficients, coefficientOf));
      return prefix === undefined ? number : `${prefix}${number}`;
    },

    encode(said, coefficientOf) {
      const code = words.get(said);
      if (code !== undefined) return fromHex(code);
      const value = prefix === undefined ? said : numberBehind(prefix, said);
      if (typeof value !== "number" || !Number.isFinite(value)) throw notEncodable(said, "a number");
      const factor = product(coefficients, coefficientOf);
      const raw = withoutNoise((value / factor - offset) / scale);
      const range = [lowest, highest].map((end) => withoutNoise((end * scale + offset) * factor));
      if (raw < lowest || raw > highest) throw outOfRange(value, range);
      if (!Number.isInteger(raw)) throw notEncodable(value, `a multiple of ${withoutNoise(scale * factor)}`);
      const edt = new ByteWriter().uint(raw, octets).toOctets();
      if (special.has(toHex(edt))) throw outOfRange(value, range);
      return edt;
    },
  };
}

/** The number of a prefixed text; undefined for any other value. */
function numberBehind(prefix: string, said: Json): number | undefined {
  const digits = typeof said === "string" && said.startsWith(prefix) ? said.slice(prefix.length) : "";
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

function product(epcs: readonly number[], coefficientOf: CoefficientOf): number {
  return epcs.reduce((factor, epc) => {
    const coefficient = coefficientOf(epc);
    if (coefficient !== undefined && coefficient !== 0) return factor * coefficient;
    const name = epc.toString(16);
    throw new HomeError("value-invalid", `the coefficient in ${name} is not known`, { coefficient: name });
  }, 1);
}

/** 3 × 0.1 is 0.3 to a person: 15 digits are exact in a double, what lies behind them is noise. Whole numbers have none. */
function withoutNoise(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(15));
}

function outOfRange(value: number, range: readonly number[]): HomeError {
  const [minimum, maximum] = [Math.min(...range), Math.max(...range)];
  const message = `${value} has no code: it is not within ${minimum} to ${maximum}, or its code has another meaning`;
  return new HomeError("out-of-range", message, { value, minimum, maximum });
}
