/**
 * Which descriptor a found device gets (docs/descriptors.md, "Who serves what"): one from a folder of the user's own before
 * all; else the more specific of the package's and the provider's, and of equals the package's.
 */

import type { Descriptor, DescriptorKey } from "../contract/descriptor.ts";
import type { DescriptorEvent, LookUp } from "../contract/descriptor-events.ts";
import { bestMatch, keyText } from "../contract/descriptor-match.ts";

/** Looks a descriptor up among those of one origin. */
export type Find = (key: DescriptorKey) => Descriptor | undefined;

export interface DescriptorChoice {
  /** The same object for as long as nothing better is there. */
  readonly find: Find;
  /** How many members of a key the house's own best descriptor agrees in; undefined when no other could be better. */
  matchedBy(key: DescriptorKey): number | undefined;
  /** Of a key that no descriptor is there for. */
  lookUpOf(key: DescriptorKey): LookUp | undefined;
  receive(event: DescriptorEvent): void;
}

export interface Origins {
  /** The package's. */
  readonly find: Find;
  /** Folders of the user's own. */
  readonly findOwn?: Find;
}

const nothing: Find = () => undefined;

export function createDescriptorChoice({ find: packaged, findOwn: own = nothing }: Origins): DescriptorChoice {
  /** By type, the newest last. */
  let learned = new Map<string, Descriptor>();
  let asked = new Map<string, LookUp>();

  const matchOf = (descriptor: Descriptor | undefined, key: DescriptorKey): number =>
    descriptor === undefined ? 0 : bestMatch(descriptor["gk:match"], key);

  /** The object that is known already, when it says the same: whoever is bound with it stays so. */
  const known = (descriptor: Descriptor): Descriptor => {
    const before = learned.get(descriptor["gk:type"]);
    return before !== undefined && JSON.stringify(before) === JSON.stringify(descriptor) ? before : descriptor;
  };

  return {
    find(key) {
      const mine = own(key);
      if (mine !== undefined) return mine;
      let best = packaged(key);
      let most = matchOf(best, key);
      let isLearned = false;
      for (const descriptor of learned.values()) {
        const match = matchOf(descriptor, key);
        if (match === 0 || match < most || (match === most && !isLearned)) continue;
        [best, most, isLearned] = [descriptor, match, true];
      }
      return best;
    },
    matchedBy: (key) => (own(key) === undefined ? matchOf(packaged(key), key) : undefined),
    lookUpOf: (key) => asked.get(keyText(key)),
    receive(event) {
      if (event.type === "learned") {
        learned = new Map(event.descriptors.map((descriptor) => [descriptor["gk:type"], known(descriptor)]));
      } else if (event.type === "descriptor") {
        const descriptor = known(event.descriptor);
        learned.delete(descriptor["gk:type"]);
        learned.set(descriptor["gk:type"], descriptor);
      } else if (event.type === "withdrawn") learned.delete(event.descriptorType);
      else asked = new Map(event.asked.map(({ key, state }) => [keyText(key), state]));
    },
  };
}
