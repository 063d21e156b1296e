/** Somebody who passed the home's challenge, for as long as they are connected, and what is open to them now. */

import { type Grant, viewOnly } from "../../gateway-core/contract/grant.ts";
import { isWindowOpen } from "../../gateway-core/contract/grant-window.ts";

/** What the authentication table says of a credential: what the home's requirement lets it do, of what its person was granted. */
export interface Standing {
  readonly rights: "all" | "view" | "none";
  readonly grant: Grant;
}

export interface Visitor {
  readonly user: string;
  readonly source: string;
  /** What is open to them; undefined: nothing. Kept up to date from outside. */
  grant: Grant | undefined;
  /** Asks the table anew. */
  recheck(): Promise<Grant | undefined>;
}

/** What a standing opens at that moment; undefined: nothing. */
export function openNow({ rights, grant }: Standing, now: number): Grant | undefined {
  if (rights === "none" || !isWindowOpen(grant.window, now)) return undefined;
  return rights === "view" ? viewOnly(grant) : grant;
}

/** How long an answer about a window is good: it is asked at each delivery. */
const windowMs = 1_000;

/** Whether a visitor may be told anything just now; the window of their grant may have closed since they came. */
export function createWindowWatch(now: () => number): (grant: Grant) => boolean {
  const told = new WeakMap<Grant, { readonly until: number; readonly isOpen: boolean }>();
  return (grant) => {
    if (grant.window === undefined) return true;
    const at = now();
    const before = told.get(grant);
    if (before !== undefined && at < before.until) return before.isOpen;
    const isOpen = isWindowOpen(grant.window, at);
    told.set(grant, { until: at + windowMs, isOpen });
    return isOpen;
  };
}
