/** How people want a device to appear: its name, room, icon and place on the page (docs/interfaces.md, appearance). Kept at the gateway, the same for everybody. */

import type { Kind } from "./descriptor.ts";
import { HomeError } from "./errors.ts";
import { isJsonObject, type Json } from "./json.ts";
import { isKind } from "./kinds.ts";

/** Only what was chosen; the rest is as the device tells it. */
export interface Appearance {
  readonly name?: string;
  readonly room?: string;
  /** Of this kind of devices, whatever the device is. */
  readonly icon?: Kind;
  /** Stands before all rooms. */
  readonly isFavourite?: true;
  /** Place among the others, 1 first; those without come after, by kind. */
  readonly order?: number;
  /** Stands apart, after all rooms. */
  readonly isHidden?: true;
}

/** `null` takes a choice back; what is not named stays as it is. */
export type AppearanceChange = { readonly [Member in keyof Appearance]?: Appearance[Member] | null };

/** Keeps a change and tells what is then chosen. @throws HomeError `unknown-device` */
export type Arrange = (device: string, change: AppearanceChange) => Appearance;

const longestText = 64;
const lastPlace = 9_999;

/** `false` takes back, as `null` does. @throws HomeError `value-invalid` */
export function parseAppearanceChange(input: unknown): AppearanceChange {
  if (!isJsonObject(input)) throw new HomeError("value-invalid", "an appearance is an object");
  const { name, room, icon, isFavourite, order, isHidden, ...rest } = input;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(unknown);
  return {
    ...(name === undefined ? {} : { name: readText("name", name) }),
    ...(room === undefined ? {} : { room: readText("room", room) }),
    ...(icon === undefined ? {} : { icon: readIcon(icon) }),
    ...(isFavourite === undefined ? {} : { isFavourite: readFlag("isFavourite", isFavourite) }),
    ...(order === undefined ? {} : { order: readOrder(order) }),
    ...(isHidden === undefined ? {} : { isHidden: readFlag("isHidden", isHidden) }),
  };
}

export function withChange(appearance: Appearance, change: AppearanceChange): Appearance {
  const members = Object.entries({ ...appearance, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(members);
}

/** One line that people can read: spaces around it are none of it. */
function readText(member: string, input: Json): string | null {
  if (input === null) return null;
  const text = typeof input === "string" ? input.normalize("NFC").trim() : "";
  const isLine = text !== "" && text.length <= longestText && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text);
  if (!isLine) throw invalid(member);
  return text;
}

function readIcon(input: Json): Kind | null {
  if (input !== null && !isKind(input)) throw invalid("icon");
  return input;
}

function readFlag(member: string, input: Json): true | null {
  if (input !== null && typeof input !== "boolean") throw invalid(member);
  return input === true ? true : null;
}

function readOrder(input: Json): number | null {
  if (input === null) return null;
  if (typeof input !== "number" || !Number.isInteger(input) || input < 1 || input > lastPlace) throw invalid("order");
  return input;
}

const invalid = (member: string): HomeError =>
  new HomeError("value-invalid", `the appearance's "${member}" is not of its form`, { member });
