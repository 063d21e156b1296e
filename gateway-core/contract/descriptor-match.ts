/** Which descriptor is for which found device: every member of a match must agree, the most members win (docs/descriptors.md). Pure. */

import type { DescriptorKey, Match } from "./descriptor.ts";

/** How many members agree, or 0 when one disagrees. Hexadecimal digits may stand in either case. */
function specificityOf(match: Match, key: DescriptorKey): number {
  const members = Object.entries(match);
  const agrees = members.every(
    ([name, wanted]) => Object.hasOwn(key, name) && key[name]?.toLowerCase() === wanted.toLowerCase(),
  );
  return agrees ? members.length : 0;
}

/** The specificity of the match that fits the key best; 0 when none fits. */
export function bestMatch(matches: readonly Match[], key: DescriptorKey): number {
  return matches.reduce((most, match) => Math.max(most, specificityOf(match, key)), 0);
}

/** One text for a key, whatever the order of its members. */
export function keyText(key: DescriptorKey): string {
  return JSON.stringify(Object.fromEntries(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))));
}
