/** What people see and no source tells, completed by hand as data: `overlay/*.json`, one for each class. */

import type { DataSchema, Kind, Screen, Texts } from "../../gateway-core/contract/descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject, type Json } from "../../gateway-core/contract/json.ts";

export interface WordOverlay extends Texts {
  /** The word of the descriptor, where it is not the source's: Home Assistant's for modes. */
  readonly as?: string;
  readonly readOnly?: boolean;
  readonly deed?: Texts;
  readonly confirm?: boolean;
}

export interface MemberOverlay {
  readonly titles?: Texts;
  readonly words?: Readonly<Record<string, WordOverlay>>;
}

export interface PropertyOverlay extends MemberOverlay {
  readonly name?: string;
  /** `null` takes back what the super class says, here and in `category`. */
  readonly role?: string | null;
  readonly category?: "config" | "diagnostic" | null;
  readonly history?: boolean | "total";
  readonly settle?: number;
  readonly presets?: readonly Json[];
  /** In the place of the source's `data`, in the appendix's vocabulary. */
  readonly data?: Json;
  readonly members?: Readonly<Record<string, MemberOverlay>>;
  /** Words of JSON Schema that narrow what the source allows, such as an honest range. */
  readonly schema?: Pick<DataSchema, "minimum" | "maximum">;
}

export interface Overlay {
  readonly kind?: Kind;
  readonly titles?: Texts;
  readonly screen?: Screen;
  /** By EPC. */
  readonly properties: Readonly<Record<string, PropertyOverlay>>;
}

export const noOverlay: Overlay = { properties: {} };

/**
 * Its own file format: what it leads to is a descriptor, and that is checked in full.
 * @throws HomeError `import-invalid`
 */
export function parseOverlay(candidate: unknown): Overlay {
  if (isJsonObject(candidate) && isJsonObject(candidate["properties"])) return candidate as unknown as Overlay;
  throw new HomeError("import-invalid", "an overlay is an object with properties");
}
