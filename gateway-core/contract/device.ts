/** A device of the home as every room behind the adapters sees it. */

import type { Appearance } from "./appearance.ts";
import type { Descriptor, Kind, Texts } from "./descriptor.ts";
import type { LookUp } from "./descriptor-events.ts";
import type { Json } from "./json.ts";

/** `[a-z0-9-]`, stable for the life of the device. */
export type DeviceId = string;

export interface PropertyState {
  /** `null` means only: not yet known. */
  readonly value: Json;
  /** When the device last reported it: milliseconds since 1970; 0 with `null`. */
  readonly at: number;
}

export interface Device {
  readonly id: DeviceId;
  readonly protocol: string;
  readonly type: string;
  readonly kind: Kind;
  /** In the language of the descriptor's `title`. */
  readonly title: string;
  readonly titles: Texts;
  readonly room: string | null;
  readonly available: boolean;
  /** When `available` last changed: milliseconds since 1970. */
  readonly availabilityAt: number;
  /** Of a device without a descriptor: how far the search for one is. */
  readonly lookUp?: LookUp;
  /** What people chose; name and room are told above already. */
  readonly appearance?: Appearance;
  /** Narrowed to this device. */
  readonly descriptor: Descriptor;
  readonly values: { readonly [property: string]: PropertyState };
}
