import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFixedHeader, FrameLimit, packetTypes } from "../../gateway-core/bytes/mqtt-frames.ts";

const connect = Uint8Array.of(0x10, 2, 0, 0);

/** A frame's fixed header: type and flags, then the length in MQTT's own base 128. */
function header(first: number, length: number): Uint8Array {
  const octets = [first];
  let rest = length;
  do {
    octets.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Uint8Array.from(octets);
}

const create = (): FrameLimit => new FrameLimit((type) => (type === packetTypes.publish ? 262_144 : 8_192));

function started(): FrameLimit {
  const limit = create();
  limit.accept(connect);
  return limit;
}

describe("a fixed header", () => {
  it("is awaited while there is nothing, or only a part of it", () => {
    expect(decodeFixedHeader(new Uint8Array(0))).toBeUndefined();
    expect(decodeFixedHeader(header(0x30, 200).subarray(0, 2))).toBeUndefined();
  });

  it("tells type, its own length and what follows, at any offset", () => {
    const octets = Uint8Array.of(0xff, ...header(0x32, 16_384));
    expect(decodeFixedHeader(octets, 1)).toEqual({ type: packetTypes.publish, headerOctets: 4, remaining: 16_384 });
  });
});

describe("the frame limit", () => {
  it("lets frames through however they are cut into pieces", () => {
    const frames = [
      connect,
      header(0x82, 200),
      new Uint8Array(200),
      header(0xc0, 0),
      header(0x30, 3),
      Uint8Array.of(1, 2, 3),
    ];
    const octets = Buffer.concat(frames);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: octets.length })), (cuts) => {
        const limit = create();
        let from = 0;
        for (const to of [...new Set(cuts), octets.length].sort((a, b) => a - b)) {
          limit.accept(octets.subarray(from, to));
          from = to;
        }
        expect(() => limit.accept(header(0x30, 300_000))).toThrow(/300000 octets/);
      }),
    );
  });

  it("takes nothing before CONNECT: what a browser sends is no MQTT", () => {
    expect(() => create().accept(Buffer.from("POST / HTTP/1.1\r\n"))).toThrow(
      expect.objectContaining({ code: "frame-malformed" }),
    );
  });

  it("holds what a broker sends to its limit too: that begins otherwise", () => {
    const limit = new FrameLimit(() => 10, false);
    limit.accept(Uint8Array.of(0x20, 2, 0, 0));
    expect(() => limit.accept(header(0x30, 11))).toThrow(expect.objectContaining({ code: "frame-too-long" }));
  });

  it("refuses a CONNECT or SUBSCRIBE over 8 KiB and a PUBLISH over 256 KiB by its header alone", () => {
    expect(() => create().accept(header(0x10, 8_193))).toThrow(
      expect.objectContaining({ code: "frame-too-long", details: { length: 8_193, maximum: 8_192 } }),
    );
    expect(() => started().accept(header(0x82, 8_193))).toThrow(expect.objectContaining({ code: "frame-too-long" }));
    expect(() => started().accept(header(0x32, 262_145))).toThrow(expect.objectContaining({ code: "frame-too-long" }));
    started().accept(header(0x32, 262_144));
  });

  it("refuses a length field without end", () => {
    expect(() => started().accept(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80))).toThrow(
      expect.objectContaining({ code: "frame-malformed" }),
    );
  });

  it("never throws anything but a HomeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        try {
          started().accept(octets);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/^frame-/) });
        }
      }),
    );
  });
});
