/** What a person may at a home beside how they show who they are: suspended or not, granted what, within which hours. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { CommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import { type Grant, viewOnly } from "../../gateway-core/contract/grant.ts";
import { isWindowOpen } from "../../gateway-core/contract/grant-window.ts";
import type { Rights } from "./requirement.ts";

/** As the authentication table has it. */
export interface Standing {
  readonly role: "owner" | "guest";
  readonly grant: Grant;
  readonly isSuspended: boolean;
  readonly home: { readonly methods: readonly CommunicationMethod[]; readonly isSuspended: boolean };
}

export interface StandingStore {
  findStanding(number: AccessNumber, user: string): Promise<Standing | undefined>;
}

/** What somebody may see and do now; with `none` nothing, whatever the grant says. */
export interface Access {
  readonly rights: Rights;
  readonly grant: Grant;
}

export const isBarred = ({ isSuspended, home }: Pick<Standing, "isSuspended" | "home">): boolean =>
  isSuspended || home.isSuspended;

/** `rights`: what the home's requirement leaves open to what was shown. */
export function accessOf(grant: Grant, rights: Rights, now: number): Access {
  const isOpen = isWindowOpen(grant.window, now) && Object.keys(grant.devices).length > 0;
  if (!isOpen) return { rights: "none", grant };
  return { rights, grant: rights === "view" ? viewOnly(grant) : grant };
}
