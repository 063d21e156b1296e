/** How the page says things: values, states, times and counts in a person's language. The gateway's HTML and the browser say the same. Pure. */

import { isJsonObject, isSameJson, type Json } from "./json.ts";
import type { Option, PageDevice, TextWidget, Trouble, Widget } from "./page.ts";
import { fill, type Speech } from "./page-texts.ts";

/** Said of what is not yet known. */
export const unknownValue = "–";
/** Of a longer list only the first are said; programs get them all. */
const saidItems = 4;

/** A value as people read it: a word, or a number with its unit. */
export interface Said {
  readonly text: string;
  readonly unit: string;
}

/** Words win over numbers, so that special states ("not set") are said as such. */
export function say(widget: Widget, value: Json | undefined, speech: Speech): Said {
  const plain = (text: string): Said => ({ text, unit: "" });
  if (value === undefined || value === null) return plain(unknownValue);
  const word = wordsOf(widget).find((option) => isSameJson(option.value, value));
  if (word !== undefined) return plain(word.titles[speech.language]);
  if (typeof value === "number") return { text: sayNumber(value, stepOf(widget)), unit: unitOf(widget) };
  if (typeof value === "boolean") return plain(value ? speech.texts.on : speech.texts.off);
  if (typeof value === "string") return plain(value);
  if (isJsonObject(value) && widget.widget === "text" && widget.members) {
    return plain(sayMembers(widget.members, value, speech));
  }
  if (isList(value) && widget.widget === "text" && widget.items) return plain(sayItems(widget.items, value, speech));
  return plain(JSON.stringify(value));
}

/** The value in one piece: "26°C", "80%", "320 L". */
export function sayWhole(widget: Widget, value: Json | undefined, speech: Speech): string {
  const { text, unit } = say(widget, value, speech);
  if (unit === "") return text;
  return unit === "%" || unit.startsWith("°") ? `${text}${unit}` : `${text}\u202f${unit}`;
}

/** The line under a device's name: off or what it does, measured values, since when it is silent, or that nobody knows it yet. */
export function sayState(device: PageDevice, speech: Speech, now: number): string {
  const { texts } = speech;
  if (!device.available) {
    const since = device.availabilityAt > 0 ? [sayAgo(device.availabilityAt, now, speech)] : [];
    return [texts.notAnswering, ...since].join(" · ");
  }
  if (device.lookUp !== undefined) return device.lookUp === "asking" ? texts.askingProvider : texts.notKnownYet;
  const { toggle, value } = device.tile;
  const isOff = toggle !== undefined && device.values[toggle]?.value === false;
  // What is set matters only while the device is on; what is measured always does.
  const told = device.tile.state.filter((name) => name !== toggle && (!isOff || isMeasured(device.widgets[name])));
  const isToggleTold = toggle !== undefined && (isOff || device.tile.state.includes(toggle));
  const parts = [...(isToggleTold ? [toggle] : []), ...told]
    .map((name) => sayInTile(device, name, speech))
    .filter((part) => part !== unknownValue);
  if (parts.length === 0 && toggle !== undefined) parts.push(sayInTile(device, toggle, speech));
  if (parts.length > 0) return parts.join(" · ");
  const valueTitle = value === undefined ? undefined : device.widgets[value]?.titles[speech.language];
  return valueTitle ?? unknownValue;
}

const isMeasured = (widget: Widget | undefined): boolean => widget?.widget === "text" && widget.isSet !== true;

/** The place as the device's own words say it; of a device without such words, as the words of `others` do. */
export function sayRoom(device: PageDevice, speech: Speech, others: readonly Option[] = []): string | null {
  if (device.room === null) return null;
  const place = placeOf(device);
  // What a person wrote in a device's own words is said in every language as the device's own.
  const isMeant = ({ titles }: Option): boolean => titles.en === device.room || titles.ja === device.room;
  if (place === undefined) return others.find(isMeant)?.titles[speech.language] ?? device.room;
  return say(place, wordsOf(place).find(isMeant)?.value ?? device.room, speech).text;
}

/** The words for places that devices of the home bring along. */
export function placeWords(devices: readonly PageDevice[]): readonly Option[] {
  const lists = new Set(devices.map(placeOf).filter((place) => place !== undefined));
  return [...lists].flatMap(wordsOf);
}

/** The device's own list of places. */
export const placeOf = ({ widgets, roles }: PageDevice): Widget | undefined =>
  widgets[roles["installationLocation"] ?? ""];

/** "4 devices · 1 not answering"; nothing of none. */
export function sayCounts(devices: readonly PageDevice[], { texts }: Speech): string {
  const count = devices.length;
  const silent = devices.filter((device) => !device.available).length;
  if (count === 0) return "";
  const all = count === 1 ? texts.oneDevice : fill(texts.manyDevices, { count });
  return silent === 0 ? all : `${all} · ${fill(texts.silentDevices, { count: silent })}`;
}

/** What stands where the tiles would while there are none: whether they may still come by themselves. */
export function sayEmpty(isLive: boolean, { texts }: Speech): { readonly title: string; readonly hint: string } {
  return isLive
    ? { title: texts.searching, hint: texts.searchingHint }
    : { title: texts.noDevice, hint: texts.noNewsHint };
}

/** Of which protocols the devices cannot be reached, and why; nothing of none. */
export function sayTroubles(troubles: readonly Trouble[] = [], { texts }: Speech): string {
  const wordOf = (words: Readonly<Record<string, string>>, key: string): string | undefined =>
    Object.hasOwn(words, key) ? words[key] : undefined;
  return troubles
    .map(({ protocol, code }) => {
      const reason = wordOf(texts.reasons, code) ?? texts.reasons.other;
      return fill(texts.protocolAway, { protocol: wordOf(texts.protocols, protocol) ?? protocol, reason });
    })
    .join(" ");
}

/** "5m ago"; both in milliseconds since 1970. */
export function sayAgo(at: number, now: number, { language, texts }: Speech): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return texts.justNow;
  const format = new Intl.RelativeTimeFormat(language, { style: "narrow" });
  if (minutes < 60) return format.format(-minutes, "minute");
  if (minutes < 24 * 60) return format.format(-Math.floor(minutes / 60), "hour");
  return format.format(-Math.floor(minutes / (24 * 60)), "day");
}

/** What a person reads for an error code. */
export function sayError(code: string, { texts }: Speech): string {
  return (Object.hasOwn(texts.errors, code) ? texts.errors[code] : undefined) ?? texts.errors.other;
}

function sayInTile(device: PageDevice, name: string, speech: Speech): string {
  const widget = device.widgets[name];
  const value = device.values[name]?.value;
  if (widget === undefined) return unknownValue;
  const whole = sayWhole(widget, value, speech);
  if (typeof value !== "number") return whole;
  const role = Object.keys(device.roles).find((key) => device.roles[key] === name);
  if (role === undefined) return `${widget.titles[speech.language]} ${whole}`;
  const phrase = speech.texts.phrases[`${device.kind}.${role}`];
  return phrase === undefined ? whole : fill(phrase, { value: whole });
}

/** Members that are true by their titles, others with their values; flags that are all false are none. */
function sayMembers(
  members: { readonly [name: string]: Widget },
  value: { readonly [name: string]: Json },
  speech: Speech,
): string {
  const parts = Object.entries(members).flatMap(([name, member]) => {
    const told = value[name];
    if (told === undefined || told === false) return [];
    const title = member.titles[speech.language];
    return [told === true ? title : `${title} ${sayWhole(member, told, speech)}`];
  });
  return parts.length > 0 ? parts.join(" · ") : speech.texts.none;
}

/** "0.5 kWh, 0.4 kWh, … (48)". */
function sayItems(items: TextWidget, values: readonly Json[], speech: Speech): string {
  const widget = { titles: { en: "", ja: "" }, ...items };
  const said = values.slice(0, saidItems).map((value) => sayWhole(widget, value, speech));
  if (said.length === 0) return speech.texts.none;
  return values.length > saidItems ? `${said.join(", ")}, … (${values.length})` : said.join(", ");
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/**
 * As many decimals as the step has, but no more than a person reads, and thousands apart: the same in both languages.
 * The browser's own words for numbers cost a telephone a tenth of a second before it says the first.
 */
function sayNumber(value: number, step: number): string {
  const decimals = Math.min(decimalsOf(step), Math.abs(value) >= 100 ? 1 : 2);
  const [whole = "", ...part] = value.toFixed(decimals).split(".");
  return [whole.replace(/\B(?=(?:\d{3})+$)/g, ","), ...part].join(".");
}

/** Decimals of a step: 0.5 → 1. */
function decimalsOf(step: number): number {
  return (String(step).split(".")[1] ?? "").length;
}

function wordsOf(widget: Widget): readonly Option[] {
  switch (widget.widget) {
    case "switch":
      return [widget.on, widget.off];
    case "stepper":
    case "slider":
    case "text":
      return widget.words;
    case "segmented":
    case "buttons":
    case "select":
    case "transport":
      return widget.options;
    case "time":
    case "action":
      return [];
  }
}

function stepOf(widget: Widget): number {
  return "step" in widget ? widget.step : 0;
}

/** Longer scales are no steps that people count. */
const longestScale = 20;

/** A bare step on a short scale says little without its end: "6 / 8". */
function unitOf(widget: Widget): string {
  const unit = "unit" in widget ? widget.unit : "";
  const isScale = unit === "" && "maximum" in widget && widget.minimum >= 0 && widget.maximum <= longestScale;
  return isScale ? `/\u202f${widget.maximum}` : unit;
}
