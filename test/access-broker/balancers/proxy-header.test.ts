import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeProxyHeader } from "../../../access-broker/balancers/proxy-header.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";

const text = (line: string): Uint8Array => new TextEncoder().encode(line);
const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
/** A header of version 2 as the specification lays it out. */
const binary = (command: number, family: number, body: readonly number[], length = body.length): Uint8Array =>
  Uint8Array.from([...signature, command, family, length >> 8, length & 0xff, ...body]);
const ports = [0xdc, 0x04, 0x01, 0xbb];
const four = [192, 0, 2, 1, 192, 0, 2, 2, ...ports];
const six = [...[0x20, 0x01, 0x0d, 0xb8, ...Array(11).fill(0), 1], ...Array(16).fill(0xff), ...ports];
const malformed = expect.objectContaining({ code: "frame-malformed" });

describe("A PROXY header", () => {
  it.each([
    ["PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n", "192.0.2.1"],
    ["PROXY TCP4 255.255.255.255 255.255.255.255 65535 0\r\n", "255.255.255.255"],
    ["PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", "2001:db8::1"],
    ["PROXY TCP6 2001:0DB8:0:0:0:0:0:1 ::1 1 2\r\n", "2001:db8::1"],
    ["PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "::ffff:192.0.2.1"],
    ["PROXY TCP6 2001:db8:0:0:1:0:0:1 ::1 1 2\r\n", "2001:db8::1:0:0:1"],
    ["PROXY TCP6 1:2:3:4:5:6:7:8 ::1 1 2\r\n", "1:2:3:4:5:6:7:8"],
    ["PROXY TCP6 :: ::1 1 2\r\n", "::"],
    ["PROXY TCP6 fe80:: ::1 1 2\r\n", "fe80::"],
    ["PROXY UNKNOWN\r\n", undefined],
    ["PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", undefined],
  ])("of version 1 names its source: %j", (line, source) => {
    const told = source === undefined ? { octets: line.length } : { octets: line.length, source };
    expect(decodeProxyHeader(text(line))).toEqual(told);
    // What follows is another's.
    expect(decodeProxyHeader(text(`${line}\u0016\u0003\u0001`))).toEqual(told);
    for (let cut = 0; cut < line.length; cut++) expect(decodeProxyHeader(text(line.slice(0, cut)))).toBeUndefined();
  });

  it.each([
    "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\n",
    "PROXY TCP4 192.0.2.1  192.0.2.2 56324 443\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 56324\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443 \r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 56324 0443\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 56324 65536\r\n",
    "PROXY TCP4 192.0.2.256 192.0.2.2 56324 443\r\n",
    "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
    "PROXY TCP6 192.0.2.1 192.0.2.2 56324 443\r\n",
    "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
    "PROXY TCP4\r\n",
    "PROXY UDP4 192.0.2.1 192.0.2.2 56324 443\r\n",
    "PROXYTCP4 192.0.2.1",
    "POST / HTTP/1.1\r\n",
    "GET / HTTP/1.1\r\n",
    "\u0016\u0003\u0001",
    `PROXY UNKNOWN ${"x".repeat(92)}\r\n`,
    "\r\n\r\n\0\r\nQUITx",
  ])("is no such line: %j", (line) => {
    expect(() => decodeProxyHeader(text(line))).toThrow(malformed);
  });

  it("of version 2 names its source, whatever more is told, and says nothing of others than TCP over IP", () => {
    const tlvs = [0x01, 0x00, 0x02, 0x68, 0x32, 0x04, 0x00, 0x00];
    for (const [family, body, source] of [
      [0x11, four, "192.0.2.1"],
      [0x11, [...four, ...tlvs], "192.0.2.1"],
      [0x21, six, "2001:db8::1"],
      [0x21, [...six, ...tlvs], "2001:db8::1"],
      [0x12, four, undefined],
      [0x22, six, undefined],
      [0x31, Array(216).fill(0x2f), undefined],
      [0x32, Array(216).fill(0x2f), undefined],
      [0x00, [], undefined],
      [0x00, tlvs, undefined],
    ] as const) {
      const whole = binary(0x21, family, body);
      const told = source === undefined ? { octets: whole.length } : { octets: whole.length, source };
      expect(decodeProxyHeader(whole)).toEqual(told);
      expect(decodeProxyHeader(Uint8Array.from([...whole, 0x16, 0x03]))).toEqual(told);
      for (let cut = 0; cut < whole.length; cut++) expect(decodeProxyHeader(whole.subarray(0, cut))).toBeUndefined();
    }
  });

  it("of a connection of the balancer's own names nobody, whatever stands in it", () => {
    expect(decodeProxyHeader(binary(0x20, 0x00, []))).toEqual({ octets: 16 });
    expect(decodeProxyHeader(binary(0x20, 0x11, four))).toEqual({ octets: 28 });
    expect(decodeProxyHeader(binary(0x20, 0xff, [1, 2, 3]))).toEqual({ octets: 19 });
  });

  it.each([
    ["another version", binary(0x11, 0x11, four)],
    ["a command that is none", binary(0x22, 0x11, four)],
    ["a family that is none", binary(0x21, 0x41, four)],
    ["a transport that is none", binary(0x21, 0x13, four)],
    ["too few octets for its addresses", binary(0x21, 0x11, four.slice(1))],
    ["too few octets for its addresses of six", binary(0x21, 0x21, six.slice(1))],
    ["too few octets for a path", binary(0x21, 0x31, Array(215).fill(0))],
    ["more than any balancer says", binary(0x21, 0x11, four, 0xffff)],
    ["what is told besides cut short", binary(0x21, 0x11, [...four, 0x01, 0x00, 0x03, 0x68, 0x32])],
    ["what is told besides without a length", binary(0x21, 0x11, [...four, 0x01])],
    ["what is told besides longer than all", binary(0x21, 0x11, [...four, 0x01, 0xff, 0xff, 0x00])],
  ])("of version 2 is refused with %s", (_, octets) => {
    expect(() => decodeProxyHeader(octets)).toThrow(malformed);
  });

  it("that is cut, flipped or made up is a header, not whole yet, or malformed, and never anything else", () => {
    const base = [binary(0x21, 0x11, four), binary(0x21, 0x21, six), text("PROXY TCP6 2001:db8::1 ::2 56324 443\r\n")];
    const flipped = fc
      .tuple(fc.constantFrom(...base), fc.nat(80), fc.nat(255))
      .map(([octets, at, value]) => octets.map((octet, index) => (index === at % octets.length ? value : octet)));
    const judge = (octets: Uint8Array): void => {
      try {
        const header = decodeProxyHeader(octets);
        if (header !== undefined) expect(header.octets).toBeLessThanOrEqual(octets.length);
      } catch (thrown) {
        if (!(thrown instanceof HomeError)) throw thrown;
        expect(thrown.code).toBe("frame-malformed");
      }
    };
    fc.assert(fc.property(fc.oneof(flipped, fc.uint8Array({ maxLength: 300 })), judge), { numRuns: 2_000 });
  });
});
