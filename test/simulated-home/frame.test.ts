/** The simulated devices' own wire code, held against captures of real devices and against the npm package echonet-lite. */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";
import { esv, type Frame, readFrame, writeFrame } from "../../simulated-home/wire/frame.ts";
import { big, hex, octets } from "../../simulated-home/wire/octets.ts";
import { writePropertyMap } from "../../simulated-home/wire/property-map.ts";

interface Capture {
  readonly hex: string;
  readonly expected: { tid: number; seoj: string; deoj: string; properties: { epc: string; edt: string }[] } | null;
}
const file = join(packageRoot(), "..", "shared", "data", "echonet-frames.jsonl");
const areThere = existsSync(file);
if (!areThere) console.warn(`SKIPPED: ${file} is not here, so captures of real devices are not read`);
const captures: Capture[] = areThere
  ? readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
  : [];

/** What echonet-lite reads: OPC and DETAIL are all that matters here. */
interface Witness {
  parseBytes(octets: Uint8Array): {
    TID: string;
    SEOJ: string;
    DEOJ: string;
    ESV: string;
    OPC: string;
    DETAILs: Record<string, string>;
  };
}
// It loads date-utils, which puts a Date.parse of its own in place for all that run in this process.
const { parse } = Date;
const witness: Witness = createRequire(import.meta.url)("echonet-lite");
Date.parse = parse;

const list = fc.uniqueArray(
  fc.record({ epc: fc.integer({ min: 0x80, max: 0xff }), edt: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
  { minLength: 1, maxLength: 10, selector: ({ epc }) => epc },
);
const object = fc.integer({ min: 0, max: 0xffffff });
const frames: fc.Arbitrary<Frame> = fc.record({
  tid: fc.integer({ min: 0, max: 0xffff }),
  seoj: object,
  deoj: object,
  esv: fc.constantFrom(esv.setC, esv.get, esv.getDone, esv.inf, esv.setRefused),
  properties: list,
});

describe("The simulated devices' frames", () => {
  it.skipIf(!areThere).each(captures)("read a capture as it was read by hand: $hex", (capture) => {
    const frame = readFrame(octets(capture.hex));
    if (capture.expected === null) return expect(frame).toBeUndefined();
    expect(frame).toMatchObject({
      tid: capture.expected.tid,
      seoj: Number.parseInt(capture.expected.seoj, 16),
      deoj: Number.parseInt(capture.expected.deoj, 16),
    });
    const read = frame?.properties.map(({ epc, edt }) => ({ epc: hex(big(epc, 1)), edt: hex(edt) }));
    expect(read).toEqual(capture.expected.properties);
    expect(frame && hex(writeFrame(frame))).toBe(capture.hex);
  });

  it("are read by echonet-lite as they were meant", () => {
    const plain = frames.filter(({ properties }) => properties.every(({ epc }) => epc < 0x9d || epc > 0x9f));
    fc.assert(
      fc.property(plain, (frame) => {
        const read = witness.parseBytes(writeFrame(frame));
        expect(read).toMatchObject({
          TID: hex(big(frame.tid, 2)),
          SEOJ: hex(big(frame.seoj, 3)),
          DEOJ: hex(big(frame.deoj, 3)),
          ESV: hex(big(frame.esv, 1)),
        });
        const details = frame.properties.map(({ epc, edt }) => [hex(big(epc, 1)), hex(edt)]);
        expect(read.DETAILs).toEqual(Object.fromEntries(details));
      }),
    );
  });

  it("come back whole, SetGet with both of its lists", () => {
    const both = fc.record({ frame: frames, gotten: list, isSetGet: fc.boolean() });
    fc.assert(
      fc.property(both, ({ frame, gotten, isSetGet }) => {
        const sent = isSetGet ? { ...frame, esv: esv.setGet, gotten } : frame;
        expect(readFrame(writeFrame(sent))).toEqual(sent);
      }),
    );
  });

  it("are nothing when cut, prolonged or of another format", () => {
    const whole = writeFrame({
      tid: 1,
      seoj: 0x013001,
      deoj: 0x05ff01,
      esv: esv.get,
      properties: [{ epc: 0x80, edt: octets("30") }],
    });
    for (let length = 0; length < whole.length; length++) expect(readFrame(whole.subarray(0, length))).toBeUndefined();
    expect(readFrame(Uint8Array.from([...whole, 0]))).toBeUndefined();
    expect(readFrame(octets("1082000105ff010ef00162018000"))).toBeUndefined();
    expect(readFrame(octets("1081000105ff010ef0016200"))).toBeUndefined();
  });

  it("never throw, whatever comes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => void readFrame(noise)));
    const behindHeader = fc.uint8Array({ maxLength: 60 }).map((tail) => Uint8Array.from([0x10, 0x81, ...tail]));
    fc.assert(fc.property(behindHeader, (noise) => void readFrame(noise)));
  });
});

describe("The simulated devices' property maps", () => {
  it("list up to 15 EPCs", () => {
    expect(hex(writePropertyMap([0x80, 0xb0, 0xff]))).toBe("0380b0ff");
    expect(writePropertyMap(Array.from({ length: 15 }, (_, index) => 0x80 + index))).toHaveLength(16);
  });

  it("are bits from 16 EPCs on, as a real air conditioner and a real light send them", () => {
    const airConditioner = "80 81 82 83 84 85 88 89 8a 8f 93 9d 9e 9f a0 a3 b0 b3 b4 ba bb be";
    expect(hex(writePropertyMap([...octets(airConditioner.replaceAll(" ", ""))]))).toBe(
      "160d01010f090100000101090800020a03",
    );
    const light = "80 81 82 83 86 88 89 8a 8b 90 91 94 95 97 98 9d 9e 9f b6 f0";
    expect(hex(writePropertyMap([...octets(light.replaceAll(" ", ""))]))).toBe("1483030101020209020301010100020202");
  });
});
