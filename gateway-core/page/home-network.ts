/** Who may talk to the page server: the names it answers to (against DNS rebinding) and the networks it listens to. Pure. */

import { BlockList, isIP } from "node:net";
import { HomeError } from "../contract/errors.ts";

const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether a Host header names this server: a loopback name, the very address that the connection reached, or a name of
 * the settings. Anything else may be a foreign page's name that was pointed here.
 */
export function isOwnHost(host: string | undefined, localAddress: string, hostNames: readonly string[]): boolean {
  const name = host?.toLowerCase().replace(/:\d+$/, "");
  if (name === undefined) return false;
  const own = plainAddress(localAddress);
  return [...loopbackNames, own.includes(":") ? `[${own}]` : own, ...hostNames].some(
    (allowed) => allowed.toLowerCase() === name,
  );
}

/**
 * The home's networks (`192.168.1.0/24`, `fd12::/64`); loopback always belongs to them.
 * @throws HomeError `settings-invalid`
 */
export function homeNetworks(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  list.addSubnet("127.0.0.0", 8, "ipv4");
  list.addAddress("::1", "ipv6");
  for (const network of networks) {
    const [address = "", length = ""] = network.split("/");
    const version = isIP(address);
    const bits = Number(length);
    if (version === 0 || !/^\d+$/.test(length) || bits > (version === 4 ? 32 : 128)) {
      throw new HomeError("settings-invalid", `"${network}" is no network such as 192.168.1.0/24`, { network });
    }
    list.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
  }
  return (address) => {
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? "ipv4" : "ipv6");
  };
}

/** An IPv4 address that came in through an IPv6 socket, as IPv4; without a zone. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
}
