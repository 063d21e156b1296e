/** Judges what another package registered as an adapter (contract/plugin-adapter.ts), before anything of it is used. */

import { Validator } from "jsonschema";
import type { Descriptor, Texts } from "../contract/descriptor.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { adapterApi, type PluginAdapter } from "../contract/plugin-adapter.ts";
import { copyJson } from "./copy-json.ts";

/** @throws HomeError `descriptor-invalid` */
export type JudgeDescriptor = (candidate: unknown) => Descriptor;

/** What a person chooses an adapter by. */
export interface AdapterChoice {
  readonly protocol: string;
  readonly titles: Texts;
}

/** Words of the gateway's own adapters, and of their bindings in descriptors. */
const reserved: readonly string[] = ["av", "avc", "echonet", "genkan", "havi", "ieee1394"];
const protocolForm = /^[a-z][a-z0-9]{1,31}$/;
const mostDescriptors = 500;
const largestPart = 4 * 1024 * 1024;

/** Of a candidate that can have a place of its own, though it may be refused for something else; undefined of any other. */
export function choiceOf(candidate: unknown): AdapterChoice | undefined {
  const [protocol, titles] = [memberOf(candidate, "protocol"), memberOf(candidate, "titles")];
  const isOne = typeof protocol === "string" && protocolForm.test(protocol) && !reserved.includes(protocol);
  return isOne ? { protocol, titles: readTitles(titles) ?? { en: protocol, ja: protocol } } : undefined;
}

/** @throws HomeError `adapter-refused` */
type Refuse = (reason: string, why: string, facts?: JsonObject, cause?: unknown) => never;

export function refuseFrom(from: string): Refuse {
  return (reason, why, facts = {}, cause) => {
    const message = `the adapter of ${from} is refused: ${why}`;
    throw new HomeError("adapter-refused", message, { from, reason, ...facts }, cause);
  };
}

/**
 * Takes a copy of all that is data, so that what was judged is what is used. `from` names the package.
 * @throws HomeError `adapter-refused`: {from, reason: "shape" | "api" | "protocol" | "config" | "descriptor", …}
 */
export function parsePlugin(candidate: unknown, from: string, judge: JudgeDescriptor): PluginAdapter {
  const refuse: Refuse = refuseFrom(from);
  const member = (name: string): unknown => memberOf(candidate, name);
  const [api, open] = [member("api"), member("open")];
  // No JSON, for it has functions; its members are looked at one by one.
  if (!isJsonObject(candidate)) return refuse("shape", "it is no object");
  if (api !== adapterApi) {
    return refuse("api", `its api is ${JSON.stringify(copyJson(api) ?? null)}, this gateway's is ${adapterApi}`);
  }
  const choice = choiceOf(candidate);
  if (choice === undefined) {
    return refuse(
      "protocol",
      `its protocol is not of the form ${protocolForm.source}, or is a word of the gateway's own`,
    );
  }
  if (typeof open !== "function") return refuse("shape", "it has no function open");
  if (member("titles") !== undefined && readTitles(member("titles")) === undefined) {
    return refuse("shape", "its titles are not a text in English and one in Japanese");
  }
  return {
    ...{ api, ...choice },
    config: parseConfig(member("config"), refuse),
    descriptors: parseDescriptors(member("descriptors"), choice.protocol, judge, refuse),
    open: (settings, host, signal) => Reflect.apply(open, candidate, [settings, host, signal]),
  };
}

function readTitles(titles: unknown): Texts | undefined {
  const copy = copyJson(titles);
  const { en, ja } = isJsonObject(copy) ? copy : {};
  const isText = (text: unknown): text is string => typeof text === "string" && text !== "" && text.length <= 100;
  return isText(en) && isText(ja) ? { en, ja } : undefined;
}

function parseConfig(config: unknown, refuse: Refuse): JsonObject {
  if (config === undefined) return { type: "object", additionalProperties: false };
  const copy = copyJson(config, largestPart);
  if (!isJsonObject(copy)) return refuse("config", "its config is no JSON Schema");
  try {
    // Words that are none, and references that lead nowhere, show when it is used.
    new Validator().validate({}, copy);
    return copy;
  } catch (thrown) {
    return refuse("config", `its config is a JSON Schema that cannot be used: ${String(thrown)}`, {}, thrown);
  }
}

function parseDescriptors(
  descriptors: unknown,
  protocol: string,
  judge: JudgeDescriptor,
  refuse: Refuse,
): readonly Descriptor[] {
  const copy = descriptors === undefined ? [] : copyJson(descriptors, largestPart);
  if (!Array.isArray(copy) || copy.length > mostDescriptors) {
    return refuse("descriptor", `its descriptors are not an array of JSON, at most ${mostDescriptors}`);
  }
  return copy.map((one: unknown, index) => {
    const descriptor = judged(one, index, judge, refuse);
    const other = descriptor["gk:match"].find((match) => match.protocol !== protocol);
    if (other === undefined) return descriptor;
    return refuse("descriptor", `descriptor ${index} is for devices of ${other.protocol}, not of its own alone`, {
      index,
    });
  });
}

function judged(candidate: unknown, index: number, judge: JudgeDescriptor, refuse: Refuse): Descriptor {
  try {
    return judge(candidate);
  } catch (thrown) {
    return refuse("descriptor", `descriptor ${index}: ${toHomeError(thrown).message}`, { index }, thrown);
  }
}

/** Foreign objects have getters, and proxies. */
function memberOf(value: unknown, name: string): unknown {
  try {
    return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  } catch {
    return undefined;
  }
}
