/** `genkan decode FORM HEX`, or one a line with `--lines`: octets of the wire as one JSON object each. */

import { join } from "node:path";
import { createInterface } from "node:readline";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { explainFrame } from "../gateway-core/gateway.ts";
import { packageRoot } from "../host/package-root.ts";
import type { Arguments } from "./arguments.ts";
import { explainerOfIeee1394 } from "./decode-ieee1394.ts";
import { say } from "./say.ts";

export async function decode(args: Arguments): Promise<void> {
  const [form = "", hex] = args.rest;
  const explain = form === "echonet" ? explainerOfEchonet() : explainerOfIeee1394(form, args.isByLine);
  if (explain === undefined || (hex === undefined) !== args.isByLine)
    throw new HomeError("usage", say(args.language, "usage"));
  if (hex === undefined) await decodeLines(explain);
  else if (!attempt(() => explain(hex), process.stdout, process.stderr)) process.exitCode = 1;
}

function explainerOfEchonet(): (text: string) => string {
  const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);
  return (text) => JSON.stringify(explainFrame(text.trim(), (key) => catalogue.find(key)));
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
