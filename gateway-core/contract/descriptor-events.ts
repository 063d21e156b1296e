/** What travels along the wires between translation and access link about descriptors that this house lacks. */

import type { Descriptor, DescriptorKey } from "./descriptor.ts";

/** How far the search for a device's descriptor is: the provider is being asked, or has none. */
export type LookUp = "asking" | "unknown";

export interface WantedDescriptor {
  readonly key: DescriptorKey;
  /** How many members of the key the house's own best descriptor agrees in; 0: it has none. */
  readonly matched: number;
}

/** translation → access link: the whole list each time, and after every deploy. */
export interface DescriptorsWanted {
  readonly type: "wanted";
  /** Whose devices these are: a list takes the place of another of the same. */
  readonly protocol: string;
  readonly wanted: readonly WantedDescriptor[];
}

/** access link → translation. */
export type DescriptorEvent =
  /** All that was learned from the provider; told after every deploy. Whoever hears it tells anew what it wants. */
  | { readonly type: "learned"; readonly descriptors: readonly Descriptor[] }
  /** Learned now, or learned anew: it takes the place of another of its type. */
  | { readonly type: "descriptor"; readonly descriptor: Descriptor }
  | { readonly type: "withdrawn"; readonly descriptorType: string }
  /** The whole list each time. */
  | { readonly type: "asked"; readonly asked: readonly { readonly key: DescriptorKey; readonly state: LookUp }[] };
