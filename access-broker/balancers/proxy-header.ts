/** What a balancer says first of a connection that it hands on: where that comes from (HAProxy, The PROXY protocol, versions 1 and 2, §2). Pure. */

import { isIPv4, isIPv6 } from "node:net";
import { ByteReader } from "../../gateway-core/bytes/byte-reader.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

export interface ProxyHeader {
  /** How long it is. */
  readonly octets: number;
  /** The address that the connection comes from; absent where the balancer speaks for itself, or knows none. */
  readonly source?: string;
}

/** §2.1: the longest line of version 1, its end included. */
const longestLine = 107;
/** A header with all that HAProxy adds to it is a tenth of that. */
const longestHeader = 4 * 1024;
/** §2.2. */
const signature = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const fixedOctets = signature.length + 4;
const lineStart = new TextEncoder().encode("PROXY ");
const commands = { local: 0x20, proxy: 0x21 };
/** Octets of addresses and ports, by what is told: address family and transport. Of others than TCP over IP nothing is taken. */
const addressOctets: Readonly<Record<number, number>> = {
  0: 0,
  17: 12,
  18: 12,
  33: 36,
  34: 36,
  49: 216,
  50: 216,
};
const [tcp4, tcp6] = [0x11, 0x21];

/**
 * Undefined while it is not whole.
 * @throws HomeError `frame-malformed` as soon as it can be no such header.
 */
export function decodeProxyHeader(octets: Uint8Array): ProxyHeader | undefined {
  if (octets.length === 0) return undefined;
  return octets[0] === lineStart[0] ? decodeLine(octets) : decodeBinary(octets);
}

/** `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`, `PROXY UNKNOWN …`. */
function decodeLine(octets: Uint8Array): ProxyHeader | undefined {
  assertStart(octets, lineStart);
  const end = octets.subarray(0, longestLine).indexOf(0x0a);
  if (end < 0 && octets.length < longestLine) return undefined;
  const line = String.fromCharCode(...octets.subarray(0, end < 0 ? longestLine : end + 1));
  const [, told = "", more = ""] = /^PROXY (TCP4|TCP6|UNKNOWN)((?: [\x21-\x7e]+)*)\r\n$/.exec(line) ?? [];
  const header = { octets: line.length };
  if (told === "UNKNOWN") return header;
  const [source = "", target = "", ...ports] = more.slice(1).split(" ");
  const isAddress = told === "TCP4" ? isIPv4 : isIPv6;
  const isWhole = told !== "" && isAddress(source) && isAddress(target) && ports.length === 2 && ports.every(isPort);
  if (!isWhole || source.includes("%")) throw malformed("a line that is none of its version");
  return { ...header, source: told === "TCP4" ? source : shortIpv6(groupsOf(source)) };
}

const isPort = (text: string): boolean => /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 0xffff;

function decodeBinary(octets: Uint8Array): ProxyHeader | undefined {
  assertStart(octets, signature);
  if (octets.length < fixedOctets) return undefined;
  const fixed = new ByteReader(octets.subarray(signature.length));
  const [command, family, length] = [fixed.uint(1), fixed.uint(1), fixed.uint(2)];
  const header = { octets: fixedOctets + length };
  if (command !== commands.local && command !== commands.proxy) throw malformed(`version and command ${command}`);
  if (header.octets > longestHeader) throw malformed(`${header.octets} octets`);
  if (octets.length < header.octets) return undefined;
  // §2.2: of a connection of the balancer's own, what follows is to be skipped.
  if (command === commands.local) return header;
  const needed = addressOctets[family];
  if (needed === undefined || length < needed) throw malformed(`family ${family} in ${length} octets`);
  const rest = new ByteReader(octets.subarray(fixedOctets, header.octets));
  const addresses = new ByteReader(rest.octets(needed));
  // §2.2.7: type and length of each, which must fill it exactly.
  while (rest.remaining > 0) {
    rest.octets(1);
    rest.octets(rest.uint(2));
  }
  if (family === tcp4) return { ...header, source: [...addresses.octets(4)].join(".") };
  if (family === tcp6) return { ...header, source: shortIpv6(Array.from({ length: 8 }, () => addresses.uint(2))) };
  return header;
}

/** As far as it has come. */
function assertStart(octets: Uint8Array, start: Uint8Array): void {
  const isSo = octets.subarray(0, start.length).every((octet, at) => octet === start[at]);
  if (!isSo) throw malformed("no PROXY header");
}

/** The eight groups of an address that is one. */
function groupsOf(text: string): readonly number[] {
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(text)?.[0] ?? "";
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split(".").map(Number);
  const plain = dotted === "" ? text : `${text.slice(0, -dotted.length)}${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
  const [head = [], tail = []] = plain.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const filling = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...filling, ...tail].map((group) => Number.parseInt(group, 16));
}

/** One writing for one address (RFC 5952 §4), as sources are compared as texts; an IPv4 address within it as Node writes it. */
function shortIpv6(groups: readonly number[]): string {
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped)
    return `::ffff:${groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join(".")}`;
  const text = groups.map(hex).join(":");
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)].toSorted(([a], [b]) => b.length - a.length);
  const [run] = runs;
  if (run === undefined) return text;
  const rest = text.slice(run.index + run[0].length);
  return `${text.slice(0, run.index).replace(/:$/, "")}::${rest.replace(/^:/, "")}`;
}

const hex = (group: number): string => group.toString(16);

const malformed = (reason: string): HomeError => new HomeError("frame-malformed", `PROXY protocol: ${reason}`);
