/** The provider's verbs: subscribe a user, print the authentication table, explain how to trust the authority. */

import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  addKey,
  caCertificatePem,
  listTable,
  setProxy,
  setRequirement,
  subscribe,
} from "../access-broker/access-broker.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { systemHost } from "../host/system-host.ts";
import type { Arguments } from "./arguments.ts";
import { readBrokerSettings } from "./broker-settings.ts";
import { say } from "./say.ts";

export const brokerFolder = (args: Arguments): string => join(args.folder, "access-broker");

/** What the functions of the access broker's front door work on, whether or not the broker runs. */
export function provider(args: Arguments) {
  const settings = readBrokerSettings(args.folder, args.overrides);
  const folder = brokerFolder(args);
  return { settings, folder, host: systemHost(folder, args.isVerbose) };
}

/** A password or a key for a person, what the home requires, whether it may use the proxy, or several of these at once. */
export async function subscribeUser(args: Arguments): Promise<void> {
  const { hasPasswordOnStdin, isOneTime, language, values } = args;
  const number = needed(args, "number");
  const { require: requirement, "authorized-key": line, proxy } = values;
  const places = { ...placesOf(args, "allow"), ...placesOf(args, "deny") };
  const isForProxy = proxy !== undefined || Object.keys(places).length > 0;
  if (proxy !== undefined && proxy !== "on" && proxy !== "off") {
    throw new HomeError("usage", `--proxy takes on or off, not "${proxy}"`);
  }
  const isForPerson = hasPasswordOnStdin || line !== undefined;
  if (!isForPerson && requirement === undefined && !isForProxy) {
    needed(args, "user");
    throw new HomeError("usage", "the password is read from --password-stdin");
  }
  const told: string[] = [];
  if (hasPasswordOnStdin) {
    const password = (await text(process.stdin)).replace(/\r?\n$/, "");
    await subscribe({ ...provider(args), number, user: needed(args, "user"), password, isOneTime });
    told.push(say(language, "subscribed", { number, user: needed(args, "user") }));
  }
  if (line !== undefined) {
    const fingerprint = await addKey({ ...provider(args), number, user: needed(args, "user"), line });
    told.push(say(language, "key-added", { number, user: needed(args, "user"), fingerprint }));
  }
  if (requirement !== undefined) {
    await setRequirement({ ...provider(args), number, requirement: requirement === "default" ? null : requirement });
    told.push(say(language, "requirement-set", { number, requirement }));
  }
  if (isForProxy) {
    await setProxy({
      ...provider(args),
      number,
      ...(proxy === undefined ? {} : { isAllowed: proxy === "on" }),
      ...places,
    });
    told.push(say(language, proxy === undefined ? "proxy-set" : `proxy-${proxy}`, { number }));
  }
  const facts = {
    number,
    ...(proxy === undefined ? {} : { proxy }),
    ...(values.user === undefined ? {} : { user: values.user }),
  };
  print(args, { ...facts, ...(requirement === undefined ? {} : { requirement }) }, told.join("\n"));
}

export async function printTable(args: Arguments): Promise<void> {
  const rows = await listTable(provider(args));
  const line = ({ number, user, state, factors, proxy, requirement }: (typeof rows)[number]): string =>
    `${number.padEnd(18)}${user.padEnd(18)}${state.padEnd(16)}${(factors.join(",") || "-").padEnd(24)}${proxy.padEnd(9)}${requirement}`;
  print(args, rows, [say(args.language, "table-head"), ...rows.map(line)].join("\n"));
}

export async function explainTrust(args: Arguments): Promise<void> {
  const ca = await publishCa(args);
  const sha256 = createHash("sha256")
    .update(new X509Certificate(await caCertificatePem(provider(args))).raw)
    .digest("hex");
  print(args, { ca, sha256 }, say(args.language, "trust", { ca, sha256 }));
}

/** Writes the authority's certificate to `DIR/ca.pem`, where people and browsers find it. */
export async function publishCa(args: Arguments): Promise<string> {
  const file = join(args.folder, "ca.pem");
  mkdirSync(args.folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, await caCertificatePem(provider(args)));
  return file;
}

/** A list of places as people write it, `www.example,*.example`; `none` empties it. */
function placesOf({ values }: Arguments, list: "allow" | "deny"): { readonly [name: string]: readonly string[] } {
  const text = values[`proxy-${list}`];
  if (text === undefined) return {};
  return { [list]: text === "none" ? [] : text.split(",").map((one) => one.trim()) };
}

/** An option that must be there. @throws HomeError `usage` */
export function needed(args: Arguments, name: "number" | "user"): string {
  const value = args.values[name];
  if (value === undefined) throw new HomeError("usage", `--${name} is needed\n${say(args.language, "usage")}`);
  return value;
}

/** Prints a value for programs, or a line for people. */
export const print = (args: Arguments, value: object, line: string): void =>
  void process.stdout.write(`${args.isJson ? JSON.stringify(value) : line}\n`);
