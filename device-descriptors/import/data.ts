/** What a source says of one value's octets, every reference resolved: the vocabulary of the Machine Readable Appendix, `data` of a property. */

import type { Texts } from "../../gateway-core/contract/descriptor.ts";

export interface NumberData {
  readonly kind: "number";
  readonly octets: number;
  readonly isSigned: boolean;
  /** Raw, before `multiple`. */
  readonly minimum: number;
  readonly maximum: number;
  readonly multiple: number;
  readonly unit: string;
  /** EPCs whose values are multiplied in. */
  readonly coefficient: readonly string[];
  /** Whether the code at that end of the format means "beyond the range". */
  readonly hasOverflow: boolean;
  readonly hasUnderflow: boolean;
}

export interface State {
  /** As in the appendix: "0x41". */
  readonly edt: string;
  /** A word, or a number where the source enumerates numbers. */
  readonly value: string | number;
  readonly titles: Texts;
  readonly isReadOnly: boolean;
}

export interface StateData {
  readonly kind: "state";
  readonly states: readonly State[];
}

/** Steps 1 to `count`, coded from `base` upwards. */
export interface LevelData {
  readonly kind: "level";
  readonly octets: number;
  readonly base: number;
  readonly count: number;
}

export interface Member {
  readonly name: string;
  readonly titles: Texts;
  readonly data: Data;
}

export interface BitField extends Member {
  readonly octet: number;
  readonly mask: number;
}

export type Data =
  | NumberData
  | StateData
  | LevelData
  | { readonly kind: "bits"; readonly octets: number; readonly fields: readonly BitField[] }
  | { readonly kind: "object"; readonly members: readonly Member[] }
  | {
      readonly kind: "array";
      readonly of: Data;
      readonly itemOctets: number;
      readonly minimum: number;
      readonly maximum: number;
    }
  | { readonly kind: "raw"; readonly minimum: number; readonly maximum: number }
  | {
      readonly kind: "text";
      readonly encoding: "ascii" | "utf-8";
      readonly minimum: number;
      readonly maximum: number;
    }
  | { readonly kind: "time"; readonly octets: number; readonly maximumOfHour: number }
  | { readonly kind: "date" }
  | { readonly kind: "date-time"; readonly octets: number }
  | { readonly kind: "oneOf"; readonly of: readonly Data[] };

/** How many octets a value takes; undefined when that is not fixed. */
export function octetsOf(data: Data): number | undefined {
  switch (data.kind) {
    case "number":
    case "level":
    case "bits":
    case "time":
    case "date-time":
      return data.octets;
    case "date":
      return 4;
    case "state":
      return onlyOne(data.states.map(({ edt }) => (edt.length - 2) / 2));
    case "raw":
    case "text":
      return data.minimum === data.maximum ? data.maximum : undefined;
    case "array":
      return data.minimum === data.maximum ? data.maximum * data.itemOctets : undefined;
    case "object":
      return data.members.reduce<number | undefined>((sum, member) => {
        const octets = octetsOf(member.data);
        return sum === undefined || octets === undefined ? undefined : sum + octets;
      }, 0);
    case "oneOf":
      return onlyOne(data.of.map(octetsOf));
  }
}

function onlyOne(octets: readonly (number | undefined)[]): number | undefined {
  return new Set(octets).size === 1 ? octets[0] : undefined;
}
