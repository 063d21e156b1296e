/** Devices made from descriptors, held against the gateway's own codec: what they tell can be read, and what may be set they take. */

import { join } from "node:path";
import { validate } from "jsonschema";
import { describe, expect, it } from "vitest";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { parseCodec } from "../../gateway-core/echonet/property-value.ts";
import { packageRoot } from "../../host/package-root.ts";
import { describedDevice } from "../../simulated-home/described/described-device.ts";
import { createDescribedObject } from "../../simulated-home/described/described-object.ts";
import { createRandom } from "../../simulated-home/random.ts";
import { hex, octets, unsigned } from "../../simulated-home/wire/octets.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { oddDescriptor } from "./odd-descriptor.ts";

const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]).list();
const every = [...catalogue, oddDescriptor].filter((one) => one["gk:type"].startsWith("echonet:"));

function objectOf(descriptor: Descriptor, only?: readonly string[]) {
  const eoj = Number.parseInt(descriptor["gk:type"].slice(8, 12), 16) * 256 + 1;
  return createDescribedObject(eoj, descriptor, createRandom(1), only).object;
}

describe.each(every.map((one) => [one["gk:type"], one] as const))(
  "The simulated device of %s",
  { timeout: 30_000 },
  (_type, descriptor) => {
    const object = objectOf(descriptor);
    const bound = Object.entries(descriptor.properties).map(([name, schema]) => {
      const { epc = null, codec = null } = schema["gk:bind"]["echonet"] ?? {};
      return { name, schema, epc: Number(epc), codec: parseCodec(codec) };
    });
    const numberOf = (epc: number): number | undefined => {
      const value = bound.find((one) => one.epc === epc)?.codec.decode(object.tell(epc) ?? octets(""), () => 1);
      return typeof value === "number" ? value : undefined;
    };

    it("tells every readable property, and each can be read by the gateway and keeps its schema", () => {
      for (const { name, schema, epc, codec } of bound) {
        const edt = object.read(epc);
        if (schema.writeOnly === true) expect(edt, name).toBeUndefined();
        else {
          const value = codec.decode(edt ?? octets(""), numberOf);
          expect(validate(value, schema).errors.map(String), `${name} ${hex(edt ?? octets(""))}`).toEqual([]);
        }
      }
    });

    it("takes every word and both ends of every range that may be set, and nothing else", () => {
      for (const { name, schema, epc, codec } of bound) {
        const codes = new Map<string, Json>();
        for (const code of someCodes) {
          try {
            codes.set(hex(Uint8Array.of(code)), codec.decode(Uint8Array.of(code), numberOf));
          } catch (thrown) {
            if (!(thrown instanceof HomeError)) throw thrown;
          }
        }
        const branches = (schema.oneOf ?? [{ ...schema, const: undefined }]).filter(
          (branch) => branch.readOnly !== true,
        );
        const ends = branches.flatMap(({ minimum, maximum }) => [minimum, maximum]).filter((end) => end !== undefined);
        const words = branches.flatMap((branch) => (branch.const === undefined ? [] : [branch.const]));
        for (const value of schema.readOnly === true ? [] : [...words, ...ends]) {
          const edt = encoded(() => codec.encode(value, numberOf));
          if (edt !== undefined) expect(object.write(epc, edt), `${name} ${JSON.stringify(value)}`).toBe(true);
        }
        for (const code of someCodes) {
          const value = codes.get(hex(Uint8Array.of(code)));
          if (value === undefined && codec.coefficients.length === 0) {
            expect(object.write(epc, Uint8Array.of(code)), `${name} ${code}`).toBe(false);
          }
        }
      }
    });

    it("lists in its maps exactly what may be got, set and is announced", () => {
      const listed = (map: number): number[] => epcsOf(object.read(map) ?? octets(""));
      expect(listed(0x9f)).toEqual([...object.gettable]);
      const setting = bound.filter(({ schema }) => schema.readOnly !== true).map(({ epc }) => epc);
      expect(listed(0x9e)).toEqual(expect.arrayContaining(setting));
      const announced = bound.filter(({ schema }) => schema.observable === true).map(({ epc }) => epc);
      expect(listed(0x9d)).toEqual(expect.arrayContaining(announced));
    });

    it("has buttons that work and a display in both languages", () => {
      const options = { eoj: object.eoj, descriptor, random: createRandom(2), clock: new FakeClock(), isStill: true };
      const device = describedDevice({ ...options, signal: new AbortController().signal });
      for (const { epc, edt } of device.buttons) expect(device.object.write(epc, octets(edt))).toBe(true);
      const { en, ja } = device.display();
      expect(en).not.toMatch(/undefined|NaN/);
      expect(ja.length).toBeGreaterThan(0);
    });
  },
);

describe("A device made from its descriptor", () => {
  const odd = () => objectOf(oddDescriptor);
  const write = (epc: number, edt: string): boolean => odd().write(epc, octets(edt));

  it("refuses what is out of range, unknown, or only for reading", () => {
    expect([write(0xb0, "09"), write(0xb0, "0a"), write(0xb0, "50"), write(0xb0, "51")]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([write(0xb0, "fd"), write(0xb0, "0a0a"), write(0xb0, "")]).toEqual([false, false, false]);
    expect([write(0xb1, "41"), write(0xb1, "43"), write(0xe0, "0000")]).toEqual([true, false, false]);
    expect([write(0xc0, "081e"), write(0xc0, "083c"), write(0xc1, "07ea0d01")]).toEqual([true, false, false]);
    expect([write(0xc2, "0a14"), write(0xc2, "0a15"), write(0xc2, "0a")]).toEqual([true, false, false]);
    expect([write(0xc3, "0102"), write(0xc3, "01"), write(0xc3, "010203"), write(0xc3, "0a")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it("knows the nearest value that it could take", () => {
    const object = odd();
    const nearest = (epc: number, edt: string): string => hex(object.clip(epc, octets(edt)) ?? octets(""));
    expect([nearest(0xb0, "00"), nearest(0xb0, "ff"), nearest(0xb0, "20")]).toEqual(["0a", "50", "20"]);
    expect([nearest(0xb0, "fd"), nearest(0xb1, "99"), nearest(0x80, "99"), nearest(0xe0, "0000")]).toEqual([
      "",
      "",
      "",
      "",
    ]);
  });

  it("takes an action as what can only be set", () => {
    const object = odd();
    expect([object.read(0xf0), object.write(0xf0, octets("01")), object.write(0xf0, octets("02"))]).toEqual([
      undefined,
      true,
      false,
    ]);
  });

  it("is the same for a seed, and another for another", () => {
    const all = (seed: number): string[] => {
      const { object } = createDescribedObject(0x013001, oddDescriptor, createRandom(seed));
      return object.gettable.map((epc) => hex(object.read(epc) ?? octets("")));
    };
    expect(all(7)).toEqual(all(7));
    expect(all(7)).not.toEqual(all(8));
  });

  it("has only the named properties beside those of every device, when some are named", () => {
    expect(objectOf(oddDescriptor, ["level"]).gettable).toEqual([0x80, 0x81, 0x82, 0x88, 0x8a, 0x9d, 0x9e, 0x9f, 0xb0]);
  });

  it("counts energy up by the power that it draws, and lets measurements wander within their band", async () => {
    const clock = new FakeClock();
    const life = new AbortController();
    const options = { eoj: 0x013001, descriptor: oddDescriptor, random: createRandom(3), clock, isStill: false };
    const { object } = describedDevice({ ...options, signal: life.signal });
    object.preset(0x84, octets("00c8"));
    const number = (epc: number): number => unsigned(object.read(epc) ?? octets(""));
    const [energyBefore, temperatures] = [number(0x85), new Set<number>()];
    for (let minute = 0; minute < 60; minute++) {
      await clock.advance(60_000);
      temperatures.add(number(0xe0));
      expect(number(0xe0)).toBeGreaterThanOrEqual(180);
      expect(number(0xe0)).toBeLessThanOrEqual(260);
    }
    expect(temperatures.size).toBeGreaterThan(10);
    expect(number(0x85)).toBeGreaterThan(energyBefore);
    life.abort();
    expect(clock.pending).toBe(0);
  });

  it("draws nothing when it is off, and what was measured far from home comes back in time", async () => {
    const clock = new FakeClock();
    const life = new AbortController();
    const options = { eoj: 0x013001, descriptor: oddDescriptor, random: createRandom(4), clock, isStill: false };
    const { object } = describedDevice({ ...options, signal: life.signal });
    const number = (epc: number): number => unsigned(object.read(epc) ?? octets(""));
    object.preset(0xe0, octets("012c"));
    await clock.advance(30 * 60_000);
    expect(Math.abs(number(0xe0) - 300)).toBeLessThan(60);
    object.put(0xe0, octets("0000"));
    object.put(0x80, octets("31"));
    await clock.advance(60 * 60_000);
    expect(number(0xe0)).toBeGreaterThan(200);
    expect(number(0x84)).toBe(0);
    life.abort();
  });

  it("stands still when told to", async () => {
    const clock = new FakeClock();
    const options = { eoj: 0x013001, descriptor: oddDescriptor, random: createRandom(3), clock, isStill: true };
    describedDevice({ ...options, signal: new AbortController().signal });
    expect(clock.pending).toBe(0);
  });

  it("says what it shows in words, with the sign of its unit", () => {
    const options = { eoj: 0x013001, descriptor: oddDescriptor, random: createRandom(3), clock: new FakeClock() };
    const { display, facts, object } = describedDevice({
      ...options,
      signal: new AbortController().signal,
      isStill: true,
    });
    object.preset(0xe0, octets("00d7"));
    expect(display()).toEqual({ en: "On · 21.5 °C", ja: "入 · 21.5 °C" });
    expect(facts()).toMatchObject({ power: true, temperature: 21.5, schedule: "07:30" });
    object.preset(0xe0, octets("7fff"));
    object.preset(0x80, octets("31"));
    expect(display()).toEqual({ en: "Off · Above range", ja: "切 · 範囲超過" });
  });
});

/** Single octets around which words and ranges begin and end. */
const someCodes = [
  0x00, 0x01, 0x0a, 0x2f, 0x30, 0x31, 0x32, 0x3f, 0x40, 0x41, 0x43, 0x64, 0x65, 0x7f, 0x80, 0xfd, 0xff,
];

/** What the gateway cannot encode is no matter of the device. */
function encoded(encode: () => Uint8Array): Uint8Array | undefined {
  try {
    return encode();
  } catch (thrown) {
    if (thrown instanceof HomeError) return undefined;
    throw thrown;
  }
}

/** By the annex on property maps: a list, or from 16 on bits. */
function epcsOf([count = 0, ...content]: Uint8Array): number[] {
  if (count < 16) return content;
  const all = Array.from({ length: 128 }, (_, index) => 0x80 + index);
  return all.filter((epc) => ((content[epc & 0x0f] ?? 0) >> ((epc >> 4) - 8)) & 1);
}
