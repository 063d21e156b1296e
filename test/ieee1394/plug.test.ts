import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  connectedPlug,
  decodeOutputPlug,
  disconnectedPlug,
  isTransmitting,
  outputPlugAddress,
  overheadIdOf,
  unitsOfPlug,
} from "../../gateway-core/ieee1394/plug.ts";

/** As other controllers leave a plug: online, S400 or S200, and what they wrote. */
const s400 = 0x8000_8000;
const s200 = 0x8000_4000;
const dv = 0x803f_007a;

describe("An output plug", () => {
  it("is connected to as other controllers do it", () => {
    expect(connectedPlug(s400, 5, overheadIdOf(63))).toBe(0x8105_8000);
    expect(connectedPlug(s200, 5, overheadIdOf(8))).toBe(0x8105_5800);
  });

  it("that sends already keeps its channel, and counts one connection more", () => {
    expect(connectedPlug(0x8105_5800, 9, 0)).toBe(0x8205_5800);
    expect(connectedPlug(0xc03f_3c7a, 9, 0)).toBe(0xc13f_3c7a);
  });

  it("that is offline or full cannot be connected to; one without connections has none to break", () => {
    expect(connectedPlug(0x003f_007a, 5, 0)).toBeUndefined();
    expect(connectedPlug(0xbf05_8000, 5, 0)).toBeUndefined();
    expect(disconnectedPlug(0x8005_8000)).toBeUndefined();
  });

  it("is left as it was found, but for its channel", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.nat(62), fc.nat(15), (quadlet, channel, overheadId) => {
        const connected = connectedPlug(quadlet, channel, overheadId);
        if (connected === undefined) return;
        expect(isTransmitting(decodeOutputPlug(connected))).toBe(true);
        const before = decodeOutputPlug(quadlet);
        const after = decodeOutputPlug(disconnectedPlug(connected) ?? 0);
        const stream = isTransmitting(before) ? {} : { channel, overheadId };
        expect(after).toEqual({ ...before, ...stream });
      }),
    );
  });

  it("of a DV stream at S100 takes 2512 units of 4915 at worst, and less where the gaps are short", () => {
    expect(unitsOfPlug(decodeOutputPlug(dv), overheadIdOf(63))).toBe(2512);
    expect(2 * unitsOfPlug(decodeOutputPlug(dv), overheadIdOf(5))).toBeLessThan(4915);
    expect(overheadIdOf(8)).toBe(6);
    expect(unitsOfPlug({ ...decodeOutputPlug(dv), payloadQuadlets: 120, dataRate: 2 }, 0)).toBe(1004);
    expect(unitsOfPlug({ ...decodeOutputPlug(dv), payloadQuadlets: 120, dataRate: 3, extendedRate: 1 }, 0)).toBe(635);
  });

  it("stands behind the master register, quadlet by quadlet", () => {
    expect([0, 1, 30].map((plug) => outputPlugAddress(plug).toString(16))).toEqual([
      "fffff0000904",
      "fffff0000908",
      "fffff000097c",
    ]);
  });
});
