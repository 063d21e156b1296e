/** `genkan decode echonet HEX`, or one frame a line with `--lines`: octets as one JSON object each. */

import { join } from "node:path";
import { createInterface } from "node:readline";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { explainFrame } from "../gateway-core/gateway.ts";
import { packageRoot } from "../host/package-root.ts";
import type { Arguments } from "./arguments.ts";
import { say } from "./say.ts";

export async function decode(args: Arguments): Promise<void> {
  const [wire, hex] = args.rest;
  if (wire !== "echonet" || (hex === undefined) !== args.isByLine)
    throw new HomeError("usage", say(args.language, "usage"));
  const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);
  const explain = (text: string): string => JSON.stringify(explainFrame(text.trim(), (key) => catalogue.find(key)));
  if (hex === undefined) await decodeLines(explain);
  else if (!attempt(() => explain(hex), process.stdout, process.stderr)) process.exitCode = 1;
}

/** One line in, one line out, an error in its line's place; exit code 1 at the end when there was one. */
async function decodeLines(explain: (text: string) => string): Promise<void> {
  for await (const line of createInterface(process.stdin)) {
    if (!attempt(() => explain(line), process.stdout, process.stdout)) process.exitCode = 1;
  }
}

function attempt(explain: () => string, good: NodeJS.WritableStream, bad: NodeJS.WritableStream): boolean {
  try {
    good.write(`${explain()}\n`);
    return true;
  } catch (thrown) {
    const { code, message, details } = toHomeError(thrown);
    bad.write(`${JSON.stringify({ error: { code, message, offset: details["offset"] ?? null } })}\n`);
    return false;
  }
}
