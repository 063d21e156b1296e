/** `genkan descriptors check|list|show`: what device descriptors there are, and whether they are in order. */

import { join } from "node:path";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { packageRoot } from "../host/package-root.ts";
import type { Arguments } from "./arguments.ts";
import { readSettings } from "./read-settings.ts";
import { say } from "./say.ts";

export async function descriptors(args: Arguments): Promise<void> {
  // Loaded only for its own words: what it needs is not there on every Node that a gateway runs on.
  const isForDatabase = ["publish", "published", "withdraw", "wanted"].includes(args.rest[0] ?? "");
  if (isForDatabase) return (await import("./descriptor-database.ts")).descriptorDatabase(args);
  if (args.rest.length > 2) throw new HomeError("usage", say(args.language, "usage"));
  const { folders } = readSettings(args.folder, args.overrides).gateway.descriptors;
  const [what, type] = args.rest;
  const asked = what === "check" && type !== undefined ? [type] : folders;
  const broken: HomeError[] = [];
  const list = loadCatalogue([join(packageRoot(), "device-descriptors"), ...asked], (error) =>
    broken.push(error),
  ).list();
  const tell = (value: object, text: string): void =>
    void process.stdout.write(`${args.isJson ? JSON.stringify(value) : text}\n`);
  for (const { message } of broken) process.stderr.write(`${message}\n`);
  if (broken.length > 0) process.exitCode = 1;
  if (what === "check" && broken.length > 0) return;
  if (what === "check")
    return tell({ count: list.length }, say(args.language, "descriptors-good", { count: list.length }));
  if (what === "list") {
    const rows = list.map((one) => ({ type: one["gk:type"], kind: one["gk:kind"], titles: one.titles }));
    const line = ({ type, kind, titles }: (typeof rows)[number]): string =>
      `${type.padEnd(28)}${kind.padEnd(18)}${titles[args.language]}`;
    return tell(rows, rows.map(line).join("\n"));
  }
  const found = list.find((one) => one["gk:type"] === type);
  if (what !== "show" || type === undefined) throw new HomeError("usage", say(args.language, "usage"));
  if (found === undefined) throw new HomeError("not-found", `no descriptor "${type}"`);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}
