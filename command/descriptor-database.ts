/** `genkan descriptors publish|published|withdraw|wanted`: the provider's side of the descriptor database, whether or not the access broker runs. */

import { readFileSync, statSync } from "node:fs";
import {
  publishDescriptors,
  publishedDescriptors,
  wantedDescriptors,
  withdrawDescriptor,
} from "../access-broker/access-broker.ts";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Arguments } from "./arguments.ts";
import { formatGateways, gatewaysOf } from "./gateways-of.ts";
import { provider } from "./provider-of.ts";
import { say } from "./say.ts";

type Step = (args: Arguments) => Promise<void>;

const steps: Readonly<Record<string, Step>> = { publish, published, withdraw, wanted };

export async function descriptorDatabase(args: Arguments): Promise<void> {
  const { 0: word = "", length } = args.rest;
  const step = Object.hasOwn(steps, word) ? steps[word] : undefined;
  if (step === undefined || length > (mostWords[word] ?? 1)) missing(args);
  await step(args);
}

/** The step itself and what may follow it. */
const mostWords: Readonly<Record<string, number>> = { publish: 2, withdraw: 3 };

async function publish(args: Arguments): Promise<void> {
  const path = args.rest[1] ?? missing(args);
  const gateways = gatewaysOf(args.values["for-model"]);
  const published = await publishDescriptors({ ...provider(args), descriptors: readAll(path), gateways });
  const line = ({ type, version, isNew }: (typeof published)[number]): string =>
    say(args.language, isNew ? "descriptor-published" : "descriptor-unchanged", { type, version });
  print(args, published, published.map(line).join("\n"));
}

async function published(args: Arguments): Promise<void> {
  const rows = await publishedDescriptors(provider(args));
  const line = ({ type, version, gateways }: (typeof rows)[number]): string =>
    `${type.padEnd(36)}${version.padEnd(12)}${formatGateways(gateways)}`;
  print(args, rows, [say(args.language, "published-head"), ...rows.map(line)].join("\n"));
}

async function withdraw(args: Arguments): Promise<void> {
  const [, type = missing(args), version] = args.rest;
  await withdrawDescriptor({ ...provider(args), type, version });
  const what = version === undefined ? type : `${type} ${version}`;
  print(args, { type, version: version ?? null }, say(args.language, "descriptor-withdrawn", { what }));
}

async function wanted(args: Arguments): Promise<void> {
  const rows = await wantedDescriptors(provider(args));
  const line = ({ key: { protocol = "", ...told }, homes }: (typeof rows)[number]): string =>
    `${String(homes).padEnd(8)}${[protocol, ...Object.values(told)].join(" ")}`;
  print(args, rows, [say(args.language, "wanted-head"), ...rows.map(line)].join("\n"));
}

/** A file, or every `*.json` in a folder: all of them in order, or none. */
function readAll(path: string): readonly unknown[] {
  try {
    if (statSync(path).isDirectory()) return loadCatalogue([path]).list();
    return [JSON.parse(readFileSync(path, "utf8"))];
  } catch (cause) {
    if (cause instanceof HomeError) throw cause;
    throw new HomeError("descriptor-invalid", `${path} cannot be read: ${String(cause)}`, { file: path }, cause);
  }
}

function missing({ language }: Arguments): never {
  throw new HomeError("usage", say(language, "usage"));
}

const print = (args: Arguments, value: object, line: string): void =>
  void process.stdout.write(`${args.isJson ? JSON.stringify(value) : line}\n`);
