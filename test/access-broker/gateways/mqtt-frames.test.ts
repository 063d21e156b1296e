import fc from "fast-check";
import { generate } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { createFrameLimit } from "../../../access-broker/gateways/mqtt-frames.ts";
import { connectOctets, decodeFixedHeader, longestConnect } from "../../../gateway-core/bytes/mqtt-frames.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (thrown) {
    return thrown instanceof HomeError ? thrown.code : String(thrown);
  }
};
const connect = generate({ cmd: "connect", clientId: "gateway", protocolId: "MQTT", protocolVersion: 4, clean: true });
const publish = (octets: number) =>
  generate({ cmd: "publish", topic: "up/page", payload: Buffer.alloc(octets), qos: 0, dup: false, retain: false });

describe("A fixed header", () => {
  it.each([
    [[0x10, 0x00], { headerOctets: 2, remaining: 0 }],
    [[0x10, 0x7f], { headerOctets: 2, remaining: 127 }],
    [[0x10, 0x80, 0x01], { headerOctets: 3, remaining: 128 }],
    [[0x30, 0xff, 0xff, 0xff, 0x7f], { headerOctets: 5, remaining: 268_435_455 }],
  ])("%j is read as MQTT 3.1.1 §2.2.3 has it", (octets, header) => {
    expect(decodeFixedHeader(Uint8Array.from(octets))).toMatchObject(header);
  });

  it("is awaited while cut, and refused when it has five length octets", () => {
    expect(decodeFixedHeader(Uint8Array.of(0x10))).toBeUndefined();
    expect(decodeFixedHeader(Uint8Array.of(0x10, 0x80))).toBeUndefined();
    expect(codeOf(() => decodeFixedHeader(Uint8Array.of(0x10, 0x80, 0x80, 0x80, 0x80)))).toBe("frame-malformed");
  });
});

describe("The first packet", () => {
  it("is a CONNECT whose length is known before it is there", () => {
    expect(connectOctets(connect.subarray(0, 1))).toBeUndefined();
    expect(connectOctets(connect.subarray(0, 2))).toBe(connect.length);
  });

  it("is refused when it is another one or declares too much", () => {
    expect(codeOf(() => connectOctets(publish(1)))).toBe("frame-malformed");
    expect(codeOf(() => connectOctets(Buffer.from("GET / HTTP/1.1\r\n")))).toBe("frame-malformed");
    expect(codeOf(() => connectOctets(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f)))).toBe("frame-too-long");
    expect(connectOctets(Uint8Array.of(0x10, 0xfd, 0x3f))).toBe(longestConnect);
    expect(codeOf(() => connectOctets(Uint8Array.of(0x10, 0xfe, 0x3f)))).toBe("frame-too-long");
  });
});

describe("The frame limit", () => {
  it("accepts good packets however they are cut", () => {
    const octets = Buffer.concat([connect, publish(10), publish(300), publish(20_000), publish(0)]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        const limit = createFrameLimit();
        let at = 0;
        for (let turn = 0; at < octets.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          limit.accept(octets.subarray(at, at + size));
          at += size;
        }
      }),
      { numRuns: 50 },
    );
  });

  it("refuses a packet by the length that it declares", () => {
    const limit = createFrameLimit();
    limit.accept(connect);
    limit.accept(publish(320_000));
    expect(codeOf(() => limit.accept(publish(330_000).subarray(0, 5)))).toBe("frame-too-long");
    const subscribe = createFrameLimit();
    subscribe.accept(connect);
    // A SUBSCRIBE that declares 70,000 octets.
    expect(codeOf(() => subscribe.accept(Uint8Array.of(0x82, 0xf0, 0xa2, 0x04)))).toBe("frame-too-long");
  });

  it("throws only typed errors, whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        expect([undefined, "frame-malformed", "frame-too-long"]).toContain(
          codeOf(() => createFrameLimit().accept(octets)),
        );
      }),
    );
  });
});
