/** Whether this Node runs a gateway, and a whole home. */

import { type Check, findings } from "./finding.ts";

const gatewayNeeds = [22, 9] as const;
const homeNeeds = [24, 7] as const;

export const nodeVersion: Check = async ({ args }) => checkVersion(process.versions.node, args.language);

export function checkVersion(version: string, language: "en" | "ja") {
  const { ok, warn, fail } = findings("node-version", language);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isAtLeast = ([wanted, least]: readonly [number, number]): boolean =>
    major > wanted || (major === wanted && minor >= least);
  if (!isAtLeast(gatewayNeeds)) return fail("doctor-node-old", { version }, "doctor-node-hint");
  if (!isAtLeast(homeNeeds)) return warn("doctor-node-gateway", { version }, "doctor-node-hint");
  return ok("doctor-node-good", { version });
}
