/** `genkan descriptors check|list|show|import`: what device descriptors there are, whether they are in order, and how more are made. */

import { join } from "node:path";
import { gapsOf, loadCatalogue, parseDescriptor } from "../device-descriptors/catalogue.ts";
import type { Descriptor } from "../gateway-core/contract/descriptor.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { packageRoot } from "../host/package-root.ts";
import type { Arguments } from "./arguments.ts";
import { readSettings } from "./read-settings.ts";
import { say } from "./say.ts";

type Tell = (value: object, text: string) => void;

export async function descriptors(args: Arguments): Promise<void> {
  // Loaded only for its own words: what it needs is not there on every Node that a gateway runs on.
  const isForDatabase = ["publish", "published", "withdraw", "wanted"].includes(args.rest[0] ?? "");
  if (isForDatabase) return (await import("./descriptor-database.ts")).descriptorDatabase(args);
  if (args.rest.length > 2) throw new HomeError("usage", say(args.language, "usage"));
  const [what, type] = args.rest;
  const tell: Tell = (value, text) => void process.stdout.write(`${args.isJson ? JSON.stringify(value) : text}\n`);
  if (what === "import" && type === undefined) {
    return (await import("./import-descriptors.ts")).importDescriptors(args, tell);
  }
  const { folders } = readSettings(args.folder, args.overrides).gateway.descriptors;
  const asked = what === "check" && type !== undefined ? [type] : folders;
  const broken: HomeError[] = [];
  const own = join(packageRoot(), "device-descriptors");
  const list = loadCatalogue([own, ...asked], (error) => broken.push(error)).list();
  if (what === "check") broken.push(...list.flatMap(flawOf));
  for (const { message } of broken) process.stderr.write(`${message}\n`);
  if (broken.length > 0) process.exitCode = 1;
  if (what === "check") return broken.length > 0 ? undefined : tellChecked(list, args, tell);
  if (what === "list") return tellList(list, args, tell);
  const found = list.find((one) => one["gk:type"] === type);
  if (what !== "show" || type === undefined) throw new HomeError("usage", say(args.language, "usage"));
  if (found === undefined) throw new HomeError("not-found", `no descriptor "${type}"`);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}

/** What an index vouches for is checked here all the same. */
function flawOf(descriptor: Descriptor): readonly HomeError[] {
  try {
    parseDescriptor(descriptor);
    return [];
  } catch (thrown) {
    const { code, message, details } = toHomeError(thrown);
    return [new HomeError(code, `${descriptor["gk:type"]}: ${message}`, details)];
  }
}

function tellChecked(list: readonly Descriptor[], { language, hasGaps }: Arguments, tell: Tell): void {
  const count = list.length;
  if (!hasGaps) {
    tell({ count }, say(language, "descriptors-good", { count }));
    return;
  }
  const properties = list.reduce((sum, one) => sum + Object.keys(one.properties).length, 0);
  const gaps = list.flatMap(gapsOf);
  const raw = gaps.filter(({ extent }) => extent === "whole").length;
  const percent = ((100 * raw) / Math.max(1, properties)).toFixed(1);
  const facts = { count, properties, raw, percent, part: gaps.length - raw };
  const lines = gaps.map(({ type, epc, property, extent }) => `${type}  ${epc}  ${extent.padEnd(6)}${property}`);
  tell({ count, properties, raw, gaps }, [...lines, say(language, "descriptors-gaps", facts)].join("\n"));
}

function tellList(list: readonly Descriptor[], { language }: Arguments, tell: Tell): void {
  const rows = list.map((one) => ({ type: one["gk:type"], kind: one["gk:kind"], titles: one.titles }));
  const line = ({ type, kind, titles }: (typeof rows)[number]): string =>
    `${type.padEnd(28)}${kind.padEnd(18)}${titles[language]}`;
  tell(rows, rows.map(line).join("\n"));
}
