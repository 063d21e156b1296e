import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closeFrame, WebSocketLimit } from "../../gateway-core/bytes/websocket-frames.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

const limits = { frame: 70_000, message: 100_000, fragments: 4 };

interface Frame {
  readonly opcode: number;
  readonly payload: number;
  readonly isLast?: boolean;
  readonly isMasked?: boolean;
  readonly reserved?: number;
  /** Octets of the extended length, when not the shortest. */
  readonly extended?: 0 | 2 | 8;
}

function frame({ opcode, payload, isLast = true, isMasked = false, reserved = 0, extended }: Frame): Uint8Array {
  const long = extended ?? (payload > 0xffff ? 8 : payload > 125 ? 2 : 0);
  const head = Buffer.alloc(2 + long + (isMasked ? 4 : 0));
  head[0] = (isLast ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (long === 8 ? 127 : long === 2 ? 126 : payload);
  if (long === 2) head.writeUInt16BE(payload, 2);
  if (long === 8) head.writeBigUInt64BE(BigInt(payload), 2);
  return Buffer.concat([head, Buffer.alloc(payload)]);
}

const judged = (...frames: readonly Frame[]): string => {
  try {
    const limit = new WebSocketLimit("server", limits);
    for (const one of frames) limit.accept(frame(one));
    return limit.isBetween ? "passes" : "goes on";
  } catch (thrown) {
    return thrown instanceof HomeError ? thrown.code : String(thrown);
  }
};

describe("One direction of a WebSocket", () => {
  it.each([
    ["an empty text", [{ opcode: 1, payload: 0 }]],
    ["the longest frame", [{ opcode: 2, payload: limits.frame }]],
    ["each form of length", [125, 126, 0xffff, 0x10000].map((payload) => ({ opcode: 2, payload }))],
    [
      "a message in pieces with a ping between",
      [
        { opcode: 1, payload: 5, isLast: false },
        { opcode: 9, payload: 125 },
        { opcode: 0, payload: 5, isLast: false },
        { opcode: 10, payload: 0 },
        { opcode: 0, payload: 5 },
        { opcode: 8, payload: 2 },
      ],
    ],
  ] as const)("passes with %s", (_, frames) => expect(judged(...frames)).toBe("passes"));

  it.each([
    ["a reserved bit", [{ opcode: 1, payload: 1, reserved: 4 }]],
    ["a mask that is not meant", [{ opcode: 1, payload: 1, isMasked: true }]],
    ["a data frame of no kind", [{ opcode: 3, payload: 1 }]],
    ["a control frame of no kind", [{ opcode: 11, payload: 1 }]],
    ["a long ping", [{ opcode: 9, payload: 126 }]],
    ["a ping in pieces", [{ opcode: 9, payload: 1, isLast: false }]],
    ["nothing to go on with", [{ opcode: 0, payload: 1 }]],
    [
      "a message within a message",
      [
        { opcode: 1, payload: 1, isLast: false },
        { opcode: 1, payload: 1 },
      ],
    ],
    ["a short length in two octets", [{ opcode: 1, payload: 125, extended: 2 }]],
    ["a short length in eight octets", [{ opcode: 1, payload: 0xffff, extended: 8 }]],
  ] as const)("is malformed with %s", (_, frames) => expect(judged(...frames)).toBe("frame-malformed"));

  it.each([
    ["one long frame", [{ opcode: 2, payload: limits.frame + 1 }]],
    [
      "many frames of one message",
      [60_000, 40_001].map((payload, at) => ({ opcode: at === 0 ? 2 : 0, payload, isLast: at === 1 })),
    ],
    ["a message of crumbs", [1, 0, 0, 0, 0].map((opcode) => ({ opcode, payload: 0, isLast: false }))],
  ] as const)("is too long with %s", (_, frames) => expect(judged(...frames)).toBe("frame-too-long"));

  it("is masked from a client, and never from a server", () => {
    const fromClient = new WebSocketLimit("client", limits);
    expect(() => fromClient.accept(frame({ opcode: 1, payload: 1 }))).toThrow("a frame without a mask");
    const fromServer = new WebSocketLimit("server", limits);
    expect(() => fromServer.accept(frame({ opcode: 1, payload: 1, isMasked: true }))).toThrow("a masked frame");
  });

  it("is judged by the declared length, before anything of it has come", () => {
    const limit = new WebSocketLimit("client", limits);
    const head = Buffer.from("82ffffffffffffffffff00000000", "hex");
    expect(() => limit.accept(head)).toThrow(expect.objectContaining({ code: "frame-too-long" }));
  });

  it("is judged the same however it is cut, and passes the octets of a client masked", () => {
    const frames = [300, 70_000, 3, 0].map((payload) => frame({ opcode: 2, payload, isMasked: true }));
    const octets = Buffer.concat(frames);
    const cuts = fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 20 });
    fc.assert(
      fc.property(cuts, (sizes) => {
        const limit = new WebSocketLimit("client", limits);
        let at = 0;
        for (const size of [...sizes, octets.length]) {
          limit.accept(octets.subarray(at, at + size));
          at += size;
        }
        expect(limit.isBetween).toBe(true);
      }),
      { numRuns: 50 },
    );
    const bytewise = new WebSocketLimit("client", limits);
    for (const octet of octets.subarray(0, 400)) bytewise.accept(Uint8Array.of(octet));
    expect(bytewise.isBetween).toBe(false);
  });

  it("whatever octets come, they pass or are a HomeError", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (chunks) => {
        const limit = new WebSocketLimit("server", limits);
        try {
          for (const chunk of chunks) limit.accept(chunk);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HomeError);
        }
      }),
    );
  });

  it("is closed by a frame that itself passes", () => {
    const limit = new WebSocketLimit("server", limits);
    limit.accept(closeFrame(1009));
    expect([limit.isBetween, [...closeFrame(1009)]]).toEqual([true, [0x88, 2, 0x03, 0xf1]]);
  });
});
