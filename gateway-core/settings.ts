/** The gateway's settings: `DIR/settings.json` or a config node, checked by settings.schema.json, defaults filled in (docs/interfaces.md, processes). */

import { BlockList, isIP } from "node:net";
import { type Schema, type ValidationError, Validator } from "jsonschema";
import { parseAvSettings } from "./av-sources/av-settings.ts";
import { HomeError } from "./contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./contract/json.ts";
import type { Rung } from "./contract/stream.ts";
import schema from "./settings.schema.json" with { type: "json" };

export interface Settings {
  readonly home: {
    /** Addresses of this machine, names of interfaces, "auto" for all but loopback. */
    readonly interfaces: readonly string[];
    readonly families: readonly ("ipv4" | "ipv6")[];
    readonly availabilityMs: number;
    readonly pollMs: number;
    readonly rediscoverMs: number;
  };
  readonly ieee1394: {
    /** "" for this machine's own card, "/dev/fwN" for one of several, "none", or `tcp://127.0.0.1:PORT` of a bus behind a socket. */
    readonly bus: string;
    /** Whether devices may be told to record. */
    readonly recording: boolean;
    readonly availabilityMs: number;
    readonly pollMs: number;
    readonly rediscoverMs: number;
  };
  readonly page: {
    readonly listen: string;
    readonly port: number;
    /** Allowed `Host` names beside the addresses listened on. */
    readonly hostNames: readonly string[];
    /** Networks in CIDR notation that may ask when `listen` lies beyond loopback. */
    readonly networks: readonly string[];
    /** How long a page that starts a search waits for it before it is sent; 0: not at all. */
    readonly searchWaitMs: number;
  };
  readonly localBroker: { readonly address: string; readonly port: number };
  readonly accessLink: {
    readonly enabled: boolean;
    /** The file of a card that a provider left beforehand; `card.json` in the state folder unless told. */
    readonly card?: string;
    /** Where media with a card are mounted; none: no medium is looked at. */
    readonly cardFolders: readonly string[];
    /** Name of an interface, or an address of this machine, that the link is bound to; any unless told. */
    readonly interface?: string;
    /** What may pass the link, by direction, by content or by both (docs/access-link.md). */
    readonly rules: readonly {
      readonly direction?: "in" | "out";
      readonly content?: "page" | "topics" | "descriptors" | "proxy" | "streams";
    }[];
    /** What streams together may take of the home's uplink; as much as it carries unless told. */
    readonly uplinkKbps?: number;
  };
  /** What is done only with a signature by a key that is registered here (docs/access-link.md). */
  readonly signatures: {
    /** `device/name` of properties and actions; `*` for any. */
    readonly required: readonly string[];
    /** Whether the page on the LAN and the local broker ask for them too. */
    readonly atHome: boolean;
  };
  /** How the home is reached from outside; directly only once it was set up on the page in the home. */
  readonly access: {
    readonly mode: "broker" | "own" | "both";
    readonly listen: string;
    readonly port: number;
    readonly hostNames: readonly string[];
    readonly cert?: string;
    readonly key?: string;
  };
  /** Pictures and sound of the home's devices. */
  readonly media: {
    /** The program to try first; the optional package's and the machine's own unless told. */
    readonly ffmpeg?: string;
    /** What streams are converted to, best first. */
    readonly rungs: readonly Rung[];
    /** How long a stream goes on with nobody watching. */
    readonly idleSeconds: number;
    /** Files and streams of the network, each a device that can be watched. */
    readonly sources: readonly {
      readonly name: string;
      /** The full path of a file, or a `file:`, `tcp:`, `http:` or `https:` address; name and password may stand in it. */
      readonly from: string;
      readonly kind?: string;
      readonly loop?: boolean;
    }[];
  };
  /** The proxy for the home's computers; who may use it: page.networks. */
  readonly homeProxy: { readonly enabled: boolean; readonly listen: string; readonly port: number };
  /** What devices measure over time, in a file of the gateway's own folder. */
  readonly history: { readonly enabled: boolean; readonly days: number; readonly megabytes: number };
  /** What people save of the streams of AV devices, in a folder of the gateway's own. */
  readonly recordings: { readonly enabled: boolean; readonly megabytes: number };
  /** By protocol, of the adapters of other packages; each brings a schema of its own. */
  readonly adapters: { readonly [protocol: string]: JsonObject };
  readonly descriptors: {
    readonly folders: readonly string[];
    /** Types of the package's catalogue that this home does without. */
    readonly withoutTypes: readonly string[];
  };
}

/** Checks settings and fills in defaults. @throws HomeError `settings-invalid` that names the key: {key, …}. */
export function parseSettings(input: unknown): Settings {
  const settings = withDefaults(schema, input, "");
  const [error] = validator.validate(settings, schemaToValidate).errors;
  if (error !== undefined) throw invalid(keyOf(error), reasonOf(error));
  const parsed = settings as Settings;
  parseAvSettings({ sources: parsed.media.sources.map((source) => ({ ...source })) });
  return parsed;
}

/**
 * Settings as read, with some replaced by `a.b=JSON` texts as `--set` gives them; whoever reads them checks the whole.
 * @throws HomeError `settings-invalid` for a text of another form.
 */
export function applyOverrides(settings: JsonObject, overrides: readonly string[]): JsonObject {
  return overrides
    .map(parseOverride)
    .reduce<JsonObject>((tree, { path, value }) => replaced(tree, path, value), settings);
}

interface Override {
  readonly path: readonly string[];
  readonly value: Json;
}

function parseOverride(text: string): Override {
  const split = text.indexOf("=");
  if (split < 1) throw invalid("", `an override reads a.b=JSON, not ${text}`);
  const key = text.slice(0, split);
  try {
    return { path: key.split("."), value: JSON.parse(text.slice(split + 1)) };
  } catch {
    throw invalid(key, `the value after "=" is not JSON: ${text.slice(split + 1)}`);
  }
}

/** The tree with one value replaced. It becomes an own member whatever its name, so that the schema can refuse it. */
function replaced(tree: Json | undefined, [head = "", ...rest]: readonly string[], value: Json): JsonObject {
  const members: JsonObject = isJsonObject(tree) ? tree : {};
  const member = Object.hasOwn(members, head) ? members[head] : undefined;
  return { ...members, [head]: rest.length === 0 ? value : replaced(member, rest, value) };
}

interface SchemaNode {
  readonly title: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

/** Unknown keys are told here: the validator takes inherited names such as "toString" for known ones. */
function withDefaults(node: SchemaNode, value: unknown, path: string): unknown {
  const { properties } = node;
  const given = value === undefined ? structuredClone(node.default) : value;
  if (properties === undefined || !isJsonObject(given)) return given;
  const keyed = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(properties, name));
  if (unknown !== undefined) throw invalid(keyed(unknown), "there is no such setting");
  const filled = Object.entries(properties).map(([name, child]) => {
    const member = Object.hasOwn(given, name) ? given[name] : undefined;
    return [name, withDefaults(child, member, keyed(name))];
  });
  return Object.fromEntries(filled.filter(([, member]) => member !== undefined));
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
/** Private and link-local addresses (RFC 1918, RFC 3927, RFC 4193, RFC 4291): nobody out in the internet has one. */
const inside = new BlockList();
for (const [network, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
] as const) {
  inside.addSubnet(network, bits, "ipv4");
}
inside.addSubnet("fc00::", 7, "ipv6");
inside.addSubnet("fe80::", 10, "ipv6");

const validator = new Validator();
Object.assign(validator.customFormats, {
  ip: (text: unknown) => typeof text !== "string" || isIP(text) !== 0,
  cidr: (text: unknown) => typeof text !== "string" || isCidr(text),
  loopback: (text: unknown) => typeof text !== "string" || isIn(loopback, text),
  "home-address": (text: unknown) => typeof text !== "string" || isIn(loopback, text) || isIn(inside, text),
});
/** JSON's own types know a schema's words only as strings. */
const schemaToValidate = schema as unknown as Schema;

function isCidr(text: string): boolean {
  const [address = "", length = "", ...more] = text.split("/");
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits;
}

function isIn(list: BlockList, text: string): boolean {
  const family = isIP(text);
  return family !== 0 && list.check(text, family === 6 ? "ipv6" : "ipv4");
}

function keyOf({ property }: ValidationError): string {
  return property.replace(/^instance\.?/, "");
}

function reasonOf({ name, argument, message, instance }: ValidationError): string {
  return name === "format" ? `${JSON.stringify(instance)} is not an address of the form "${argument}"` : message;
}

function invalid(key: string, reason: string): HomeError {
  return new HomeError("settings-invalid", key === "" ? reason : `${key}: ${reason}`, { key, reason });
}
