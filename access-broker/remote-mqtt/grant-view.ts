/** What of a home's topics a person with a grant is shown (contract/grant.ts): whole topics, and within them what is theirs to see. Pure. */

import { deviceGrantOf, type Grant, maySeeDevice, maySeeProperty, seesAll } from "../../gateway-core/contract/grant.ts";
import { isJson, isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import { homeTopics } from "../../gateway-core/contract/topics.ts";

/** The same for all grants that show the same: they may look through one and the same engine. */
export function viewKey(grant: Grant): string {
  if (seesAll(grant)) return "";
  const shown = Object.entries(grant.devices).map(([id, { properties, actions }]) => [
    id,
    properties?.toSorted() ?? null,
    actions?.toSorted() ?? null,
  ]);
  return JSON.stringify(shown.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)));
}

const deviceTopic = /^home\/devices\/([^/]+)\/(?:(properties|events)\/)?([^/]+)$/;

/** Whether a topic is there at all for the person. Nothing that this version does not know is. */
export function maySeeTopic(grant: Grant, topic: string): boolean {
  if (topic === homeTopics.status || topic === homeTopics.devices) return true;
  const [, device, kind, name = ""] = deviceTopic.exec(topic) ?? [];
  if (device === undefined) return seesAll(grant);
  // A grant names properties alone: who sees only some of them is told of no event by another name.
  return kind === undefined ? maySeeDevice(grant, device) : maySeeProperty(grant, device, name);
}

/** The payload as the person is shown it; undefined when they are shown nothing of it. Empty, it clears the topic. */
export function shownPayload(grant: Grant, topic: string, payload: string): string | undefined {
  if (!maySeeTopic(grant, topic)) return undefined;
  if (seesAll(grant) || payload === "") return payload;
  const [, device, kind, name] = deviceTopic.exec(topic) ?? [];
  const isNarrow = device !== undefined && deviceGrantOf(grant, device)?.properties !== undefined;
  if (topic === homeTopics.devices) return rewritten(payload, (list) => listShown(grant, list));
  if (device === undefined || kind !== undefined) return payload;
  if (name === "state" && isNarrow) return rewritten(payload, (state) => propertiesShown(grant, device, state));
  if (name === "description") return rewritten(payload, (thing) => thingShown(grant, device, thing));
  if (name === "result") return rewritten(payload, (result) => resultShown(grant, device, result));
  return payload;
}

function listShown(grant: Grant, list: Json): Json | undefined {
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((one) => {
    if (!isJsonObject(one) || typeof one["id"] !== "string" || !maySeeDevice(grant, one["id"])) return [];
    // A device tells its place by a property like any other.
    return maySeeProperty(grant, one["id"], "installationLocation") ? [one] : [{ ...one, room: null }];
  });
}

function propertiesShown(grant: Grant, device: string, members: Json | undefined): JsonObject | undefined {
  return isJsonObject(members) ? pick(members, (name) => maySeeProperty(grant, device, name)) : undefined;
}

/** A Thing Description names only what is theirs. */
function thingShown(grant: Grant, device: string, thing: Json): JsonObject | undefined {
  if (!isJsonObject(thing)) return undefined;
  const { properties = {}, actions = {}, events, ...rest } = thing;
  const shown = {
    ...rest,
    properties: propertiesShown(grant, device, properties) ?? {},
    actions: isJsonObject(actions) ? pick(actions, (name) => mayDo(grant, device, name)) : {},
  };
  return events === undefined ? shown : { ...shown, events: propertiesShown(grant, device, events) ?? {} };
}

/** The result of a command that somebody gave: shown where all that it names is. */
function resultShown(grant: Grant, device: string, result: Json): Json | undefined {
  if (!isJsonObject(result) || !isJsonObject(result["request"])) return undefined;
  const { kind, name, value } = result["request"];
  const isShown = (one: string): boolean => maySeeProperty(grant, device, one);
  if (kind === "set") return isJsonObject(value) && Object.keys(value).every(isShown) ? result : undefined;
  if (typeof name !== "string") return undefined;
  return (kind === "action" ? mayDo(grant, device, name) : isShown(name)) ? result : undefined;
}

const mayDo = (grant: Grant, device: string, action: string): boolean =>
  deviceGrantOf(grant, device)?.actions?.includes(action) ?? true;

const pick = (members: JsonObject, isKept: (name: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([name]) => isKept(name)));

function rewritten(payload: string, rewrite: (value: Json) => Json | undefined): string | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    const shown = isJson(value) ? rewrite(value) : undefined;
    return shown === undefined ? undefined : JSON.stringify(shown);
  } catch {
    // What a home tells that is no JSON cannot be narrowed.
    return undefined;
  }
}
