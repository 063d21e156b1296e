/** Reads what an adapter of another package tells of its devices: sightings, changes, outcomes. Pure; undefined for what is none. */

import { validate } from "jsonschema";
import type { Change, Sighting } from "../contract/adapter.ts";
import type { DataSchema, Descriptor, DescriptorKey } from "../contract/descriptor.ts";
import { isJsonObject, type Json } from "../contract/json.ts";
import { copyJson } from "./copy-json.ts";

const idForm = /^[a-z0-9-]{1,64}$/;
const eventForm = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;
const longestAddress = 200;
const longestKeyText = 100;
const mostKeyMembers = 10;

/** The id as the adapter knows it. */
export function readSighting(item: unknown, protocol: string): Sighting | undefined {
  const copy = copyJson(item);
  if (!isJsonObject(copy) || copy["protocol"] !== protocol) return undefined;
  const { ref, key, gone } = copy;
  if (!isJsonObject(ref) || !isKey(key) || key.protocol !== protocol) return undefined;
  const { id, address = "" } = ref;
  if (typeof id !== "string" || !idForm.test(id) || typeof address !== "string") return undefined;
  const seen = { protocol, ref: { id, address: address.slice(0, longestAddress) }, key };
  return gone === true ? { ...seen, gone } : seen;
}

export function readChange(item: unknown, descriptor: Descriptor): Change | undefined {
  const copy = copyJson(item);
  if (!isJsonObject(copy)) return undefined;
  const { type, property, value, available, name, data = null } = copy;
  if (type === "description") return { type };
  if (type === "availability") return typeof available === "boolean" ? { type, available } : undefined;
  if (type === "event") {
    return typeof name === "string" && eventForm.test(name) ? { type, name, data } : undefined;
  }
  if (type !== "value" || typeof property !== "string" || value === undefined) return undefined;
  return isValue(value, property, descriptor) ? { type, property, value } : undefined;
}

/** Whether a device can have reported that; null is what is not known. */
export function isValue(value: Json, property: string, { properties }: Descriptor): boolean {
  const schema = Object.hasOwn(properties, property) ? properties[property] : undefined;
  return schema !== undefined && (value === null || conforms(value, schema));
}

function conforms(value: Json, schema: DataSchema): boolean {
  try {
    return validate(value, schema).valid;
  } catch {
    return false;
  }
}

const isKey = (key: Json | undefined): key is DescriptorKey =>
  isJsonObject(key) &&
  Object.keys(key).length <= mostKeyMembers &&
  Object.values(key).every((text) => typeof text === "string" && text !== "" && text.length <= longestKeyText);
