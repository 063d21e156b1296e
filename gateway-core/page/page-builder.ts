/** Makes a page device of a device: its model control screen, and where the descriptor tells none, one derived from roles (docs/descriptors.md). Pure. */

import {
  type Descriptor,
  makeshiftVersion,
  type PropertyDescriptor,
  type ScreenSection,
} from "../contract/descriptor.ts";
import type { Device } from "../contract/device.ts";
import type { HistoryKind } from "../contract/history.ts";
import type { PageDevice, PageSection, PageTile, Widget } from "../contract/page.ts";
import { type Deck, deckName, deckOf } from "./deck.ts";
import { widgetOfAction, widgetOfProperty } from "./widget.ts";

/** The roles that a derived tile shows and sets, the most telling first. */
const valueRoles = ["targetTemperature", "volume.remaining", "currentTemperature", "power.instant", "energy.total"];
const stateRoles = ["mode", "heatingMode", "transportState", "heating", "currentTemperature", "currentHumidity"];
const controlRoles = ["targetTemperature", "brightness", "bathAuto", "fanMode", "mode", "transportState"];
const restTitles = { en: "Details", ja: "詳細" };
const compactItems = 9;

type Widgets = PageDevice["widgets"];

export function buildPageDevice(device: Device): PageDevice {
  const { id, kind, title, titles, room, available, availabilityAt, descriptor, values } = device;
  const { lookUp, appearance } = device;
  const deck = deckOf(descriptor);
  const roles = rolesOf(descriptor);
  const widgets = widgetsOf(descriptor, roles, deck);
  const tile = tileOf(descriptor, widgets, roles, deck);
  const sections = sectionsOf(descriptor, widgets, deck);
  const compact = (descriptor["gk:screen"]?.compact ?? plainItems(descriptor, widgets)).filter(
    (name) => isIn(widgets)(name) && name !== deckName,
  );
  return {
    ...{ id, kind, title, titles, room, available, availabilityAt },
    ...(lookUp === undefined ? {} : { lookUp }),
    ...detectedOf(descriptor),
    ...(appearance === undefined ? {} : { appearance }),
    ...(descriptor["gk:stream"] === true ? { hasStream: true } : {}),
    ...{ tile, sections, compact: compact.slice(0, compactItems), widgets, roles, values },
    ...historiesOf(descriptor, widgets, tile),
  };
}

/** "protocol ieee1394 · subunit disc · …". */
function detectedOf(descriptor: Descriptor): Pick<PageDevice, "detected"> {
  if (descriptor.version.model !== makeshiftVersion) return {};
  const [key] = descriptor["gk:match"];
  const facts = Object.entries(key ?? {}).map((fact) => fact.join(" "));
  return { detected: facts.join(" · ") };
}

function widgetsOf(
  { properties, actions = {} }: Descriptor,
  roles: PageDevice["roles"],
  deck: Deck | undefined,
): Widgets {
  return Object.fromEntries<Widget>([
    ...Object.entries(properties)
      .filter(([, property]) => !isRawFact(property))
      .map(([name, property]) => [name, widgetOfProperty(property)] as const),
    ...Object.entries(actions).map(
      ([name, action]) => [name, widgetOfAction(action, roles[action["gk:role"] ?? ""])] as const,
    ),
    ...(deck === undefined ? [] : [[deck.name, deck.widget] as const]),
  ]);
}

/** Technical facts as bare octets tell a person nothing; programs still get them from MQTT and the Thing Description. */
function isRawFact({ contentEncoding, "gk:category": category }: PropertyDescriptor): boolean {
  return contentEncoding === "base16" && category === "diagnostic";
}

function rolesOf({ properties }: Descriptor): PageDevice["roles"] {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { "gk:role": role }]) => (role === undefined ? [] : [[role, name]])),
  );
}

/** What the narrowed descriptor lacks is dropped from the screen; config and diagnostic never stand on a tile. */
function tileOf(
  descriptor: Descriptor,
  widgets: Widgets,
  roles: PageDevice["roles"],
  deck: Deck | undefined,
): PageTile {
  const isShown = (name: string | undefined): name is string =>
    name !== undefined && isIn(widgets)(name) && descriptor.properties[name]?.["gk:category"] === undefined;
  const screen = descriptor["gk:screen"]?.tile ?? derivedTile(descriptor, widgets, roles);
  const toggle = isShown(screen.toggle) && widgets[screen.toggle]?.widget === "switch" ? screen.toggle : undefined;
  const wanted = deck?.actions.includes(screen.control ?? "") ? deck.name : screen.control;
  const control = isShown(wanted) && widgets[wanted]?.widget !== "text" ? wanted : undefined;
  return {
    ...(toggle === undefined ? {} : { toggle }),
    ...(isShown(screen.value) ? { value: screen.value } : {}),
    state: (screen.state ?? []).filter(isShown),
    ...(control === undefined ? {} : { control }),
  };
}

function derivedTile(descriptor: Descriptor, widgets: Widgets, roles: PageDevice["roles"]) {
  const plain = plainItems(descriptor, widgets);
  const first = (wanted: readonly string[]): string | undefined => wanted.map((role) => roles[role]).find(Boolean);
  const toggle = roles["power"];
  const value = first(valueRoles) ?? plain.find((name) => widgets[name]?.widget === "text");
  const settable = (name: string): boolean => name !== toggle && widgets[name]?.widget !== "text";
  const control = controlRoles.map((role) => roles[role] ?? "").find((name) => isIn(widgets)(name) && settable(name));
  const states = stateRoles.flatMap((role) => roles[role] ?? []).filter((name) => name !== value);
  const rest = plain.filter((name) => widgets[name]?.widget === "text" && name !== value);
  const state = (states.length > 0 ? states : rest).slice(0, 2);
  return { toggle, value, state, control: control ?? plain.find(settable) };
}

/** The screen's sections, then everything else in one of its own. Keys of a deck are its bar, where the first of them stands. */
function sectionsOf(descriptor: Descriptor, widgets: Widgets, deck: Deck | undefined): readonly PageSection[] {
  const given: readonly ScreenSection[] = descriptor["gk:screen"]?.sections ?? [
    { titles: descriptor.titles, items: plainItems(descriptor, widgets) },
  ];
  const barOf = (name: string): string => (deck?.actions.includes(name) ? deck.name : name);
  const shown = new Set<string>();
  const take = (names: readonly string[]): string[] => {
    const items = [...new Set(names.map(barOf))].filter((name) => isIn(widgets)(name) && !shown.has(name));
    for (const name of items) shown.add(name);
    return items;
  };
  const sections = given
    .map(({ titles = descriptor.titles, items }) => ({ titles, items: take(items) }))
    .filter(({ items }) => items.length > 0);
  const rest = take(Object.keys(widgets));
  return rest.length === 0 ? sections : [...sections, { titles: restTitles, items: rest }];
}

/** What the tile tells is told first, technical facts last. */
function historiesOf({ properties }: Descriptor, widgets: Widgets, { value = "", state }: PageTile) {
  const rankOf = (name: string): number => {
    const place = [value, ...state].indexOf(name);
    if (place >= 0) return place;
    return properties[name]?.["gk:category"] === undefined ? 10 : 20;
  };
  const kept = Object.keys(widgets).filter((name) => properties[name]?.["gk:history"] ?? false);
  const ranked = kept.toSorted((a, b) => rankOf(a) - rankOf(b));
  const kinds = ranked.map(
    (name) => [name, properties[name]?.["gk:history"] === "total" ? "total" : "measured"] as const,
  );
  return kinds.length === 0 ? {} : { histories: Object.fromEntries<HistoryKind>(kinds) };
}

/** What is for every day: neither settings nor technical facts. */
function plainItems({ properties }: Descriptor, widgets: Widgets): string[] {
  return Object.keys(widgets).filter((name) => properties[name]?.["gk:category"] === undefined);
}

const isIn =
  (widgets: Widgets) =>
  (name: string): boolean =>
    Object.hasOwn(widgets, name);
