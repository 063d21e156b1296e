/** Which of the host's addresses the engine uses, and which of them leads to a node. Pure. */

import type { NetworkInterfaceInfo } from "node:os";
import type { Family, Reach } from "./transport.ts";

/** One address of the host. */
export interface LocalAddress {
  readonly family: Family;
  /** IPv6 with its zone: "fe80::1%eth0". */
  readonly address: string;
  /** The name of its interface. */
  readonly zone: string;
  readonly netmask: string;
}

/** What node:os knows of the host, by interface name. */
export type HostInterfaces = NodeJS.Dict<readonly NetworkInterfaceInfo[]>;

export interface Choice {
  readonly locals: readonly LocalAddress[];
  /** What was named and leads to no address now. */
  readonly missing: readonly string[];
}

/** The setting that stands for every interface but loopback. */
export const automatic = "auto";

/**
 * `interfaces`: addresses ("192.168.1.5", "fe80::1%eth0"), interface names ("eth0") or "auto", in any mixture. An interface
 * stands for its IPv4 addresses and its link-local IPv6 address, as far as these families are wanted. Of loopback,
 * every IPv4 address serves, though the host lists one: all of 127.0.0.0/8 is the host's own.
 */
export function chooseAddresses({ interfaces, families }: Reach, host: HostInterfaces): Choice {
  const listed = Object.entries(host).flatMap(([zone, infos = []]) =>
    infos.map((info) => ({ ...toLocal(zone, info), isInternal: info.internal })),
  );
  const serving = oneLinkLocalEach(listed).filter(({ family }) => families.includes(family));
  const chosen = new Map<string, LocalAddress>();
  const missing: string[] = [];
  for (const name of interfaces) {
    const found =
      name === automatic
        ? serving.filter(({ isInternal }) => !isInternal)
        : [...serving.filter(({ zone }) => zone === name), ...named(name, listed)];
    // A host without a network yet has nothing that is automatic: that is no mistake, and may change.
    if (found.length === 0 && name !== automatic) missing.push(name);
    for (const { family, address, zone, netmask } of found) chosen.set(address, { family, address, zone, netmask });
  }
  return { locals: [...chosen.values()], missing };
}

/** The local address that leads to a node: of the same zone or subnet, else the first one of its family. */
export function addressTowards<T extends LocalAddress>(address: string, locals: readonly T[]): T | undefined {
  const [, zone] = address.split("%");
  const ofFamily = locals.filter(({ family }) => family === familyOf(address));
  const isNear = (local: T): boolean => (local.family === "ipv6" ? local.zone === zone : isInSubnet(address, local));
  return ofFamily.find(isNear) ?? ofFamily[0];
}

export function familyOf(address: string): Family {
  return address.includes(":") ? "ipv6" : "ipv4";
}

function toLocal(zone: string, { family, address, netmask }: NetworkInterfaceInfo): LocalAddress {
  return family === "IPv4"
    ? { family: "ipv4", address, zone, netmask }
    : { family: "ipv6", address: `${address}%${zone}`, zone, netmask };
}

/** Of IPv6 addresses, an interface serves with one, and with one that needs no router: nodes are on the same link. */
function oneLinkLocalEach<T extends LocalAddress>(listed: readonly T[]): T[] {
  const zones = new Set<string>();
  return listed.filter(({ family, address, zone }) => {
    if (family === "ipv4") return true;
    const isFirst = /^fe[89ab]/i.test(address) && !zones.has(zone);
    if (isFirst) zones.add(zone);
    return isFirst;
  });
}

function named(name: string, listed: readonly (LocalAddress & { readonly isInternal: boolean })[]): LocalAddress[] {
  const same = listed.filter(({ address }) => address === name || address.split("%")[0] === name);
  if (same.length > 0 || !/^(?:\d{1,3}\.){3}\d{1,3}$/.test(name)) return same;
  const loopback = listed.find((local) => local.isInternal && local.family === "ipv4" && isInSubnet(name, local));
  return loopback === undefined ? [] : [{ ...loopback, address: name }];
}

function isInSubnet(address: string, { address: own, netmask }: LocalAddress): boolean {
  return ((toNumber(address) ^ toNumber(own)) & toNumber(netmask)) === 0;
}

function toNumber(address: string): number {
  return address.split(".").reduce((number, octet) => (number << 8) | Number(octet), 0);
}
