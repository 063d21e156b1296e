/** The IPv4 addresses of this machine on which a gateway with these settings would look for ECHONET Lite nodes. */

import { networkInterfaces } from "node:os";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { chooseAddresses, type Settings } from "../gateway-core/gateway.ts";
import type { Arguments } from "./arguments.ts";

/** @throws HomeError `address-unusable` for a name that leads to no address now. */
export function ownAddresses({ values }: Arguments, { home }: Settings): readonly string[] {
  const interfaces = values.interface?.split(",") ?? home.interfaces;
  const { locals, missing } = chooseAddresses({ interfaces, families: ["ipv4"] }, networkInterfaces());
  const [address] = missing;
  if (address !== undefined) {
    throw new HomeError("address-unusable", `"${address}" leads to no IPv4 address of this host`, { address });
  }
  return locals.map((local) => local.address);
}
