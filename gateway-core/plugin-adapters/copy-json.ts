/** What foreign code hands over as data: read once, into plain values of our own, within bounds. Pure. */

import type { Json } from "../contract/json.ts";

/** Levels of arrays and objects: as deep as a descriptor may nest. */
const deepest = 64;
/** Characters and members, together. */
const largest = 64 * 1024;

/**
 * A frozen copy of a JSON value; members that are undefined are left out, as JSON does. Undefined for what is none (a function, a
 * cycle, an instance of a class, a getter that throws) and for what is too large.
 */
export function copyJson(value: unknown, most: number = largest): Json | undefined {
  const room = { left: most };
  try {
    return copy(value, deepest, room);
  } catch {
    return undefined;
  }
}

function copy(value: unknown, levels: number, room: { left: number }): Json | undefined {
  room.left -= typeof value === "string" ? value.length + 1 : 1;
  if (room.left < 0 || levels === 0) return undefined;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) return copyList(value, levels, room);
  if (typeof value !== "object") return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const members: [string, Json][] = [];
  for (const name of Object.keys(value)) {
    const member: unknown = Reflect.get(value, name);
    if (member === undefined) continue;
    room.left -= name.length;
    const copied = copy(member, levels - 1, room);
    if (copied === undefined) return undefined;
    members.push([name, copied]);
  }
  return Object.freeze(Object.fromEntries(members));
}

function copyList(list: readonly unknown[], levels: number, room: { left: number }): Json | undefined {
  const items: Json[] = [];
  // By place: a list with holes is none, however long it says it is.
  for (let at = 0; at < list.length; at++) {
    const copied = copy(list[at], levels - 1, room);
    if (copied === undefined) return undefined;
    items.push(copied);
  }
  return Object.freeze(items);
}
