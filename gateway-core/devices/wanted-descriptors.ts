/** Which descriptors the house would like from its provider: one entry for each make of device, whatever number of them there is. */

import type { DescriptorKey } from "../contract/descriptor.ts";
import type { DescriptorsWanted, WantedDescriptor } from "../contract/descriptor-events.ts";
import { keyText } from "../contract/descriptor-match.ts";
import type { DescriptorChoice } from "./descriptor-choice.ts";

export interface WantedList {
  /** Of these found devices. True when the list is another now. */
  set(keys: readonly DescriptorKey[]): boolean;
  message(): DescriptorsWanted;
}

export function createWantedList(protocol: string, { matchedBy }: Pick<DescriptorChoice, "matchedBy">): WantedList {
  let wanted = new Map<string, WantedDescriptor | undefined>();
  return {
    set(keys) {
      const next = new Map(
        keys.map((key) => {
          const text = keyText(key);
          return [text, wanted.has(text) ? wanted.get(text) : entryOf(key, matchedBy(key))];
        }),
      );
      const isChanged = next.size !== wanted.size || [...next.keys()].some((text) => !wanted.has(text));
      wanted = next;
      return isChanged;
    },
    message: () => ({ type: "wanted", protocol, wanted: [...wanted.values()].filter((entry) => entry !== undefined) }),
  };
}

const entryOf = (key: DescriptorKey, matched: number | undefined): WantedDescriptor | undefined =>
  matched === undefined ? undefined : { key, matched };
