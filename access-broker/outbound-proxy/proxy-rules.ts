/** Which places homes' computers may be led to (docs/interfaces.md, outbound proxy): the internet at two ports, and what the provider lists. Pure. */

import { isIP } from "node:net";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isIn, isPrivate, isPublic, networkIn } from "./networks.ts";
import type { Target, Way } from "./target.ts";

/** Told to the audit; the client is told only what it could know by itself. */
export type Refusal = "denied" | "home-policy" | "own-name" | "own-address" | "port" | "not-public";

export interface ProxyRules {
  /** Before a name is looked up. An address that is written out is judged here already. */
  judgeTarget(target: Target, way: Way): Refusal | undefined;
  /** An address that the target's name leads to, or that it is. */
  judgeAddress(target: Target, way: Way, address: string): Refusal | undefined;
}

export interface ProxyRulesOptions {
  /** Names (`www.example`, `*.example`), addresses and networks, each with a port where another than 80 and 443 is meant. */
  readonly allow: readonly string[];
  /** Likewise; without a port, all ports are. */
  readonly deny: readonly string[];
  /** The provider's host: neither it nor a name below it is led to, unless it is listed. */
  readonly ownHost: string;
  /** The addresses of this machine. */
  readonly ownAddresses: () => readonly string[];
}

/** An entry of such a list. */
export interface Place {
  readonly isName: boolean;
  readonly hasName: (host: string) => boolean;
  readonly hasAddress: (address: string) => boolean;
  readonly port: number | undefined;
}

const usualPorts: Readonly<Record<Way, readonly number[]>> = { tunnel: [443], request: [80, 443] };

/** @throws HomeError `settings-invalid` */
export function createProxyRules({ allow, deny, ownHost, ownAddresses }: ProxyRulesOptions): ProxyRules {
  const allowed = parsePlaces(allow, "accessBroker.proxy.allow");
  const denied = parsePlaces(deny, "accessBroker.proxy.deny");

  const isUsual = (port: number, way: Way): boolean => usualPorts[way].includes(port);
  const isForPort = (entry: Place, port: number, way: Way): boolean =>
    entry.port === undefined ? isUsual(port, way) : entry.port === port;
  const isDenied = (port: number, has: (entry: Place) => boolean): boolean =>
    denied.some((entry) => has(entry) && (entry.port ?? port) === port);
  const isAllowed = (port: number, way: Way, has: (entry: Place) => boolean): boolean =>
    allowed.some((entry) => has(entry) && isForPort(entry, port, way));

  const rules: ProxyRules = {
    judgeTarget(target, way) {
      const { host, port } = target;
      const isListed = (entry: Place): boolean => entry.hasName(host) || entry.hasAddress(host);
      if (isDenied(port, isListed)) return "denied";
      const isAdmitted = isAllowed(port, way, isListed);
      if (!isAdmitted && (host === ownHost || host.endsWith(`.${ownHost}`))) return "own-name";
      if (!isAdmitted && !isUsual(port, way)) return "port";
      return isIP(host) === 0 ? undefined : rules.judgeAddress(target, way, host);
    },

    judgeAddress({ host, port }, way, address) {
      if (isDenied(port, (entry) => entry.hasAddress(address))) return "denied";
      if (isAllowed(port, way, (entry) => entry.hasAddress(address))) return undefined;
      // Where a listed name leads to is the provider's own affair, but it never leads to metadata or to everyone.
      if (isAllowed(port, way, (entry) => entry.hasName(host)) && isPrivate(address)) return undefined;
      if (!isPublic(address)) return "not-public";
      return ownAddresses().includes(address) ? "own-address" : undefined;
    },
  };
  return rules;
}

/** `key`: what the list is called where people write it. @throws HomeError `settings-invalid` */
export const parsePlaces = (texts: readonly string[], key: string): readonly Place[] =>
  texts.map((text) => placeOf(text, key));

function placeOf(text: string, key: string): Place {
  const [, head = text, digits] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  const plain = head.replace(/^\[([^\]]*)\]$/, "$1");
  const network = networkIn(plain);
  const isName = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(plain) && !/(?:^|\.)\d+$/.test(plain);
  if ((network === undefined && !isName) || port === 0 || (port ?? 1) > 65_535) {
    throw new HomeError("settings-invalid", `${key}: "${text}" is no name, address or network`, { key });
  }
  return {
    port,
    isName: network === undefined,
    hasName: (host) =>
      network === undefined && (plain.startsWith("*.") ? host.endsWith(plain.slice(1)) : host === plain),
    hasAddress: (address) => network !== undefined && isIn(network, address),
  };
}
