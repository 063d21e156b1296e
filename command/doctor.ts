/** `genkan doctor`: what a person needs to know when a device is missing. */

import type { Settings } from "../gateway-core/gateway.ts";
import { type Arguments, type Language, numberOf } from "./arguments.ts";
import { checks } from "./doctor/checks.ts";
import type { Finding } from "./doctor/finding.ts";
import { findRunningGateway } from "./doctor/running-gateway.ts";
import { ownAddresses } from "./own-addresses.ts";
import { readSettings } from "./read-settings.ts";
import { say } from "./say.ts";

const listeningSeconds = 3;

/** Exit code 1 when a check failed; a warning is none. */
export async function doctor(args: Arguments): Promise<void> {
  const settings = readSettings(args.folder, args.overrides).gateway;
  const gateway = findRunningGateway(args.folder);
  const seconds = numberOf(args, "seconds", listeningSeconds);
  const examined = { args, settings, addresses: addressesOf(args, settings), seconds, gateway };
  const found: Finding[] = [];
  for (const check of checks) {
    const finding = await check(examined);
    found.push(finding);
    // One by one: some take their time.
    if (!args.isJson) process.stdout.write(`${lineOf(finding, args.language)}\n`);
  }
  if (args.isJson) process.stdout.write(`${JSON.stringify(found)}\n`);
  if (found.some(({ state }) => state === "fail")) process.exitCode = 1;
}

/** What leads to no address is told by the check of the interfaces. */
function addressesOf(args: Arguments, settings: Settings): readonly string[] {
  try {
    return ownAddresses(args, settings);
  } catch {
    return [];
  }
}

function lineOf({ state, text, hint }: Finding, language: Language): string {
  const mark = { ok: "✓", warn: "!", fail: "✗" }[state];
  return [`${mark} ${text}`, ...(hint === undefined ? [] : [`    ${say(language, "doctor-hint", { hint })}`])].join(
    "\n",
  );
}
