/** Which of the host's IPv4 addresses the engine uses, and which of them leads to a node. Pure. */

import type { NetworkInterfaceInfo } from "node:os";
import { HomeError } from "../contract/errors.ts";

/** One IPv4 address of the host, with the mask of its subnet. */
export interface LocalAddress {
  readonly address: string;
  readonly netmask: string;
}

/** What node:os knows of the host, by interface name. */
export type HostInterfaces = NodeJS.Dict<readonly NetworkInterfaceInfo[]>;

/** The setting that stands for every address except those of the loopback interface. */
export const automatic = "auto";

/**
 * `wanted`: addresses ("192.168.1.5"), interface names ("eth0") or "auto", in any mixture. An address in a subnet of the
 * host serves even when the host does not list it: all of 127.0.0.0/8 is the host's own.
 * @throws HomeError `address-unusable` for what leads to no address.
 */
export function chooseAddresses(wanted: readonly string[], interfaces: HostInterfaces): readonly LocalAddress[] {
  const chosen = new Map<string, LocalAddress>();
  for (const name of wanted) {
    for (const local of addressesOf(name, interfaces)) chosen.set(local.address, local);
  }
  if (chosen.size === 0) throw leadsNowhere(wanted.join(", "));
  return [...chosen.values()];
}

/** The local address in whose subnet a node is; the first one where it is in none. */
export function addressTowards(address: string, locals: readonly LocalAddress[]): LocalAddress | undefined {
  return locals.find((local) => isInSubnet(address, local)) ?? locals[0];
}

function addressesOf(name: string, interfaces: HostInterfaces): LocalAddress[] {
  const listed = Object.entries(interfaces).flatMap(([label, infos = []]) =>
    infos.filter(({ family }) => family === "IPv4").map((info) => ({ label, ...info })),
  );
  const named =
    name === automatic
      ? listed.filter(({ internal }) => !internal)
      : listed.filter(({ label, address }) => name === label || name === address);
  const subnet = named.length === 0 && isIpv4(name) ? listed.find((info) => isInSubnet(name, info)) : undefined;
  const found = subnet === undefined ? named : [{ ...subnet, address: name }];
  // A host without a network yet has nothing that is automatic; beside loopback that is no mistake.
  if (found.length === 0 && name !== automatic) throw leadsNowhere(name);
  return found.map(({ address, netmask }) => ({ address, netmask }));
}

function leadsNowhere(name: string): HomeError {
  return new HomeError("address-unusable", `"${name}" leads to no IPv4 address of this host`, { address: name });
}

function isInSubnet(address: string, local: LocalAddress): boolean {
  const mask = toNumber(local.netmask);
  return ((toNumber(address) ^ toNumber(local.address)) & mask) === 0;
}

function toNumber(address: string): number {
  return address.split(".").reduce((number, octet) => (number << 8) | Number(octet), 0);
}

function isIpv4(text: string): boolean {
  return /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text);
}
