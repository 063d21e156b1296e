import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../gateway-core/bytes/hex.ts";
import type { JsonObject } from "../../../gateway-core/contract/json.ts";
import { type CipPacket, decodeCip, encodeCip } from "../../../gateway-core/ieee1394/iec61883/cip.ts";
import { decodeDifBlock } from "../../../gateway-core/ieee1394/iec61883/dif-block.ts";
import { explainCip } from "../../../gateway-core/ieee1394/iec61883/explain-cip.ts";
import { expectReadOrRefused, thrownBy } from "../thrown-by.ts";

const dv = (payload: Uint8Array, more: Partial<CipPacket> = {}): Uint8Array =>
  encodeCip({ sid: 2, dbs: 120, fn: 0, qpc: 0, sph: false, dbc: 7, fmt: 0, fdf: 0x80, syt: 0xffff, payload, ...more });
const mpeg = (payload: Uint8Array, dbc: number, fdf = 0): Uint8Array =>
  encodeCip({ sid: 1, dbs: 6, fn: 3, qpc: 0, sph: true, dbc, fmt: 0x20, fdf, payload });

describe("A CIP header", { timeout: 60_000 }, () => {
  it("of an empty DV packet has all its fields and no data", () => {
    expect(explainCip(fromHex("027800078080ffff"))).toEqual({
      sid: 2,
      dbs: 120,
      fn: 0,
      qpc: 0,
      sph: 0,
      dbc: 7,
      fmt: "00",
      fdf: "80",
      syt: "ffff",
      format: "dv",
      dataBlocks: 0,
      lines: 625,
      type: "sd",
      difBlocks: [],
    });
  });

  it("of MPEG-2 has no SYT, and tells a stream that was recorded", () => {
    expect(explainCip(fromHex("0106c410a0800000"))).toEqual({
      sid: 1,
      dbs: 6,
      fn: 3,
      qpc: 0,
      sph: 1,
      dbc: 16,
      fmt: "20",
      fdf: "800000",
      format: "mpeg2-ts",
      dataBlocks: 0,
      isTimeShifted: true,
      sourcePackets: [],
    });
  });

  it("of another format is told as it is", () => {
    expect(explainCip(fromHex("000200089002ffff0000000100000002"))).toMatchObject({ format: "am824", dataBlocks: 1 });
    expect(explainCip(fromHex("0002000885020000"))).toMatchObject({ fmt: "05", format: null });
    expect(explainCip(dv(new Uint8Array(0), { dbs: 240 }))).not.toHaveProperty("difBlocks");
    expect(explainCip(fromHex("0106c010a0000000"))).not.toHaveProperty("sourcePackets");
    expect(explainCip(fromHex("0108c410a0000000"))).not.toHaveProperty("sourcePackets");
    expect(decodeCip(fromHex("000000008000ffff")).dbs).toBe(256);
  });

  it.each([
    ["", 0],
    ["427800078080ffff", 0],
    ["027800070080ffff", 4],
    ["027800078080ff", 6],
    ["027800078080ffff000000", 8],
    [`027800078080ffff${"00".repeat(484)}`, 488],
  ])("%# that is none is malformed, and says where", (hex, offset) => {
    expect(thrownBy(() => decodeCip(fromHex(hex)))).toMatchObject({ code: "frame-malformed", details: { offset } });
  });

  it("round-trips whatever its fields and its data are", () => {
    const packet: fc.Arbitrary<CipPacket> = fc
      .record({
        sid: fc.nat(63),
        dbs: fc.integer({ min: 1, max: 256 }),
        fn: fc.nat(3),
        qpc: fc.nat(7),
        sph: fc.boolean(),
        dbc: fc.nat(255),
        fmt: fc.nat(63),
        bits: fc.nat(0xffffff),
        blocks: fc.nat(3),
      })
      .map(({ bits, blocks, ...one }) => ({
        ...one,
        ...(one.fmt < 0x20 ? { fdf: bits >> 16, syt: bits & 0xffff } : { fdf: bits }),
        payload: new Uint8Array(blocks * one.dbs * 4).fill(bits),
      }));
    fc.assert(fc.property(packet, (one) => void expect(decodeCip(encodeCip(one))).toEqual(one)));
  });

  it("cut or made of any octets is read or refused, saying where", () => {
    const whole = mpeg(new Uint8Array(192).fill(0x47), 0);
    for (let length = 0; length < whole.length; length++)
      expectReadOrRefused(() => explainCip(whole.subarray(0, length)));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (any) => expectReadOrRefused(() => explainCip(any))));
    fc.assert(
      fc.property(
        fc.constantFrom(0x80, 0xa0),
        fc.nat(7),
        fc.uint8Array({ minLength: 480, maxLength: 480 }),
        (form, dbc, data) => {
          const head = form === 0x80 ? [0, 120, 0, dbc] : [0, 6, 0xc4, dbc];
          expectReadOrRefused(() => explainCip(Uint8Array.of(...head, form, 0, 0, 0, ...data)));
        },
      ),
    );
  });
});

describe("DV in a packet", { timeout: 60_000 }, () => {
  const block = (type: number, sequence: number, number: number) =>
    Uint8Array.of((type << 5) | 0x1f, (sequence << 4) | 7, number);

  it("is told by the ids of its DIF blocks", () => {
    const payload = new Uint8Array(480);
    const ids = [block(0, 0, 0), block(1, 0, 1), block(2, 0, 2), block(3, 9, 8), block(4, 11, 134), block(7, 0, 0)];
    for (const [index, id] of ids.entries()) payload.set(id, index * 80);
    expect(explainCip(dv(payload, { fdf: 0x78 }))).toMatchObject({
      lines: 525,
      type: "dvcpro25",
      difBlocks: [
        { section: "header", sequence: 0, number: 0, offsetOctets: 0 },
        { section: "subcode", sequence: 0, number: 1, offsetOctets: 160 },
        { section: "vaux", sequence: 0, number: 2, offsetOctets: 400 },
        { section: "audio", sequence: 9, number: 8, offsetOctets: (9 * 150 + 134) * 80 },
        { section: "video", sequence: 11, number: 134, offsetOctets: 143_920 },
        null,
      ],
    });
    expect(explainCip(dv(new Uint8Array(0), { fdf: 0x08 }))["type"]).toBe("02");
  });

  it("has a place of its own in the frame for each id, and none for other ids", () => {
    const places = new Set<number>();
    for (let type = 0; type < 8; type++) {
      for (let sequence = 0; sequence < 16; sequence++) {
        for (let number = 0; number < 256; number++) {
          const found = decodeDifBlock(block(type, sequence, number));
          if (found !== undefined) places.add(found.offsetOctets / 80);
        }
      }
    }
    expect([...places].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 * 150 }, (_, index) => index));
  });

  const tape = fileURLToPath(new URL("../../../../shared/data/av/sony-dcr-trv460-ntsc.dv", import.meta.url));
  if (!existsSync(tape)) console.warn(`SKIPPED: a real DV recording is not at ${tape}`);

  it.skipIf(!existsSync(tape))("of a real camcorder lies where its ids say", () => {
    const frame = readFileSync(tape).subarray(0, 120_000);
    for (let start = 0; start < frame.length; start += 480) {
      const { difBlocks } = explainCip(dv(frame.subarray(start, start + 480), { fdf: 0 }));
      expect((difBlocks as JsonObject[]).map((one) => one["offsetOctets"])).toEqual(
        Array.from({ length: 6 }, (_, index) => start + index * 80),
      );
    }
  });
});

describe("MPEG-2 in a packet", () => {
  const source = (pid: number, cycleCount: number, cycleOffset: number): Uint8Array => {
    const octets = new Uint8Array(192);
    const view = new DataView(octets.buffer);
    view.setUint32(0, (cycleCount << 12) | cycleOffset);
    view.setUint8(4, 0x47);
    view.setUint16(5, 0x4000 | pid);
    return octets;
  };

  it("comes in whole source packets with their time stamps", () => {
    const payload = Uint8Array.of(...source(0x1fff, 7999, 3071), ...source(0x100, 0, 1));
    expect(explainCip(mpeg(payload, 248))).toMatchObject({
      isTimeShifted: false,
      dataBlocks: 16,
      sourcePackets: [
        { block: 0, blocks: 8, cycleCount: 7999, cycleOffset: 3071, pid: 0x1fff },
        { block: 0, blocks: 8, cycleCount: 0, cycleOffset: 1, pid: 0x100 },
      ],
    });
  });

  it("comes in parts of source packets at low rates", () => {
    const whole = source(0x11, 5, 6);
    const part = (from: number, to: number) =>
      explainCip(mpeg(whole.subarray(from * 24, to * 24), from))["sourcePackets"];
    expect(part(0, 1)).toEqual([{ block: 0, blocks: 1, cycleCount: 5, cycleOffset: 6, pid: 0x11 }]);
    expect(part(2, 4)).toEqual([{ block: 2, blocks: 2 }]);
    expect(part(4, 8)).toEqual([{ block: 4, blocks: 4 }]);
    expect(
      explainCip(mpeg(Uint8Array.of(...whole.subarray(96), ...whole.subarray(0, 48)), 4))["sourcePackets"],
    ).toEqual([
      { block: 4, blocks: 4 },
      { block: 0, blocks: 2, cycleCount: 5, cycleOffset: 6, pid: 0x11 },
    ]);
  });

  it("without a sync byte has no PID", () => {
    expect(explainCip(mpeg(new Uint8Array(192), 0))["sourcePackets"]).toEqual([
      { block: 0, blocks: 8, cycleCount: 0, cycleOffset: 0 },
    ]);
    expect(toHex(mpeg(new Uint8Array(0), 0))).toBe("0106c400a0000000");
  });
});
