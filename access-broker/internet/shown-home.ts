/** A home among a person's own, and how it is, as the initial page has them. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Attention } from "../../gateway-core/contract/attention.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";

export interface ShownHome {
  readonly number: AccessNumber;
  readonly user: string;
  readonly role: "owner" | "guest";
  readonly access: { readonly rights: "all" | "view" | "none"; readonly grant: Grant };
}

/** How a home is now. `closed`: it asks for more than a passkey, or the person's hours there are over. */
export type HomeSight =
  | { readonly state: "online"; readonly attention?: Attention; readonly isOld?: boolean }
  | { readonly state: "away"; readonly since?: number }
  | { readonly state: "closed" };
