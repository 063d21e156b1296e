/** What of a device's look follows from its kind and state: accent, activity, level, place on the page. The gateway's HTML and the browser look the same. Pure. */

import type { Kind } from "./descriptor.ts";
import type { Option, PageDevice, Widget } from "./page.ts";
import type { Speech } from "./page-texts.ts";
import { placeOf, placeWords, sayRoom } from "./page-words.ts";

/** The colour families of the page; the style sheet has each in light and dark. */
export type Accent = "cool" | "heat" | "light" | "av" | "bath" | "energy" | "security" | "air" | "neutral";

const accents: Readonly<Record<Kind, Accent>> = {
  airConditioner: "cool",
  light: "light",
  waterHeater: "bath",
  bathHeater: "bath",
  floorHeater: "heat",
  airCleaner: "air",
  ventilationFan: "air",
  shutter: "neutral",
  lock: "security",
  refrigerator: "cool",
  washer: "cool",
  cooker: "heat",
  vtr: "av",
  tv: "av",
  tuner: "av",
  disc: "av",
  camera: "security",
  meter: "energy",
  solar: "energy",
  battery: "energy",
  evCharger: "energy",
  sensor: "air",
  switch: "energy",
  generic: "neutral",
};

/** Home Assistant's mode words (docs/descriptors.md) that have a colour of their own. */
const modeAccents: Readonly<Record<string, Accent>> = { cool: "cool", heat: "heat", dry: "air", fan_only: "air" };

/** How a device shows its state beside the words; `neutral` when it is off or silent. */
export function accentOf(device: PageDevice): Accent {
  const toggle = device.tile.toggle;
  const isOn = device.available && (toggle === undefined || device.values[toggle]?.value === true);
  if (!isOn) return "neutral";
  const mode = valueOfRole(device, "mode");
  return (typeof mode === "string" && Object.hasOwn(modeAccents, mode) && modeAccents[mode]) || accents[device.kind];
}

/** How full a device is that tells both what remains and what it holds, 0 to 1. */
export function levelOf(device: PageDevice): number | undefined {
  const remaining = valueOfRole(device, "volume.remaining");
  const capacity = valueOfRole(device, "volume.capacity");
  if (typeof remaining !== "number" || typeof capacity !== "number" || capacity <= 0) return undefined;
  return Math.min(1, Math.max(0, remaining / capacity));
}

/** Words that stand side by side in a tile; more would break into lines, but for a few short ones, which have the tile's whole breadth. */
const mostSideBySide = 2;
/** Ideographs, of which a letter is a half, that fit across the narrowest tile beside the room around each word. */
const broadest = { three: 10, four: 8 };

/** The device with the control of its tile as a tile has room for it: a choice of many is a list there, and a number only a number. */
export function withTileControl(device: PageDevice): PageDevice {
  const name = device.tile.control ?? "";
  const widget = device.widgets[name];
  const drawn = widget && tileWidget(widget);
  return drawn === undefined || drawn === widget
    ? device
    : { ...device, widgets: { ...device.widgets, [name]: drawn } };
}

function tileWidget(widget: Widget): Widget {
  if (widget.widget === "stepper" || widget.widget === "slider") {
    if (widget.words.every(({ readOnly }) => readOnly === true)) return widget;
    // They are said where they stand in the number's place, and set in the sheet.
    return { ...widget, words: widget.words.map((word) => ({ ...word, readOnly: true })) };
  }
  if (widget.widget !== "segmented" && widget.widget !== "buttons") return widget;
  return settableOf(widget).length <= mostSideBySide || isAcross(widget) ? widget : { ...widget, widget: "select" };
}

const settableOf = (widget: Widget): readonly Option[] =>
  "options" in widget ? widget.options.filter(({ readOnly }) => readOnly !== true) : [];

/** Open, stop, close: nobody should have to open a list for that. */
function isAcross(widget: Widget | undefined): boolean {
  if (widget?.widget !== "segmented") return false;
  const settable = settableOf(widget);
  const breadth = (text: string): number => [...text].reduce((sum, one) => sum + (one < "\u0300" ? 0.5 : 1), 0);
  const room = settable.length === 3 ? broadest.three : settable.length === 4 ? broadest.four : 0;
  const rows = [settable.map(({ titles }) => titles.en), settable.map(({ titles }) => titles.ja)];
  return rows.every((words) => breadth(words.join("")) <= room);
}

/** How the control of a tile stands there: as its large figure, alone, across the tile, or beside another value and then with its name. */
export function tileControlOf({ tile, widgets }: PageDevice): "figure" | "alone" | "wide" | "named" {
  const { control, value } = tile;
  const widget = widgets[control ?? ""]?.widget;
  if (widget === "transport" || isAcross(widgets[control ?? ""])) return "wide";
  if (widget !== "stepper" && widget !== "slider") return "named";
  return control === value ? "figure" : value === undefined ? "alone" : "named";
}

/** The lines of a section: one item each, but what is only pressed stands side by side. */
export function linesOf(items: readonly string[], widgets: PageDevice["widgets"]): readonly (readonly string[])[] {
  const lines: string[][] = [];
  let isOpen = false;
  for (const name of items) {
    const isAction = widgets[name]?.widget === "action";
    if (isAction && isOpen) lines.at(-1)?.push(name);
    else lines.push([name]);
    isOpen = isAction;
  }
  return lines;
}

/** Where the switch of a tile stands: what no mere touch may set is under the device's name, where a finger can rest on it. */
export function tileToggleOf({
  tile,
  widgets,
}: PageDevice): { readonly name: string; readonly isGuarded: boolean } | undefined {
  const name = tile.toggle ?? "";
  const widget = widgets[name];
  return widget?.widget === "switch" ? { name, isGuarded: isGuarded(widget) } : undefined;
}

/** One of its two states asks before it is set. */
export const isGuarded = (widget: Widget): boolean =>
  widget.widget === "switch" && (widget.on.asks === true || widget.off.asks === true);

/** Kinds whose other state looks otherwise, and not only coloured. */
const offIcons: Readonly<Partial<Record<Kind, string>>> = { lock: "lockOpen" };

/** What a device is drawn as: a name of page-icons.json. */
export function iconOf({ appearance, kind, tile, values }: PageDevice): string {
  const drawn = appearance?.icon ?? kind;
  const isOff = tile.toggle !== undefined && values[tile.toggle]?.value === false;
  return (isOff && offIcons[drawn]) || drawn;
}

export interface Place {
  readonly of: "favourites" | "room" | "hidden";
  /** `null` where the home has no places at all. */
  readonly title: string | null;
  readonly devices: readonly PageDevice[];
}

/**
 * The sections of the page: favourites, then rooms in the order of the devices' own list of places, devices of no room,
 * and what people hid. In each, devices in the order that people chose, then by kind, then as they were found.
 */
export function placesOf(devices: readonly PageDevice[], speech: Speech): readonly Place[] {
  const rooms = new Map<string, PageDevice[]>();
  const [hidden, favourites, elsewhere]: [PageDevice[], PageDevice[], PageDevice[]] = [[], [], []];
  const roomOf = roomNames(devices, speech);
  for (const device of devices.toSorted((a, b) => chosenOrder(a) - chosenOrder(b) || kindOrder(a) - kindOrder(b))) {
    const { isHidden, isFavourite } = device.appearance ?? {};
    const room = isHidden || isFavourite ? null : roomOf(device);
    const inside = isHidden ? hidden : isFavourite ? favourites : room === null ? elsewhere : rooms.get(room);
    if (inside !== undefined) inside.push(device);
    else if (room !== null) rooms.set(room, [device]);
  }
  const named = [...rooms].sort(
    ([a, [one]], [b, [other]]) => placeOrder(one) - placeOrder(other) || compareNames(a, b),
  );
  const { texts } = speech;
  const rest = rooms.size + favourites.length === 0 ? null : texts.otherPlaces;
  const places: Place[] = [
    { of: "favourites", title: texts.favourites, devices: favourites },
    ...named.map(([title, inside]): Place => ({ of: "room", title, devices: inside })),
    { of: "room", title: rest, devices: elsewhere },
    { of: "hidden", title: texts.hidden, devices: hidden },
  ];
  return places.filter(({ devices: inside }) => inside.length > 0);
}

/** How each device's place is said; what all devices of one model in one room say is looked up once. */
function roomNames(devices: readonly PageDevice[], speech: Speech): (device: PageDevice) => string | null {
  const words = placeWords(devices);
  const known = new Map<Widget | undefined, Map<string | null, string | null>>();
  return (device) => {
    const place = placeOf(device);
    const names = known.get(place) ?? new Map<string | null, string | null>();
    known.set(place, names);
    const name = names.get(device.room) ?? sayRoom(device, speech, words);
    names.set(device.room, name);
    return name;
  };
}

function valueOfRole(device: PageDevice, role: string): unknown {
  const name = device.roles[role];
  return name === undefined ? undefined : device.values[name]?.value;
}

/** The same at the gateway and in every browser; to ask a browser's own dictionary costs a telephone 50 ms. */
function compareNames(a: string, b: string): number {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Beyond every list: rooms that people named come after those that devices know. */
const unlisted = 1_000;

/** Where the device's place stands in its own list of places: living rooms come before garages, in every language. */
function placeOrder(device: PageDevice | undefined): number {
  const places = device && placeOf(device);
  const options = (places && ("options" in places ? places.options : "words" in places && places.words)) || [];
  const room = device?.room ?? "";
  const index = options.findIndex(({ value, titles }) => value === room || Object.values(titles).includes(room));
  return index < 0 ? unlisted : index;
}

const chosenOrder = ({ appearance }: PageDevice): number => appearance?.order ?? Number.MAX_SAFE_INTEGER;
const kindPlaces = new Map(Object.keys(accents).map((kind, at) => [kind, at]));
const kindOrder = ({ kind }: PageDevice): number => kindPlaces.get(kind) ?? -1;
