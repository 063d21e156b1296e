/** Which networks this machine has, and on which of them a gateway looks for devices. */

import { networkInterfaces } from "node:os";
import { type Check, findings } from "./finding.ts";

export const interfaces: Check = async ({ args, settings, addresses }) => {
  const { ok, warn, fail } = findings("interfaces", args.language);
  const all = Object.entries(networkInterfaces()).flatMap(([name, infos = []]) =>
    infos.filter(({ family }) => family === "IPv4").map(({ address }) => ({ name, address })),
  );
  const wanted = args.values.interface ?? settings.home.interfaces.join(", ");
  const facts = {
    wanted,
    used: addresses.join(", "),
    all: all.map(({ name, address }) => `${name} ${address}`).join(", "),
  };
  if (addresses.length === 0) return fail("doctor-interfaces-none", facts, "doctor-interfaces-hint");
  const isLoopback = addresses.every((address) => address.startsWith("127."));
  if (isLoopback) return warn("doctor-interfaces-loopback", facts, "doctor-interfaces-hint");
  return ok("doctor-interfaces-good", facts);
};
