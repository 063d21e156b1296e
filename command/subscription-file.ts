/** `genkan subscribe --export FILE` and `--import FILE`: homes carried by a medium, signed by the provider. */

import { readFileSync, writeFileSync } from "node:fs";
import { exportSubscriptions, importSubscriptions } from "../access-broker/access-broker.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Arguments } from "./arguments.ts";
import { provider } from "./provider-of.ts";
import { print, say } from "./say.ts";

/** The home of `--number`, or all. */
export async function writeSubscriptions(args: Arguments, file: string): Promise<void> {
  const signed = await exportSubscriptions({ ...provider(args), number: args.values.number });
  writeFileSync(file, `${JSON.stringify(signed)}\n`, { mode: 0o600 });
  print(args, { file }, say(args.language, "subscriptions-written", { file }));
}

/** @throws HomeError `usage`, `subscription-file-invalid` */
export async function readSubscriptions(args: Arguments, file: string): Promise<void> {
  const numbers = await importSubscriptions({ ...provider(args), file: readJson(file) });
  print(args, { numbers }, say(args.language, "subscriptions-read", { file, numbers: numbers.join(", ") }));
}

/** @throws HomeError `usage` */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new HomeError("usage", `${file} cannot be read as JSON: ${String(cause)}`, {}, cause);
  }
}
