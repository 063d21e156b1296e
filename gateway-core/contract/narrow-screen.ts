/** The model control screen of a device that lacks some of what its model has (docs/descriptors.md). Pure. */

import type { Descriptor, Screen } from "./descriptor.ts";

/** A screen names only what the device has. */
export function narrowScreen(
  { tile, sections, compact }: Screen,
  { properties, actions = {} }: Pick<Descriptor, "properties" | "actions">,
): Screen {
  const isThere = (name: string): boolean => Object.hasOwn(properties, name) || Object.hasOwn(actions, name);
  const left = compact?.filter(isThere) ?? [];
  return {
    ...(tile === undefined
      ? {}
      : {
          tile: {
            ...(tile.toggle !== undefined && isThere(tile.toggle) ? { toggle: tile.toggle } : {}),
            ...(tile.value !== undefined && isThere(tile.value) ? { value: tile.value } : {}),
            ...(tile.state === undefined ? {} : { state: tile.state.filter(isThere) }),
            ...(tile.control !== undefined && isThere(tile.control) ? { control: tile.control } : {}),
          },
        }),
    ...(sections === undefined
      ? {}
      : {
          sections: sections
            .map((section) => ({ ...section, items: section.items.filter(isThere) }))
            .filter(({ items }) => items.length > 0),
        }),
    ...(left.length === 0 ? {} : { compact: left }),
  };
}
