/** `genkan keys add|list|remove`: whose signatures this gateway believes. It works on the gateway's own machine, whether or not the gateway runs. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { openRegisteredKeys, type RegisteredKeys } from "../gateway-core/gateway.ts";
import { systemHost } from "../host/system-host.ts";
import type { Arguments } from "./arguments.ts";
import { say } from "./say.ts";

export async function keys(args: Arguments): Promise<void> {
  const [step = "list", word, ...more] = args.rest;
  const registered = openRegisteredKeys(systemHost(join(args.folder, "gateway")));
  if (step === "add" && word !== undefined) return add(args, registered, [word, ...more].join(" "));
  if (step === "remove" && word !== undefined && more.length === 0) return remove(args, registered, word);
  if (step === "list" && word === undefined) return list(args, registered);
  throw new HomeError("usage", say(args.language, "usage"));
}

/** A line of authorized_keys or a JWK, or the file that holds one. */
function add(args: Arguments, registered: RegisteredKeys, told: string): void {
  const isKey = /^(?:ssh-|ecdsa-|\{)/.test(told.trim());
  const added = registered.add(isKey ? told : readKey(told), args.values.label);
  print(args, { ...added }, say(args.language, "command-key-added", { ...added }));
}

function remove(args: Arguments, registered: RegisteredKeys, fingerprint: string): void {
  if (!registered.remove(fingerprint))
    throw new HomeError("not-found", `no key ${fingerprint} is registered here`, { fingerprint });
  print(args, { fingerprint }, say(args.language, "command-key-removed", { fingerprint }));
}

function list(args: Arguments, registered: RegisteredKeys): void {
  const rows = registered.list().map(({ fingerprint, label, addedAt }) => ({ fingerprint, label, addedAt }));
  const line = ({ fingerprint, label, addedAt }: (typeof rows)[number]): string =>
    `${fingerprint}  ${new Date(addedAt).toISOString().slice(0, 10)}  ${label}`;
  print(args, rows, rows.length === 0 ? say(args.language, "command-keys-none") : rows.map(line).join("\n"));
}

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new HomeError("value-invalid", `the key ${file} cannot be read`, { file }, cause);
  }
}

const print = (args: Arguments, value: object, line: string): void =>
  void process.stdout.write(`${args.isJson ? JSON.stringify(value) : line}\n`);
