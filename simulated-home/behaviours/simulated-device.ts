/** What every simulated device is to the home around it, and the properties that the device object super class demands of it. */

import type { Texts } from "../../gateway-core/contract/descriptor.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { place } from "../legal-values.ts";
import { manufacturer } from "../node-profile.ts";
import type { SimulatedObject, Table } from "../simulated-object.ts";
import { unsigned } from "../wire/octets.ts";

/** A button on the device itself or on the remote control that came with it. */
export interface Button {
  readonly titles: Texts;
  readonly epc: number;
  /** Hexadecimal. */
  readonly edt: string;
}

export interface SimulatedDevice {
  readonly object: SimulatedObject;
  readonly titles: Texts;
  readonly buttons: readonly Button[];
  /** The device's own truth in readable words, for programs. */
  facts(): JsonObject;
  /** What stands on the device's own display, for people. */
  display(): Texts;
}

export interface Make {
  /** The octet of 0x81. */
  readonly place: string;
  /** The release of the Appendix that it was built to: one letter. */
  readonly release: string;
  readonly product?: string;
}

/** Super class (Appendix, chapter 2): 0x80 is on and not settable unless the device says otherwise. */
export function superClass({ place: where, release, product }: Make): Table {
  return {
    "80": { edt: "30", inf: true },
    "81": { edt: where, set: place, inf: true },
    "82": { edt: `0000${ascii(release)}00` },
    "88": { edt: "42", inf: true },
    "8a": { edt: manufacturer },
    ...(product === undefined ? {} : { "8c": { edt: ascii(product.padEnd(12, "\0")) } }),
  };
}

/** The unsigned number that a property holds now. */
export function numberAt(object: SimulatedObject, epc: number): number {
  return unsigned(object.tell(epc) ?? new Uint8Array());
}

export function clamp(value: number, minimum: number, maximum: number): number {
  return Math.min(Math.max(value, minimum), maximum);
}

function ascii(text: string): string {
  return Array.from(text, (character) => character.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
