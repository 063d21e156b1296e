/** Worked examples of meters, octet for octet: histories, two currents, a number with its time, coefficients multiplied in. */

import { validate } from "jsonschema";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { parseCodec, parseEpc } from "../../gateway-core/echonet/property-value.ts";
import { bindingsOf, descriptorOf } from "./shipped.ts";

/** A device that has told these EDTs: reads any property as the gateway does, its coefficients from the same device. */
function deviceThatTold(type: string, told: Readonly<Record<string, string>>) {
  const bound = bindingsOf(descriptorOf(type));
  const read = (epc: string): Json => {
    const found = bound.find((one) => one.epc === epc);
    const edt = fromHex(told[epc] ?? "");
    const codec = parseCodec(found?.codec);
    const value = codec.decode(edt, coefficientOf);
    expect(validate(value, found?.property ?? {}).errors.map(String)).toEqual([]);
    expect(toHex(codec.encode(value, coefficientOf))).toBe(told[epc]);
    return value;
  };
  const coefficientOf = (number: number): number | undefined => {
    const found = bound.find(({ epc }) => parseEpc(epc) === number);
    const value = found && told[found.epc] === undefined ? undefined : read(found?.epc ?? "");
    return typeof value === "number" ? value : undefined;
  };
  return { read };
}

const halfHours = (...first: string[]): string => [...first, ...Array(48 - first.length).fill("fffffffe")].join("");

describe("The smart electricity meter", () => {
  const meter = deviceThatTold("echonet:0288", {
    "0xD3": "0000000a",
    "0xD7": "06",
    "0xE0": "0000fe73",
    "0xE1": "02",
    "0xE2": `0001${halfHours("00000278", "0000027a")}`,
    "0xE3": "fffffffe",
    "0xE4": `00ff${halfHours("00000000")}`,
    "0xE7": "fffff856",
    "0xE8": "00140064",
    "0xEA": "07ea05140e00000000fe68",
    "0xEC": "07ea05140e1e02000000010000000200000003fffffffe",
    "0xED": "07ea05140e1e0c",
  });

  it("multiplies energy by its unit and its coefficient", () => {
    // 65,139 × 10 (D3) × 0.01 kWh (E1)
    expect(meter.read("0xE1")).toBe(0.01);
    expect(meter.read("0xE0")).toBe(6513.9);
    expect(meter.read("0xE3")).toBe("noData");
  });

  it("takes energy times its unit alone where there is no coefficient yet as not known", () => {
    const young = deviceThatTold("echonet:0288", { "0xE0": "0000fe73", "0xE1": "01" });
    expect(() => young.read("0xE0")).toThrow("the coefficient in d3 is not known");
  });

  it("tells a day of half hours (E2, E4)", () => {
    const day = meter.read("0xE2");
    expect(day).toMatchObject({ day: 1, electricEnergy: expect.arrayContaining([63.2, 63.4, "noData"]) });
    expect(day).toHaveProperty("electricEnergy.length", 48);
    expect(meter.read("0xE4")).toMatchObject({ day: "defaultValue" });
  });

  it("tells power that is sold as negative (E7), and two currents (E8)", () => {
    expect(meter.read("0xE7")).toBe(-1962);
    expect(meter.read("0xE8")).toEqual({ rPhase: 2, tPhase: 10 });
    const twoWires = deviceThatTold("echonet:0288", { "0xE8": "00357ffe" });
    expect(twoWires.read("0xE8")).toEqual({ rPhase: 5.3, tPhase: "noData" });
  });

  it("tells energy with its time (EA) and a part of its history (EC) that is as long as it is", () => {
    expect(meter.read("0xEA")).toEqual({ dateAndTime: "2026-05-20T14:00:00", electricEnergy: 6512.8 });
    expect(meter.read("0xEC")).toEqual({
      dateAndTime: "2026-05-20T14:30",
      numberOfCollectionSegments: 2,
      electricEnergy: [
        { normalDirectionElectricEnergy: 0.1, reverseDirectionElectricEnergy: 0.2 },
        { normalDirectionElectricEnergy: 0.3, reverseDirectionElectricEnergy: "noData" },
      ],
    });
    expect(meter.read("0xED")).toEqual({ dateAndTime: "2026-05-20T14:30", numberOfCollectionSegments: 12 });
  });
});

describe("The distribution board", () => {
  it("tells each channel's energy and currents, and lists of channels", () => {
    const board = deviceThatTold("echonet:0287", {
      "0xC2": "01",
      "0xD0": "000004d2000a7ffe",
      "0xEF": "fffffffe00000000",
      "0xB7": "0102000000647ffffffe",
    });
    expect(board.read("0xD0")).toEqual({ electricEnergy: 123.4, currentRphase: 1, currentTphase: "noData" });
    expect(board.read("0xEF")).toMatchObject({ electricEnergy: "noData" });
    expect(board.read("0xB7")).toEqual({ startChannel: 1, range: 2, instantaneousElectricPower: [100, "noData"] });
  });
});

describe("Water and gas meters", () => {
  it("multiply what flowed by the unit that they tell", () => {
    const water = deviceThatTold("echonet:0281", { "0xE0": "00003039", "0xE1": "03", "0xE5": "303030343231" });
    expect(water.read("0xE0")).toBe(12.345);
    expect(water.read("0xE5")).toBe("000421");
    const gas = deviceThatTold("echonet:0289", { "0xE2": "00003039", "0xE3": "01", "0xD0": "07ea05140e0f1000003039" });
    expect(gas.read("0xE2")).toBe(1234.5);
    expect(gas.read("0xD0")).toEqual({ dateAndTime: "2026-05-20T14:15:16", consumption: 1234.5 });
  });
});
