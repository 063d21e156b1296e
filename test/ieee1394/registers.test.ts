import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../gateway-core/bytes/hex.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { bandwidthUnits } from "../../gateway-core/ieee1394/bandwidth.ts";
import { explainCsr } from "../../gateway-core/ieee1394/explain-csr.ts";
import { decodeRegister, encodeRegister } from "../../gateway-core/ieee1394/registers.ts";
import { expectReadOrRefused, thrownBy } from "./thrown-by.ts";

const space = 0xfffff0000000;
const explain = (offset: string, quadlet: string): JsonObject => explainCsr(fromHex(`fffff0000${offset}${quadlet}`));

/** Registers as implementations assert them in their tests and as a camcorder gave them. */
interface Golden {
  readonly offset: string;
  readonly quadlet: string;
  readonly name: string;
  readonly fields: JsonObject;
  readonly units?: number;
}
const golden: readonly Golden[] = [
  { offset: "900", quadlet: "80000001", name: "oMPR", fields: { dataRate: 2, broadcastBase: 0, plugs: 1 } },
  {
    offset: "900",
    quadlet: "bfffff01",
    name: "oMPR",
    fields: { dataRate: 2, broadcastBase: 63, nonPersistentExtension: 255, plugs: 1 },
  },
  {
    offset: "900",
    quadlet: "3fffff01",
    name: "oMPR",
    fields: { dataRate: 0, broadcastBase: 63, persistentExtension: 255, plugs: 1 },
  },
  { offset: "980", quadlet: "80000001", name: "iMPR", fields: { dataRate: 2, plugs: 1 } },
  {
    offset: "904",
    quadlet: "81058000",
    name: "oPCR[0]",
    fields: { isOnline: true, isBroadcast: false, pointToPoint: 1, channel: 5, dataRate: 2, overheadId: 0 },
  },
  {
    offset: "908",
    quadlet: "81078000",
    name: "oPCR[1]",
    fields: { isOnline: true, pointToPoint: 1, channel: 7, dataRate: 2 },
  },
  {
    offset: "904",
    quadlet: "81055800",
    name: "oPCR[0]",
    fields: { pointToPoint: 1, channel: 5, dataRate: 1, overheadId: 6 },
  },
  {
    offset: "904",
    quadlet: "c53ad955",
    name: "oPCR[0]",
    fields: {
      isOnline: true,
      isBroadcast: true,
      pointToPoint: 5,
      channel: 58,
      dataRate: 3,
      overheadId: 6,
      payloadQuadlets: 0x155,
    },
  },
  { offset: "904", quadlet: "00008078", name: "oPCR[0]", fields: { dataRate: 2, payloadQuadlets: 120 }, units: 1004 },
  { offset: "904", quadlet: "c03f007a", name: "oPCR[0]", fields: { dataRate: 0, payloadQuadlets: 122 }, units: 2512 },
  {
    offset: "904",
    quadlet: "003f007a",
    name: "oPCR[0]",
    fields: { isOnline: false, isBroadcast: false, channel: 63, payloadQuadlets: 122 },
    units: 2512,
  },
  {
    offset: "904",
    quadlet: "c03f3c7a",
    name: "oPCR[0]",
    fields: { isOnline: true, isBroadcast: true, channel: 63, overheadId: 15 },
    units: 2480,
  },
  { offset: "97c", quadlet: "80000000", name: "oPCR[30]", fields: { isOnline: true } },
  { offset: "984", quadlet: "81050000", name: "iPCR[0]", fields: { isOnline: true, pointToPoint: 1, channel: 5 } },
  { offset: "9fc", quadlet: "81050000", name: "iPCR[30]", fields: { isOnline: true } },
  { offset: "008", quadlet: "ffc00000", name: "NODE_IDS", fields: { busId: 1023, physicalId: 0 } },
  {
    offset: "200",
    quadlet: "fe001001",
    name: "CYCLE_TIME",
    fields: { secondCount: 127, cycleCount: 1, cycleOffset: 1 },
  },
  { offset: "21c", quadlet: "0000003f", name: "BUS_MANAGER_ID", fields: { physicalId: 63 } },
  { offset: "220", quadlet: "00001333", name: "BANDWIDTH_AVAILABLE", fields: { units: 4915 } },
  { offset: "224", quadlet: "7ffffffe", name: "CHANNELS_AVAILABLE_HI", fields: { taken: [0, 31] } },
  { offset: "228", quadlet: "fffffffe", name: "CHANNELS_AVAILABLE_LO", fields: { taken: [63] } },
  { offset: "234", quadlet: "4000001f", name: "BROADCAST_CHANNEL", fields: { isValid: true, channel: 31 } },
];

describe("A register", () => {
  it.each(golden)("at $offset holding $quadlet is $name", ({ offset, quadlet, name, fields, units }) => {
    const told = explain(offset, quadlet);
    expect(told).toMatchObject({ address: `fffff0000${offset}`, quadlet, name, fields });
    if (units !== undefined) expect(told["bandwidthUnits"]).toBe(units);
    const address = space + Number.parseInt(offset, 16);
    expect(
      encodeRegister(address, told["fields"] as JsonObject)
        .toString(16)
        .padStart(8, "0"),
    ).toBe(quadlet);
  });

  it("whose bits are not known has a name only, and one that is not known none", () => {
    expect(explain("204", "01020304")).toEqual({ address: "fffff0000204", quadlet: "01020304", name: "BUS_TIME" });
    for (const offset of ["400", "905", "a00"]) expect(explain(offset, "00000000")["name"]).toBeNull();
  });

  it("round-trips whatever its fields are", () => {
    const address = fc
      .constantFrom(0x900, 0x904, 0x97c, 0x980, 0x984, 0x200, 0x220, 0x224, 0x228)
      .map((at) => space + at);
    fc.assert(
      fc.property(address, fc.nat(0xffffffff), (at, quadlet) => {
        const fields = decodeRegister(at, quadlet)?.fields ?? {};
        expect(decodeRegister(at, encodeRegister(at, fields))?.fields).toEqual(fields);
      }),
    );
  });

  it.each<[number, JsonObject]>([
    [0x400, {}],
    [0x204, {}],
    [0x220, {}],
    [0x220, { units: 8192 }],
    [0x224, {}],
    [0x224, { taken: [32] }],
    [0x228, { taken: [31] }],
  ])("at %i does not hold %j", (offset, fields) => {
    expect(thrownBy(() => encodeRegister(space + offset, fields))).toMatchObject({ code: "value-invalid" });
  });

  it("is an address and a quadlet, no more and no less", () => {
    const whole = fromHex("fffff00009048105800000");
    for (let length = 0; length <= whole.length; length++)
      expectReadOrRefused(() => explainCsr(whole.subarray(0, length)));
    expect(thrownBy(() => explainCsr(whole))).toMatchObject({ code: "frame-malformed", details: { offset: 10 } });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }), (any) => expectReadOrRefused(() => explainCsr(any))));
  });
});

describe("The bandwidth of a stream", () => {
  it("leaves room for one DV stream at S100 in the worst case, and for two at less overhead", () => {
    const dv = { payloadQuadlets: 122, speed: 0 };
    expect(bandwidthUnits({ ...dv, overheadId: 0 })).toBe(2512);
    expect(2 * bandwidthUnits({ ...dv, overheadId: 0 })).toBeGreaterThan(4915);
    expect(2 * bandwidthUnits({ ...dv, overheadId: 5 })).toBeLessThan(4915);
  });

  it("halves with each doubling of the speed, but for the overhead", () => {
    const units = [0, 1, 2, 3].map((speed) => bandwidthUnits({ payloadQuadlets: 125, speed, overheadId: 0 }) - 512);
    expect(units).toEqual([2048, 1024, 512, 256]);
    expect(explain("904", "c5bad955")["bandwidthUnits"]).toBe(192 + (0x155 + 3) / 2 ** 1);
  });
});
