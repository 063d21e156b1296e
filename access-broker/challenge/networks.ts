/** A list of where a source may be: networks, IPv4 and IPv6 (RFC 4632, RFC 4291 §2.3), and numbers of callers (RFC 3966). Pure. */

import { BlockList, isIPv4, isIPv6 } from "node:net";
import { HomeError } from "../../gateway-core/contract/errors.ts";

export interface Networks {
  /** A mapped address (`::ffff:192.0.2.1`) counts as the IPv4 address that it is; a caller is in no network. */
  contains(source: string): boolean;
}

/** Wider ones are no networks of somebody's own. */
const widest = { ipv4: 8, ipv6: 16 } as const;
const most = 16;
const mapped = new BlockList();
mapped.addSubnet("::ffff:0:0", 96, "ipv6");

/** As the access network writes it, without separators. */
const caller = /^tel:\+?\d{3,15}$/;

/** `192.0.2.0/24,2001:db8::/32,tel:+81312345678`. @throws HomeError `value-invalid` */
export function parseNetworks(text: string): Networks {
  const list = new BlockList();
  const names = text.split(",");
  if (names.length > most) throw invalid(text, `at most ${most} networks`);
  const callers = names.filter((name) => caller.test(name));
  for (const name of names) {
    if (callers.includes(name)) continue;
    const [address = "", bits = "", ...rest] = name.split("/");
    const family = isIPv4(address) ? "ipv4" : isIPv6(address) && !address.includes("%") ? "ipv6" : undefined;
    if (family === undefined || rest.length > 0)
      throw invalid(name, "it is written 192.0.2.0/24, 2001:db8::/32 or tel:+81312345678");
    if (family === "ipv6" && mapped.check(address, "ipv6")) throw invalid(name, "write an IPv4 network as one");
    const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (prefix < widest[family] || prefix > (family === "ipv4" ? 32 : 128)) {
      throw invalid(name, `its prefix has ${widest[family]} bits or more`);
    }
    list.addSubnet(address, prefix, family);
  }
  return {
    contains(source) {
      if (source.startsWith("tel:")) return callers.includes(source);
      const plain = source.toLowerCase().startsWith("::ffff:") && isIPv4(source.slice(7)) ? source.slice(7) : source;
      if (isIPv4(plain)) return list.check(plain, "ipv4");
      return isIPv6(plain) && list.check(plain, "ipv6");
    },
  };
}

const invalid = (network: string, reason: string): HomeError =>
  new HomeError("value-invalid", `"${network.slice(0, 64)}" cannot be used: ${reason}`, {
    network: network.slice(0, 64),
    reason,
  });
