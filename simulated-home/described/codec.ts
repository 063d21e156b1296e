/** What every codec of a descriptor is to a simulated device: octets to a value and back. */

import type { Json } from "../../gateway-core/contract/json.ts";
import type { Octets } from "../wire/octets.ts";

export interface Codec {
  /** Undefined: there are no octets for this value. */
  encode(value: Json): Octets | undefined;
  /** Undefined: these octets are no value. */
  decode(edt: Uint8Array): Json | undefined;
}

/** The number that another property of the same object holds now. */
export type NumberOf = (epc: number) => number | undefined;
