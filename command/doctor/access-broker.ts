/** Whether the access broker that this gateway is enrolled at answers, and proves to be the one of the card. */

import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { toHomeError } from "../../gateway-core/contract/errors.ts";
import { findGatewayPort, readCardTrouble, readRegistration } from "../../gateway-core/gateway.ts";
import { systemHost } from "../../host/system-host.ts";
import { type Check, findings } from "./finding.ts";

export const accessBroker: Check = async ({ args }) => {
  const { ok, warn, fail } = findings("access-broker", args.language);
  const host = systemHost(join(args.folder, "gateway"));
  try {
    const registration = readRegistration(host.memory);
    if (registration === undefined) {
      const trouble = readCardTrouble(host.memory);
      if (trouble === undefined) return ok("doctor-broker-none");
      return warn("doctor-broker-card", { ...trouble }, "doctor-broker-card-hint");
    }
    const { broker, number } = registration;
    const { validToDate } = new X509Certificate(registration.certificate);
    const facts = { broker, number, until: validToDate.toISOString().slice(0, 10) };
    if (validToDate.getTime() < host.clock.now()) return fail("doctor-broker-expired", facts, "doctor-broker-enrol");
    await findGatewayPort(host, registration);
    return ok("doctor-broker-good", facts);
  } catch (thrown) {
    return fail("doctor-broker-bad", { reason: toHomeError(thrown).message }, "doctor-broker-hint");
  }
};
