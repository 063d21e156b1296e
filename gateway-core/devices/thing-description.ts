/** The W3C WoT Thing Description 1.1 of a device, made of its narrowed descriptor; forms lead to the topics and paths of docs/interfaces.md. Pure. */

import type { ActionDescriptor, PropertyDescriptor } from "../contract/descriptor.ts";
import type { Device } from "../contract/device.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import { homeTopics } from "../contract/topics.ts";

/** Where forms lead: `http://host:port/` of the page, `mqtt://host:port` of the local broker. At least one is given. */
export interface Bases {
  readonly http?: string;
  readonly mqtt?: string;
}

const context: Json = [
  "https://www.w3.org/2022/wot/td/v1.1",
  { gk: "https://genkan.example/ns#", mqv: "http://www.example.org/mqtt-binding#", "@language": "en" },
];

export function thingDescription(device: Device, bases: Bases): JsonObject {
  const { descriptor } = device;
  return {
    "@context": context,
    "@type": "Thing",
    id: `urn:genkan:device:${device.id}`,
    title: device.title,
    titles: { ...device.titles },
    version: { instance: descriptor.version.model, model: descriptor.version.model },
    securityDefinitions: { nosec: { scheme: "nosec" } },
    security: "nosec",
    "gk:type": device.type,
    "gk:kind": device.kind,
    properties: mapValues(descriptor.properties, (property, name) => ({
      ...withoutBinding(property),
      forms: [...httpForms(device.id, name, property, bases), ...mqttForms(device.id, name, property, bases)],
    })),
    actions: mapValues(descriptor.actions ?? {}, (action, name) => ({
      ...withoutBinding(action),
      forms: actionForms(device.id, name, bases),
    })),
  };
}

function httpForms(id: string, name: string, property: PropertyDescriptor, { http }: Bases): JsonObject[] {
  if (http === undefined) return [];
  const href = new URL(`api/devices/${id}/properties/${encodeURIComponent(name)}`, http).href;
  const read = { href, op: "readproperty", "htv:methodName": "GET", contentType: "application/json" };
  const write = { href, op: "writeproperty", "htv:methodName": "PUT", contentType: "application/json" };
  return [...(isReadable(property) ? [read] : []), ...(isWritable(property) ? [write] : [])];
}

function mqttForms(id: string, name: string, property: PropertyDescriptor, { mqtt }: Bases): JsonObject[] {
  if (mqtt === undefined) return [];
  const topic = homeTopics.property(id, name);
  const observe = subscription(mqtt, topic, ["readproperty", "observeproperty", "unobserveproperty"]);
  const write = publication(mqtt, `${topic}/set`, "writeproperty");
  return [...(isReadable(property) ? [observe] : []), ...(isWritable(property) ? [write] : [])];
}

function actionForms(id: string, name: string, { http, mqtt }: Bases): JsonObject[] {
  const path = `devices/${id}/actions/${encodeURIComponent(name)}`;
  const overHttp = http !== undefined && {
    href: new URL(`api/${path}`, http).href,
    op: "invokeaction",
    "htv:methodName": "POST",
    contentType: "application/json",
  };
  const overMqtt = mqtt !== undefined && publication(mqtt, `home/devices/${id}/actions/${name}`, "invokeaction");
  return [overHttp, overMqtt].filter((form) => form !== false);
}

function subscription(broker: string, topic: string, op: Json): JsonObject {
  return {
    ...mqttForm(broker, topic, op),
    "mqv:controlPacket": "subscribe",
    "mqv:filter": topic,
    "mqv:retain": true,
  };
}

function publication(broker: string, topic: string, op: Json): JsonObject {
  return { ...mqttForm(broker, topic, op), "mqv:controlPacket": "publish", "mqv:topic": topic, "mqv:retain": false };
}

function mqttForm(broker: string, topic: string, op: Json): JsonObject {
  const path = topic.split("/").map(encodeURIComponent).join("/");
  return { href: `${broker.replace(/\/$/, "")}/${path}`, op, contentType: "application/json", "mqv:qos": 1 };
}

const isReadable = (property: PropertyDescriptor): boolean => property.writeOnly !== true;
const isWritable = (property: PropertyDescriptor): boolean => property.readOnly !== true;

/** The wire recipe is the adapters' affair. */
function withoutBinding(described: PropertyDescriptor | ActionDescriptor): JsonObject {
  const { "gk:bind": _, ...rest } = described;
  return toJson(rest);
}

/** A descriptor came from JSON; its types only lack the index signature. */
function toJson(value: object): JsonObject {
  return Object.fromEntries(Object.entries(value));
}

function mapValues<T>(
  from: { readonly [name: string]: T },
  make: (value: T, name: string) => JsonObject,
): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, make(value, name)]));
}
