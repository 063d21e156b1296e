/** Whether the port of ECHONET Lite is free for the gateway, and if not, who has it. */

import { echonetGroup, echonetPort } from "../../gateway-core/gateway.ts";
import { listenToLan } from "../../host/lan-listener.ts";
import { type PortOwner, udpPortOwners } from "../../host/port-owner.ts";
import { type Check, findings } from "./finding.ts";

export const port: Check = async ({ args, addresses, gateway }) => {
  const { ok, warn, fail } = findings("port", args.language);
  if (addresses.length === 0) return warn("doctor-no-address");
  const how = { addresses, group: echonetGroup, port: echonetPort, onDatagram: () => undefined };
  // Asked before our own sockets stand in the same table.
  const owners = udpPortOwners(echonetPort);
  await using listener = await listenToLan(how);
  const taken = [...listener.taken.keys()];
  if (taken.length === 0) return ok("doctor-port-free", { port: echonetPort });
  const holders = (owners ?? []).filter(({ address }) => taken.includes(address) || isEvery(address));
  const facts = { port: echonetPort, addresses: taken.join(", "), owner: holders.map(nameOf).join(", ") };
  if (gateway !== undefined && holders.some(({ pid }) => pid === gateway.pid)) return ok("doctor-port-ours", facts);
  return holders.length === 0
    ? fail("doctor-port-unknown", facts, "doctor-port-find")
    : fail("doctor-port-taken", facts, "doctor-port-hint");
};

const isEvery = (address: string): boolean => address === "0.0.0.0" || address === "::";

const nameOf = ({ name, pid, inode }: PortOwner): string =>
  pid === undefined ? `socket ${inode}` : `${name} (pid ${pid})`;
