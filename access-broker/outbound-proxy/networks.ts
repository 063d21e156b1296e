/** Which addresses are out in the internet, by special-networks.json (RFC 6890). Pure. */

import { BlockList, isIPv4, isIPv6 } from "node:net";
import table from "./special-networks.json" with { type: "json" };

/** IPv6 that is assigned to anybody lies here (RFC 4291 §2.4); all else is special, whatever it will be. */
const globalUnicast = listOf(["2000::/3"]);
const special = table.map(({ network }) => network);
/** Apart: an IPv4 address would be found in the network of all mapped ones. */
const special4 = listOf(special.filter((network) => !network.includes(":")));
const special6 = listOf(special.filter((network) => network.includes(":")));
const privateOnes = listOf(table.filter((one) => "isPrivate" in one).map(({ network }) => network));

/** Whether the address belongs to somebody out in the internet; false for what is no address. */
export function isPublic(address: string): boolean {
  if (isIPv4(address)) return !special4.check(address, "ipv4");
  return isIn(globalUnicast, address) && !special6.check(address, "ipv6");
}

/** Whether the address is one that a provider's own servers may have: private, unique local, carrier-grade NAT, loopback. */
export const isPrivate = (address: string): boolean => isIn(privateOnes, address);

/** Whether the list has the address; false for what is no address. */
export function isIn(list: BlockList, address: string): boolean {
  if (isIPv4(address)) return list.check(address, "ipv4");
  return isIPv6(address) && isPlain(address) && list.check(address, "ipv6");
}

/** Without a zone, such as `%eth0`. */
const isPlain = (address: string): boolean => !address.includes("%");

/** A network such as `192.0.2.0/24`, or an address; undefined for anything else. */
export function networkIn(text: string): BlockList | undefined {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIPv4(address) ? "ipv4" : isIPv6(address) && isPlain(address) ? "ipv6" : undefined;
  if (family === undefined || rest.length > 0) return undefined;
  const longest = family === "ipv4" ? 32 : 128;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > longest)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(bits ?? longest), family);
  return list;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    list.addSubnet(address, Number(bits), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list;
}
