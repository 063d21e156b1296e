/** What one home wants of the outbound proxy for its own computers: places that it may not be led to, or the only ones that it may. Narrows the provider's rules, and never widens them. Pure. */

import { isIP } from "node:net";
import { type Place, type ProxyRules, parsePlaces } from "./proxy-rules.ts";
import type { Target } from "./target.ts";

/** Names (`www.example`, `*.example`), addresses and networks, each with a port where not all are meant. */
export interface HomePolicy {
  /** Where alone it leads; empty: wherever the provider leads. */
  readonly allow: readonly string[];
  /** Where it never leads; stronger than `allow`. */
  readonly deny: readonly string[];
}

/** @throws HomeError `settings-invalid` */
export function assertHomePolicy({ allow, deny }: HomePolicy): void {
  parsePlaces(allow, "proxy-allow");
  parsePlaces(deny, "proxy-deny");
}

/** The provider's rules, narrowed to what the home wants. @throws HomeError `settings-invalid` */
export function narrowedRules(rules: ProxyRules, policy: HomePolicy): ProxyRules {
  if (policy.allow.length === 0 && policy.deny.length === 0) return rules;
  const allow = parsePlaces(policy.allow, "proxy-allow");
  const deny = parsePlaces(policy.deny, "proxy-deny");
  const has = (list: readonly Place[], { port }: Target, isOne: (place: Place) => boolean): boolean =>
    list.some((place) => (place.port ?? port) === port && isOne(place));
  const isNamed = (list: readonly Place[], target: Target): boolean =>
    has(list, target, (one) => one.hasName(target.host));
  const isAt = (list: readonly Place[], target: Target, address: string): boolean =>
    has(list, target, (one) => one.hasAddress(address));
  const narrowed: ProxyRules = {
    judgeTarget(target, way) {
      const { host } = target;
      if (isNamed(deny, target)) return "home-policy";
      // A name that is not listed may still lead to a network that is: that is judged when it was looked up.
      const isOnlyNames = allow.length > 0 && allow.every(({ isName }) => isName);
      if (isOnlyNames && !isNamed(allow, target)) return "home-policy";
      const refusal = isIP(host) === 0 ? undefined : narrowed.judgeAddress(target, way, host);
      return refusal ?? rules.judgeTarget(target, way);
    },
    judgeAddress(target, way, address) {
      if (isAt(deny, target, address)) return "home-policy";
      if (allow.length > 0 && !isNamed(allow, target) && !isAt(allow, target, address)) return "home-policy";
      return rules.judgeAddress(target, way, address);
    },
  };
  return narrowed;
}
