/** The keys of a player or recorder as one bar: from the words of its state that may be set, and from its actions. Pure. */

import type { Descriptor } from "../contract/descriptor.ts";
import type { DeckKey, Option, Widget } from "../contract/page.ts";
import { type TransportKey, transportKeys } from "../contract/transport.ts";
import { settleMsOf, wordsOf } from "./widget.ts";

/** What the bar is called where no property tells what the device does: no property can have this name. */
export const deckName = "gk:transport";

export interface Deck {
  /** Of the property whose widget it is. */
  readonly name: string;
  readonly widget: Widget;
  /** The actions that are among its keys. */
  readonly actions: readonly string[];
}

const stateRole = "transportState";
const fewestKeys = 2;
const deckTitles = { en: "Playing", ja: "再生" };
const allKeys = Object.keys(transportKeys) as readonly TransportKey[];

/** Undefined where there is nothing to press, and where the state can be set to more than a deck has keys for. */
export function deckOf({ properties, actions = {} }: Descriptor): Deck | undefined {
  const [name, property] = Object.entries(properties).find(([, one]) => one["gk:role"] === stateRole) ?? [deckName];
  const options = property === undefined ? [] : wordsOf(property);
  const settable = property?.readOnly === true ? [] : options.filter(({ readOnly }) => readOnly !== true);
  const words = allKeys.map((key) => transportKeys[key].state);
  if (settable.some(({ value }) => !words.some((word) => word === value))) return undefined;
  const keys = allKeys.flatMap((key) => keyOf(key, settable, actions));
  if (keys.length < fewestKeys) return undefined;
  const { titles = deckTitles } = property ?? {};
  const widget = { titles, widget: "transport", options, keys, settleMs: settleMsOf(property ?? {}) } as const;
  return { name, widget, actions: keys.flatMap(({ action }) => action ?? []) };
}

function keyOf(
  key: TransportKey,
  settable: readonly Option[],
  actions: NonNullable<Descriptor["actions"]>,
): readonly DeckKey[] {
  const { role, state, titles } = transportKeys[key];
  const word = settable.find(({ value }) => value === state);
  if (word !== undefined) return [{ key, titles: word.deed ?? titles, state }];
  const found = Object.entries(actions).find(([, action]) => action["gk:role"] === role);
  return found === undefined ? [] : [{ key, titles: found[1].titles, state, action: found[0] }];
}
