import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../gateway-core/bytes/hex.ts";
import { type AvcFrame, decodeAvcFrame, encodeAvcFrame } from "../../../gateway-core/ieee1394/avc/avc-frame.ts";
import { composeAvcFrame, meaningOf } from "../../../gateway-core/ieee1394/avc/avc-message.ts";
import { explainAvc } from "../../../gateway-core/ieee1394/avc/explain-avc.ts";
import vectors from "../../vectors/avc-frames.json" with { type: "json" };
import { expectReadOrRefused, thrownBy } from "../thrown-by.ts";

const tape = { type: 4, id: 0 };

describe("The subunit of a frame", () => {
  it.each([
    ["0020d07f", { type: 4, id: 0 }, 0xd0],
    ["00ff30", { type: 0x1f, id: 7 }, 0x30],
    ["00f830", { type: 0x1f, id: 0 }, 0x30],
    ["002501d07f", { type: 4, id: 5, extendedId: 5 }, 0xd0],
    ["0025fed07f", { type: 4, id: 5, extendedId: 258 }, 0xd0],
    ["0025ff01d07f", { type: 4, id: 5, extendedId: 259 }, 0xd0],
    ["00f003d07f", { type: 0x1e, id: 0, extendedType: 3 }, 0xd0],
    ["00f50302d07f", { type: 0x1e, id: 5, extendedType: 3, extendedId: 6 }, 0xd0],
    ["00f7ff01d07f", { type: 0x1e, id: 7, extendedType: 255 }, 0xd0],
  ])("of %s is %j, and its opcode is never misread", (hex, subunit, opcode) => {
    const frame = decodeAvcFrame(fromHex(hex));
    expect([frame.subunit, frame.opcode]).toEqual([subunit, opcode]);
    expect(toHex(encodeAvcFrame(frame))).toBe(hex);
  });

  it("is told beside its extension", () => {
    expect(explainAvc(fromHex("002502c375"))).toMatchObject({
      subunit: { type: "tape", id: 5, extendedId: 6 },
      name: "PLAY",
      fields: { mode: "forward" },
    });
    expect(explainAvc(fromHex("00f003c375"))).toMatchObject({
      subunit: { type: "extended", id: 0, extendedType: 3 },
      name: null,
    });
  });
});

describe("A frame that is none of AV/C", () => {
  it.each([
    ["", 0, "octets expected"],
    ["10ff30", 0, "CAL"],
    ["20ff30", 0, "EHS"],
    ["30ff30", 0, "HAVi"],
    ["e0ff30", 0, "vendor unique"],
    ["70ff30", 0, "reserved"],
    ["05ff30", 0, "reserved"],
    ["0eff30", 0, "reserved"],
    ["00", 1, "octets expected"],
    ["0026d0", 1, "subunit_ID 6"],
    ["002500d0", 2, "reserved"],
    ["0025", 2, "octets expected"],
    ["00f0ff", 3, "octets expected"],
    ["0020", 2, "octets expected"],
    [`0020d0${"00".repeat(510)}`, 512, "at most 512"],
  ])("%# is malformed, and says where and why", (hex, offset, why) => {
    expect(thrownBy(() => decodeAvcFrame(fromHex(hex)))).toMatchObject({
      code: "frame-malformed",
      details: { offset },
      message: expect.stringContaining(why),
    });
  });
});

describe("A frame", { timeout: 60_000 }, () => {
  const octet = fc.nat(255);
  const address = fc
    .record({ type: fc.nat(0x1f), id: fc.constantFrom(0, 1, 2, 3, 4, 5, 7), more: fc.integer({ min: 1, max: 2000 }) })
    .map(({ type, id, more }) => ({
      type,
      id,
      ...(type === 0x1e ? { extendedType: more } : {}),
      ...(id === 5 ? { extendedId: more + 4 } : {}),
    }));
  const frame: fc.Arbitrary<AvcFrame> = fc.record({
    code: fc.constantFrom(
      "CONTROL",
      "STATUS",
      "SPECIFIC INQUIRY",
      "NOTIFY",
      "GENERAL INQUIRY",
      "NOT IMPLEMENTED",
      "ACCEPTED",
      "REJECTED",
      "IN TRANSITION",
      "IMPLEMENTED/STABLE",
      "CHANGED",
      "INTERIM",
    ),
    subunit: address,
    opcode: octet,
    operands: fc.uint8Array({ maxLength: 400 }),
  });

  it("round-trips, whatever its address", () => {
    fc.assert(fc.property(frame, (one) => void expect(decodeAvcFrame(encodeAvcFrame(one))).toEqual(one)));
  });

  it("longer than 512 octets is refused", () => {
    const long = { code: "CONTROL", subunit: tape, opcode: 0, operands: new Uint8Array(510) } as const;
    expect(thrownBy(() => encodeAvcFrame(long))).toMatchObject({ code: "frame-too-long" });
    expect(encodeAvcFrame({ ...long, operands: new Uint8Array(509) })).toHaveLength(512);
  });

  it("whose fields are told is composed of them again, but for padding and reserved bits", () => {
    let told = 0;
    const known = fc.constantFrom(...vectors.map(({ hex }) => fromHex(hex)));
    fc.assert(
      fc.property(known, fc.array(fc.tuple(fc.nat(12), octet), { maxLength: 2 }), (whole, changes) => {
        const octets = whole.slice();
        for (const [at, value] of changes) if (at > 2 && at < octets.length) octets[at] = value;
        const one = decodeAvcFrame(octets);
        const { name, fields } = meaningOf(one);
        if (name === undefined || fields === undefined || one.opcode === 0x31) return;
        told++;
        const composed = toHex(composeAvcFrame({ ...one, name, fields }));
        expect([composed, composed.padEnd(Math.ceil(composed.length / 8) * 8, "0")]).toContain(toHex(octets));
      }),
      { numRuns: 600 },
    );
    expect(told).toBeGreaterThan(150);
  });

  it("cut anywhere, changed anywhere or made of any octets is read or refused, saying where", () => {
    for (const { hex } of vectors) {
      const whole = fromHex(hex);
      for (let length = 0; length < whole.length; length++)
        expectReadOrRefused(() => explainAvc(whole.subarray(0, length)));
      for (const [at, old] of whole.entries()) {
        for (const flip of [0x01, 0x04, 0x80, 0xff, old]) {
          expectReadOrRefused(() =>
            explainAvc(Uint8Array.from(whole, (value, index) => (index === at ? value ^ flip : value))),
          );
        }
      }
    }
    const any = fc.uint8Array({ maxLength: 40 });
    fc.assert(fc.property(any, (octets) => expectReadOrRefused(() => explainAvc(octets))));
    const addressed = fc.tuple(fc.constantFrom(0x00, 0x01, 0x0c), fc.constantFrom(0x18, 0x20, 0x28, 0x48, 0xff), any);
    fc.assert(
      fc.property(addressed, ([code, subunit, rest]) =>
        expectReadOrRefused(() => explainAvc(Uint8Array.of(code, subunit, ...rest))),
      ),
      { numRuns: 300 },
    );
  });
});
