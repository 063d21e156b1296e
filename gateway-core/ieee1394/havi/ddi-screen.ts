/**
 * The screen that a device sends, as a model control screen of the home: panels and groups become sections, their elements
 * properties and actions (HAVi 1.1, DDI, as reconstructed; docs/descriptors.md, `gk:screen`). Pure.
 */

import type {
  ActionDescriptor,
  Descriptor,
  PropertyDescriptor,
  Screen,
  ScreenSection,
} from "../../contract/descriptor.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import { itemsOf, type ScreenItem } from "./ddi-element.ts";
import { both, labelOf, listOf, objectOf, words } from "./ddi-words.ts";

export interface DdiScreen {
  readonly properties: Readonly<Record<string, PropertyDescriptor>>;
  readonly actions: Readonly<Record<string, ActionDescriptor>>;
  readonly sections: readonly ScreenSection[];
  readonly values: Readonly<Record<string, Json>>;
  readonly items: ReadonlyMap<string, ScreenItem & { readonly element: Json }>;
}

/** What has been learned of a screen. */
export interface DdiState {
  /** Elements by `elementKey`. */
  readonly elements: ReadonlyMap<string, JsonObject>;
  /** Texts by `contentKey`. */
  readonly texts: ReadonlyMap<string, string>;
  /** The panels that are shown, by `elementKey`. */
  readonly panels: readonly string[];
}

/** Of actions, a descriptor has 100; of sections, 50. */
const mostItems = 100;
const mostSections = 40;
const mostDepth = 4;
const mostCompact = 9;

export function elementKey(id: Json | undefined): string {
  return `${objectOf(id)["type"]} ${objectOf(id)["handle"]}`;
}

/** The elements that stand in a panel or a group. */
export function childrenOf(element: JsonObject | undefined): readonly Json[] {
  return listOf(element?.["elements"]);
}

export function screenOf({ elements, texts, panels }: DdiState): DdiScreen {
  const items = new Map<string, ScreenItem & { readonly element: Json }>();
  const sections: ScreenSection[] = [];
  const seen = new Set<string>();

  /** A panel's own elements, then its groups, each in a section of its own. */
  function add(key: string, depth: number): void {
    const container = elements.get(key);
    if (container === undefined || seen.has(key) || depth > mostDepth) return;
    seen.add(key);
    const names: string[] = [];
    const groups: string[] = [];
    for (const id of childrenOf(container)) {
      const child = elements.get(elementKey(id));
      if (child?.["type"] === "DDI_GROUP") groups.push(elementKey(id));
      else if (child !== undefined) names.push(...addItems(child));
    }
    const titles = both(labelOf(container["name"])) ?? words.panel;
    if (names.length > 0 && sections.length < mostSections) sections.push({ titles, items: names });
    for (const group of groups) add(group, depth + 1);
  }

  function addItems(element: JsonObject): string[] {
    const made = itemsOf(element, texts).filter(({ name }) => !items.has(name) && items.size < mostItems);
    for (const item of made) items.set(item.name, { ...item, element: element["id"] ?? null });
    return made.map(({ name }) => name);
  }

  for (const panel of panels) add(panel, 0);
  const all = [...items.values()];
  return {
    properties: Object.fromEntries(
      all.flatMap(({ name, property }) => (property === undefined ? [] : [[name, property]])),
    ),
    actions: Object.fromEntries(all.flatMap(({ name, action }) => (action === undefined ? [] : [[name, action]]))),
    values: Object.fromEntries(all.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    ...{ sections, items },
  };
}

/** The descriptor with the screen behind what it has already; its first texts and controls stand on the tile where that has room. */
export function withScreen(descriptor: Descriptor, { properties, actions, sections }: DdiScreen): Descriptor {
  if (sections.length === 0) return descriptor;
  const { tile = {}, sections: own = [], compact = [] } = descriptor["gk:screen"] ?? plainScreen(descriptor);
  const items = sections.flatMap((section) => section.items);
  const value = tile.value ?? items.find((name) => properties[name]?.readOnly === true);
  const settable =
    tile.control ?? items.find((name) => properties[name] !== undefined && properties[name].readOnly !== true);
  return {
    ...descriptor,
    properties: { ...descriptor.properties, ...properties },
    actions: { ...descriptor.actions, ...actions },
    "gk:screen": {
      tile: {
        ...tile,
        ...(value === undefined ? {} : { value }),
        ...(settable === undefined ? {} : { control: settable }),
      },
      sections: [...own, ...sections],
      compact: [...compact, ...items].slice(0, mostCompact),
    },
  };
}

/** Of a descriptor that tells no screen: all that it has. */
function plainScreen({ properties, actions = {} }: Descriptor): Screen {
  const items = [...Object.keys(properties), ...Object.keys(actions)];
  return items.length === 0 ? {} : { sections: [{ items }], compact: items };
}

/** Whether a person sees the same controls on both, whatever they show. */
export function isSameForm(one: DdiScreen, other: DdiScreen): boolean {
  const formOf = ({ properties, actions, sections }: DdiScreen): string =>
    JSON.stringify([properties, actions, sections]);
  return formOf(one) === formOf(other);
}

/** Whether the descriptor has just the controls of this screen. */
export function hasScreen(descriptor: Descriptor, { properties, actions }: DdiScreen): boolean {
  const isSent = ([, { "gk:bind": bind }]: [string, PropertyDescriptor | ActionDescriptor]): boolean =>
    bind["havi"]?.["ddi"] !== undefined;
  const told = [descriptor.properties, descriptor.actions ?? {}].map((all) => Object.entries(all).filter(isSent));
  return JSON.stringify(told) === JSON.stringify([Object.entries(properties), Object.entries(actions)]);
}
