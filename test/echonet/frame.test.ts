import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import {
  classOf,
  controllerEoj,
  formatEoj,
  formatEpc,
  instanceOf,
  isAddressedBy,
  isNodeProfile,
} from "../../gateway-core/echonet/eoj.ts";
import { decodeFrame, encodeFrame, type Frame, type Property } from "../../gateway-core/echonet/frame.ts";
import { decodeEsv, type Esv, encodeEsv, hasTwoLists } from "../../gateway-core/echonet/service-code.ts";
import vectors from "../vectors/echonet-frames.json" with { type: "json" };

const services: readonly (readonly [Esv, number])[] = [
  ["SetI_SNA", 0x50],
  ["SetC_SNA", 0x51],
  ["Get_SNA", 0x52],
  ["INF_SNA", 0x53],
  ["SetGet_SNA", 0x5e],
  ["SetI", 0x60],
  ["SetC", 0x61],
  ["Get", 0x62],
  ["INF_REQ", 0x63],
  ["SetGet", 0x6e],
  ["Set_Res", 0x71],
  ["Get_Res", 0x72],
  ["INF", 0x73],
  ["INFC", 0x74],
  ["INFC_Res", 0x7a],
  ["SetGet_Res", 0x7e],
];

const printed = ({ tid, seoj, deoj, esv, properties }: Frame) => ({
  tid,
  seoj: formatEoj(seoj),
  deoj: formatEoj(deoj),
  esv,
  properties: properties.map(({ epc, edt }) => ({ epc: formatEpc(epc), edt: toHex(edt) })),
});

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

const property: fc.Arbitrary<Property> = fc.record({
  epc: fc.integer({ min: 0x80, max: 0xff }),
  edt: fc.uint8Array({ maxLength: 255 }),
});
const list = fc.array(property, { maxLength: 12 });
const frame: fc.Arbitrary<Frame> = fc
  .record({
    tid: fc.nat(0xffff),
    seoj: fc.nat(0xffffff),
    deoj: fc.nat(0xffffff),
    esv: fc.constantFrom(...services.map(([name]) => name)),
    properties: list,
    properties2: list,
  })
  .map(({ properties2, ...one }) => (hasTwoLists(one.esv) ? { ...one, properties2 } : one));

describe("object codes", () => {
  it("hold a class and an instance", () => {
    expect([classOf(0x013002), instanceOf(0x013002), formatEoj(0x013002)]).toEqual([0x0130, 2, "013002"]);
    expect([isNodeProfile(0x0ef001), isNodeProfile(controllerEoj)]).toEqual([true, false]);
  });

  it("are addressed by themselves, and by instance 0 of their class", () => {
    expect([0x013001, 0x013000, 0x013002, 0x029000].map((asked) => isAddressedBy(0x013001, asked))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("service codes", () => {
  it.each(services)("%s is what the specification says", (name, octet) => {
    expect([decodeEsv(octet), encodeEsv(name)]).toEqual([name, octet]);
  });

  it("are sixteen; every other octet is none", () => {
    expect(Array.from({ length: 256 }, (_, octet) => decodeEsv(octet)).filter(Boolean)).toHaveLength(services.length);
  });
});

describe("frames of real devices", () => {
  it.each(vectors.filter(({ expected }) => expected !== null))(
    "$hex ($kind) reads as expected",
    ({ hex, expected }) => {
      expect(printed(decodeFrame(fromHex(hex)))).toEqual(expected);
      expect(toHex(encodeFrame(decodeFrame(fromHex(hex))))).toBe(hex);
    },
  );

  it("with more properties than they count are malformed, and keep what is counted where surplus is allowed", () => {
    const { hex } = vectors.find(({ expected }) => expected === null) ?? { hex: "" };
    expect(thrownBy(() => decodeFrame(fromHex(hex)))).toMatchObject({
      code: "frame-malformed",
      details: { offset: 44 },
    });
    const { properties } = decodeFrame(fromHex(hex), { allowsMiscount: true });
    expect(properties.map(({ epc }) => formatEpc(epc))).toEqual(["e7", "e8", "e9", "ea", "eb", "80"]);
  });
});

describe("a frame whose OPC counts more than is there", () => {
  it("is malformed, and read as far as it is whole where miscounts are allowed", () => {
    const short = fromHex("1081000a02900105ff017203800130b00132");
    expect(thrownBy(() => decodeFrame(short))).toMatchObject({ code: "frame-malformed" });
    expect(decodeFrame(short, { allowsMiscount: true }).properties.map(({ epc }) => epc)).toEqual([0x80, 0xb0]);
  });

  it("is malformed where a property is cut in two, miscounts allowed or not", () => {
    const torn = fromHex("1081000a02900105ff017203800130b002");
    expect(thrownBy(() => decodeFrame(torn, { allowsMiscount: true }))).toMatchObject({ code: "frame-malformed" });
  });
});

describe("a frame", () => {
  it("round-trips, whatever its service", () => {
    fc.assert(
      fc.property(frame, (one) => {
        expect(decodeFrame(encodeFrame(one))).toEqual(one);
      }),
    );
  });

  it("of SetGet carries two lists, the second empty when none is given", () => {
    const set = { epc: 0x80, edt: Uint8Array.of(0x30) };
    const one: Frame = { tid: 1, seoj: 0x05ff01, deoj: 0x013001, esv: "SetGet", properties: [set] };
    expect(toHex(encodeFrame(one))).toBe("1081000105ff010130016e0180013000");
    const two: Frame = { ...one, properties2: [{ epc: 0xbb, edt: new Uint8Array(0) }] };
    expect(toHex(encodeFrame(two))).toBe("1081000105ff010130016e0180013001bb00");
    expect(decodeFrame(encodeFrame(two))).toEqual(two);
  });

  it.each([
    ["10820001", 0],
    ["20810001", 0],
    ["1081000105ff010130019901", 10],
    ["1081000105ff01013001620080", 12],
    ["1081000105ff0101300162028000", 14],
    ["1081000105ff0101300162018001", 14],
  ])("%s is malformed at offset %i", (hex, offset) => {
    expect(thrownBy(() => decodeFrame(fromHex(hex)))).toMatchObject({ code: "frame-malformed", details: { offset } });
  });

  it("longer than its counts can say is refused", () => {
    const one: Frame = { tid: 1, seoj: 0x05ff01, deoj: 0x013001, esv: "SetC", properties: [] };
    const long = { epc: 0x80, edt: new Uint8Array(256) };
    const many = Array.from({ length: 256 }, () => ({ epc: 0x80, edt: new Uint8Array(0) }));
    for (const properties of [[long], many]) {
      expect(thrownBy(() => encodeFrame({ ...one, properties }))).toMatchObject({ code: "frame-too-long" });
    }
  });
});

describe("every truncation and every mutated octet of a real frame", () => {
  const octets = vectors.map(({ hex }) => fromHex(hex));
  const readsOrFailsTyped = (input: Uint8Array): boolean => {
    const thrown = thrownBy(() => decodeFrame(input));
    return thrown === undefined || (thrown instanceof HomeError && thrown.code === "frame-malformed");
  };

  it("cut short is malformed, wherever it is cut", () => {
    for (const whole of octets) {
      const end = encodeFrame(decodeFrame(whole, { allowsMiscount: true })).length;
      for (let length = 0; length < end; length++) {
        expect(thrownBy(() => decodeFrame(whole.subarray(0, length)))).toMatchObject({ code: "frame-malformed" });
      }
    }
  });

  it("changed reads as a frame or is malformed, and nothing else", () => {
    for (const whole of octets) {
      for (const [index, octet] of whole.entries()) {
        for (const flip of [0x01, 0x80, 0xff, octet]) {
          const changed = whole.slice();
          changed[index] = octet ^ flip;
          expect(readsOrFailsTyped(changed)).toBe(true);
        }
      }
    }
  });

  it("replaced by any octets is a frame or malformed, and nothing else", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => readsOrFailsTyped(any)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (any) => readsOrFailsTyped(Uint8Array.of(0x10, 0x81, ...any))),
    );
  });
});
