import { describe, expect, it } from "vitest";
import { decodeConfigRom } from "../../gateway-core/ieee1394/config-rom.ts";
import { buildRom, type Entry, text } from "./build-rom.ts";

const rom = (root: readonly Entry[]) => decodeConfigRom(buildRom(0xf000b233, "0123456789abcdef", root));

describe("A text", () => {
  const textOf = (leaf: Entry[1]) =>
    rom([
      [0x03, 1],
      [0x81, leaf],
    ]).vendorName;
  const kind = (width: number, set: number, language = 0) => ((width << 28) | (set << 16) | language) >>> 0;

  it("keeps its blanks and loses the zeroes that fill it up", () => {
    expect(textOf(text(" 003"))).toBe(" 003");
    expect(textOf(text("IoHD    "))).toBe("IoHD    ");
    expect(textOf(text("FW\0\0rest"))).toBe("FW");
  });

  it("is read in the character set that it names", () => {
    expect(textOf(text(Buffer.from("玄関"), kind(0, 106)))).toBe("玄関");
    expect(textOf(text(Uint8Array.of(0x8c, 0xba, 0x8a, 0xd6), kind(8, 17)))).toBe("玄関");
    expect(textOf(text(Uint8Array.of(0x73, 0x84, 0x95, 0xa2), kind(1, 1000, 0x411)))).toBe("玄関");
  });

  it("is none when it is empty, no text, too short, or of an unknown set", () => {
    expect(textOf(text(""))).toBeUndefined();
    expect(textOf(text("icon", 0, 0x01000000))).toBeUndefined();
    expect(textOf({ leaf: new Uint8Array(4) })).toBeUndefined();
    expect(textOf(text("text", kind(5, 9)))).toBeUndefined();
    expect(textOf(1)).toBeUndefined();
  });

  it("may come in several languages, of which a name takes the first", () => {
    const languages = {
      entries: [
        [0x81, text("Door")],
        [0x81, text("Tür", kind(0, 4, 0x407))],
        [0x01, 5],
      ] as const,
    };
    const { vendorName, texts } = rom([
      [0x03, 1],
      [0xc1, languages],
    ]);
    expect([vendorName, texts]).toEqual(["Door", ["Door", "Tür"]]);
  });

  it("belongs to the entry before it, also behind another descriptor of the same entry", () => {
    expect(
      rom([
        [0x03, 1],
        [0x81, text("icon", 0, 0x01000000)],
        [0x81, text("Vendor")],
      ]).vendorName,
    ).toBe("Vendor");
    expect(
      rom([
        [0x81, text("Nobody")],
        [0x03, 1],
        [0x0c, 2],
        [0x81, text("Node")],
      ]).vendorName,
    ).toBeUndefined();
  });
});
