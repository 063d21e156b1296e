/** Reads the messages that come along the wires of a flow: anybody may wire anything to a node. */

import type { DescriptorEvent, DescriptorsWanted } from "./contract/descriptor-events.ts";
import { HomeError } from "./contract/errors.ts";
import { isJsonObject } from "./contract/json.ts";
import type { DiscoveryEvent, HomeEvent } from "./contract/messages.ts";
import type { PageEvent } from "./contract/page.ts";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => typeof value === "number";
const flag: Check = (value) => typeof value === "boolean";
const json: Check = (value) => value !== undefined;
const object: Check = isJsonObject;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isJsonObject(value) && Object.entries(members).every(([name, check]) => check(value[name]));

const sighting = shape({ protocol: text, ref: shape({ id: text, address: text }), key: object });
const device = shape({ id: text, protocol: text, kind: text, descriptor: object, values: object, available: flag });
const pageDevice = shape({ id: text, kind: text, tile: object, widgets: object, values: object, available: flag });
const trouble = shape({ protocol: text, code: text });
const changed = { device: text, property: text, value: json, at: number };
const availability = { device: text, available: flag, at: number };

const discoveryEvents = {
  sightings: shape({ sightings: listOf(sighting) }),
  sighting: shape({ sighting }),
} satisfies Record<DiscoveryEvent["type"], Check>;

const matched: Check = (value) => Array.isArray(value) && value.length > 0 && value.every(words);
const words: Check = (value) => isJsonObject(value) && Object.values(value).every(text);
const descriptor = shape({
  title: text,
  titles: object,
  version: object,
  "gk:type": text,
  "gk:kind": text,
  "gk:match": matched,
  properties: object,
});

const descriptorEvents = {
  learned: shape({ descriptors: listOf(descriptor) }),
  descriptor: shape({ descriptor }),
  withdrawn: shape({ descriptorType: text }),
  asked: shape({ asked: listOf(shape({ key: words, state: (value) => value === "asking" || value === "unknown" })) }),
} satisfies Record<DescriptorEvent["type"], Check>;

const wantedEvents = {
  wanted: shape({ protocol: text, wanted: listOf(shape({ key: words, matched: number })) }),
} satisfies Record<DescriptorsWanted["type"], Check>;

const homeEvents = {
  snapshot: shape({ devices: listOf(device) }),
  found: shape({ device }),
  changed: shape(changed),
  availability: shape(availability),
  gone: shape({ device: text }),
  event: shape({ device: text, name: text, data: json, at: number }),
} satisfies Record<HomeEvent["type"], Check>;

const stamp = { epoch: text, seq: number };
const pageEvents = {
  snapshot: shape({ ...stamp, devices: listOf(pageDevice), isLive: flag }),
  found: shape({ ...stamp, device: pageDevice }),
  gone: shape({ ...stamp, device: text }),
  change: shape({ ...stamp, ...changed }),
  availability: shape({ ...stamp, ...availability }),
  result: shape({ ...stamp, result: object }),
  live: shape({ ...stamp, isLive: flag }),
  troubles: shape({ ...stamp, troubles: listOf(trouble) }),
} satisfies Record<PageEvent["type"], Check>;

function parser<T>(what: string, events: Readonly<Record<string, Check>>): (message: unknown) => T {
  return (message) => {
    const type = isJsonObject(message) ? message["type"] : undefined;
    const check = typeof type === "string" && Object.hasOwn(events, type) ? events[type] : undefined;
    if (check?.(message)) return message as T;
    const told = typeof type === "string" ? `"${type}"` : "no type";
    throw new HomeError("flow-invalid", `this message is no ${what} event: it has ${told}, or members are missing`);
  };
}

/** What enters a translation: sightings, and what the provider knows. @throws HomeError `flow-invalid` */
export const parseTranslationEvent: (message: unknown) => DiscoveryEvent | DescriptorEvent = parser(
  "discovery or descriptor",
  { ...discoveryEvents, ...descriptorEvents },
);
/** @throws HomeError `flow-invalid` */
export const parseHomeEvent: (message: unknown) => HomeEvent = parser("home", homeEvents);
/** Events of the home and of the page share their words; only the page's bear a stamp. */
const either = (name: "snapshot" | "found" | "gone" | "availability"): Check => {
  return (value) => (isJsonObject(value) && "epoch" in value ? pageEvents[name](value) : homeEvents[name](value));
};

/** What enters an access link. */
export type LinkEvent = PageEvent | HomeEvent | DescriptorsWanted;

/** The page, the home, and what descriptors are wanted. @throws HomeError `flow-invalid` */
export const parseLinkEvent: (message: unknown) => LinkEvent = parser("page, home or descriptor", {
  ...homeEvents,
  ...pageEvents,
  ...wantedEvents,
  snapshot: either("snapshot"),
  found: either("found"),
  gone: either("gone"),
  availability: either("availability"),
} satisfies Record<LinkEvent["type"], Check>);
