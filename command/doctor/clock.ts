/** Whether this machine's clock can be right: a small computer without a battery starts in the past, and then no certificate holds. */

import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readRegistration } from "../../gateway-core/gateway.ts";
import { fileMemory, systemClock } from "../../host/system-host.ts";
import { type Check, findings } from "./finding.ts";

const toleranceMs = 60_000;

export const clock: Check = async ({ args: { folder, language } }) => {
  const { ok, warn } = findings("clock", language);
  const now = systemClock.now();
  const witness = Math.max(newestFile(folder), newestFile(join(folder, "gateway")), certificateStart(folder));
  const facts = { now: new Date(now).toISOString(), witness: new Date(Math.max(0, witness)).toISOString() };
  return witness > now + toleranceMs
    ? warn("doctor-clock-past", facts, "doctor-clock-hint")
    : ok("doctor-clock-good", facts);
};

/** When a file of the folder was last written; 0 where there is none. */
function newestFile(folder: string): number {
  if (!existsSync(folder)) return 0;
  const times = readdirSync(folder).map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Math.max(0, ...times);
}

function certificateStart(folder: string): number {
  try {
    const registration = readRegistration(fileMemory(join(folder, "gateway")));
    return registration === undefined ? 0 : new X509Certificate(registration.certificate).validFromDate.getTime();
  } catch {
    // What cannot be read is told by the check of the access broker.
    return 0;
  }
}
