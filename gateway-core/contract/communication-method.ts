/** The ways in which a home may be reached from outside; a home's subscription names those that it allows (docs/interfaces.md). */

import { HomeError } from "./errors.ts";

/** https: pages and commands; wss, mqtts: remote MQTT; proxy: the outbound proxy; compact: pages for simple terminals. */
export const communicationMethods = ["https", "wss", "mqtts", "proxy", "compact"] as const;
export type CommunicationMethod = (typeof communicationMethods)[number];

/** @throws HomeError `communication-method-not-allowed` */
export function assertCommunicationMethod(allowed: readonly CommunicationMethod[], method: CommunicationMethod): void {
  if (allowed.includes(method)) return;
  throw new HomeError("communication-method-not-allowed", `this home is not reached by ${method}`, { method, allowed });
}

/** Reads a list as people write it, `https,mqtts`; in the order of the closed list. @throws HomeError `value-invalid` */
export function parseCommunicationMethods(text: string): readonly CommunicationMethod[] {
  const told = text.split(",").map((one) => one.trim());
  const unknown = told.find((one) => !communicationMethods.some((method) => method === one));
  if (unknown === undefined) return communicationMethods.filter((method) => told.includes(method));
  const expected = communicationMethods.join(", ");
  throw new HomeError("value-invalid", `"${unknown}" is no communication method: ${expected}`, { value: unknown });
}
