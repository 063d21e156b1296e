import fc from "fast-check";
import { generate, type IConnectPacket } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { decodeConnect } from "../../gateway-core/bytes/mqtt-connect.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

const packet: IConnectPacket = {
  cmd: "connect",
  protocolId: "MQTT",
  protocolVersion: 4,
  clientId: "c",
  clean: true,
  keepalive: 60,
};
const will = { topic: "w", payload: Buffer.from("x"), qos: 1, retain: true } as const;
const whole = generate({ ...packet, will, username: "u", password: Buffer.from("secret") });
/** Where the connect flags stand: behind a fixed header of 2, the protocol's name and its level. */
const flagsAt = 9;
const withFlags = (flags: number): Buffer => {
  const octets = Buffer.from(whole);
  octets[flagsAt] = flags;
  return octets;
};

describe("A CONNECT", () => {
  it("tells who connects, and how", () => {
    expect(decodeConnect(generate(packet))).toEqual({ clientId: "c", isClean: true, hasWill: false, keepalive: 60 });
    const { password, ...rest } = decodeConnect(whole) ?? {};
    expect(rest).toEqual({ clientId: "c", isClean: true, hasWill: true, keepalive: 60, username: "u" });
    expect(Buffer.from(password ?? []).toString()).toBe("secret");
  });
  it("is told in UTF-8; what is none, overlong forms and surrogates among it, is U+FFFD (§1.5.3)", () => {
    for (const octets of [
      [0xff, 0x61],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
    ]) {
      const named = generate({ ...packet, clientId: "x".repeat(octets.length) });
      named.set(octets, named.length - octets.length);
      expect(decodeConnect(named)?.clientId).toContain("\ufffd");
    }
    expect(decodeConnect(generate({ ...packet, clientId: "\ufeffa" }))?.clientId).toBe("\ufeffa");
  });
  it("of another version or protocol is read no further", () => {
    expect(decodeConnect(generate({ ...packet, protocolVersion: 5 }))).toBeUndefined();
    expect(decodeConnect(generate({ ...packet, protocolId: "MQIsdp", protocolVersion: 3 }))).toBeUndefined();
  });
  it.each([
    ["its reserved bit is set", withFlags(0xef)],
    ["its will has QoS 3", withFlags(0xde)],
    ["it has a will's QoS and no will", withFlags(0xca)],
    ["it has a password and no user name", withFlags(0x6e)],
    ["something follows it inside", Uint8Array.of(0x10, 14, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 0, 1, 1)],
    ["something follows it", Buffer.concat([whole, whole])],
    ["it is cut", whole.subarray(0, -1)],
    ["a text is longer than it", Uint8Array.of(0x10, 4, 0, 9, 77, 81)],
    ["it is another packet", generate({ cmd: "pingreq" })],
  ])("is malformed where %s", (_, octets) => {
    expect(() => decodeConnect(octets)).toThrow(expect.objectContaining({ code: "frame-malformed" }));
  });
  it("of any octets is read, or refused by a typed error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (octets, at) => {
        const changed = Buffer.from(whole);
        changed.set(octets.subarray(0, Math.max(0, changed.length - at)), Math.min(at, changed.length));
        for (const one of [octets, changed]) {
          try {
            decodeConnect(one);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(HomeError);
          }
        }
      }),
    );
  });
});
