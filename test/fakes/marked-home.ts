/** A home whose every word tells what it belongs to (`dev1_b-title`), so that whatever of it leaks can be found in any answer. */

import type {
  ActionDescriptor,
  Descriptor,
  PropertyDescriptor,
  Texts,
} from "../../gateway-core/contract/descriptor.ts";
import type { Device } from "../../gateway-core/contract/device.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { reportedAt } from "./page-home.ts";

export const markedDevices: readonly string[] = ["dev1", "dev2", "dev3"];
export const markedProperties: readonly string[] = ["a", "b", "c", "place"];
export const markedActions: readonly string[] = ["x", "y"];

/** As it stands in property and action names: `dev1_a`. */
export const nameOf = (device: string, part: string): string => `${device}_${part}`;
/** The one value that tells its device without a word. */
export const numberOf = (device: string): number => 70_000 + Number(device.replace(/\D/g, ""));

const twice = (text: string): Texts => ({ en: text, ja: text });
const bind = { echonet: { epc: "0x80" } };

function property(name: string): PropertyDescriptor {
  const part = name.split("_").at(-1);
  const titles = twice(`${name}-title`);
  if (part === "a") return { titles, type: "boolean", "gk:role": "power", "gk:bind": bind };
  if (part === "b") return { titles, type: "integer", minimum: 0, maximum: 90_000, "gk:bind": bind };
  const words = ["told", "other"].map((word) => ({ const: `${name}-${word}`, titles: twice(`${name}-${word}-title`) }));
  const described = { titles, type: "string", oneOf: words, "gk:bind": bind };
  return part === "place" ? { ...described, "gk:role": "installationLocation" } : described;
}

const action = (name: string): ActionDescriptor => ({ titles: twice(`${name}-title`), "gk:bind": bind });

export function markedDevice(id: string, over: Partial<Device> = {}): Device {
  const [a, b, c, place] = ["a", "b", "c", "place"].map((part) => nameOf(id, part)) as [string, string, string, string];
  const title = `${id}-title`;
  const named = <T>(parts: readonly string[], make: (name: string) => T): Record<string, T> =>
    Object.fromEntries(parts.map((part) => [nameOf(id, part), make(nameOf(id, part))]));
  const descriptor: Descriptor = {
    ...{ "@context": "x", "@type": "tm:ThingModel", title, titles: twice(title), version: { model: "1.0.0" } },
    ...{ "gk:type": `${id}-type`, "gk:kind": "light", "gk:match": [] },
    "gk:screen": { tile: { toggle: a, value: b, state: [c], control: c } },
    properties: named(markedProperties, property),
    actions: named(markedActions, action),
  };
  const values: Record<string, Json> = { [a]: true, [b]: numberOf(id), [c]: `${c}-told`, [place]: `${place}-told` };
  return {
    ...{ id, protocol: "echonet", type: `${id}-type`, kind: "light", title, titles: twice(title) },
    ...{ room: `${place}-told`, available: true, availabilityAt: reportedAt, descriptor },
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, at: reportedAt }])),
    ...over,
  };
}

export const markedHome = (): Device[] => markedDevices.map((id) => markedDevice(id));
