/** The access numbers that a person keeps in their browser at the bare host, as one writes addresses down: they prove nothing, and each home asks its own challenge. Pure. */

import { type AccessNumber, isAccessNumber } from "../../gateway-core/contract/access-number.ts";
import { cookieNamed } from "./session-cookie.ts";

const name = "__Host-genkan-kept";
const mostKept = 16;
const days = 400;

/** In the order in which they were kept; whatever else stands in the cookie is none. */
export function keptHomes(headers: Headers): readonly AccessNumber[] {
  const told = cookieNamed(headers, name)?.split(".") ?? [];
  return [...new Set(told)].filter(isAccessNumber).slice(0, mostKept);
}

/** The oldest gives way where there are too many. */
export function withHome(kept: readonly AccessNumber[], number: AccessNumber): string {
  return cookieOf([...kept.filter((one) => one !== number), number].slice(-mostKept));
}

export const withoutHome = (kept: readonly AccessNumber[], number: string): string =>
  cookieOf(kept.filter((one) => one !== number));

function cookieOf(kept: readonly AccessNumber[]): string {
  const seconds = kept.length === 0 ? 0 : days * 24 * 60 * 60;
  return `${name}=${kept.join(".")}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
}
