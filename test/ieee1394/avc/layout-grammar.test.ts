import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../gateway-core/bytes/hex.ts";
import type { Json, JsonObject } from "../../../gateway-core/contract/json.ts";
import { composeAvcFrame } from "../../../gateway-core/ieee1394/avc/avc-message.ts";
import { parseCommand } from "../../../gateway-core/ieee1394/avc/command-table.ts";
import {
  decodeOperands,
  encodeOperands,
  type Layout,
  type Operand,
} from "../../../gateway-core/ieee1394/avc/layout.ts";
import { parseLayout } from "../../../gateway-core/ieee1394/avc/layout-grammar.ts";
import { thrownBy } from "../thrown-by.ts";

const layout = (...operands: Json[]): Layout => parseLayout(operands);
const written = (fields: JsonObject, ...operands: Json[]): string =>
  toHex(encodeOperands([layout(...operands)], fields));
const read = (hex: string, ...operands: Json[]): JsonObject | undefined =>
  decodeOperands([layout(...operands)], fromHex(hex), 1);

describe("A layout", () => {
  it.each<[string, Json, Json]>([
    ["0102", { uint: 2 }, 0x0102],
    ["ff", { octet: true }, null],
    ["00", { octet: true }, 0],
    ["abcd", { hex: 2 }, "abcd"],
    ["abcdef", { hex: "rest" }, "abcdef"],
    ["02abcd", { counted: "hex" }, "abcd"],
    ["020102", { counted: [{ name: "n", uint: 1 }] }, [{ n: 1 }, { n: 2 }]],
    ["70", { words: "power" }, "on"],
    ["71", { words: "power" }, "71"],
    ["0a", { one: { "0a": "ten" } }, "ten"],
    [
      "100001",
      {
        typed: [
          ["00", "0f", 1],
          ["10", "10", 3],
        ],
      },
      "100001",
    ],
    ["12345901", { timeCode: true }, "01:59:34:12"],
    ["7f7f7f01", { timeCode: true }, "01:--:--:--"],
    ["92345901", { timeCode: "signed" }, "-01:59:34:12"],
    ["12345901", { timeCode: "signed" }, "01:59:34:12"],
    ["ffffff7f", { timeCode: true }, null],
    ["030000", { track: true }, { number: 1, isAfterBlank: true }],
    ["ffffff", { track: true }, null],
    ["28", { subunit: true }, { type: "tuner", id: 0 }],
    ["68", { subunit: true }, { type: "0d", id: 0 }],
    [
      "2028ffff",
      { subunits: 4 },
      [
        { type: "tape", id: 0 },
        { type: "tuner", id: 0 },
      ],
    ],
  ])("reads %s by %j as %j and writes it back", (hex, kind, value) => {
    const operand = { name: "x", ...(kind as JsonObject) };
    if (hex === "ffffff7f") {
      expect(read(hex, operand)).toBeUndefined();
      expect(written({ x: value }, operand)).toBe("ffffffff");
      return;
    }
    expect(read(hex, operand)).toEqual({ x: value });
    expect(written({ x: value }, operand)).toBe(hex);
  });

  it("may say in one field how long another is", () => {
    const pair = [{ name: "n", uint: 1 }, { name: "x", hexOf: "n" }, { fixed: "00" }];
    expect(read("02abcd00", ...pair)).toEqual({ n: 2, x: "abcd" });
    expect(written({ n: 2, x: "abcd" }, ...pair)).toBe("02abcd00");
    expect(thrownBy(() => written({ n: 3, x: "abcd" }, ...pair))).toMatchObject({ code: "value-invalid" });
  });

  it("does not fit other octets", () => {
    expect(read("01", { fixed: "00" })).toBeUndefined();
    expect(read("0b", { name: "x", one: { "0a": "ten" } })).toBeUndefined();
    expect(read("20", { name: "x", typed: [["00", "0f", 1]] })).toBeUndefined();
    expect(read("ff20", { name: "x", subunits: 2 })).toBeUndefined();
    expect(read("1a345901", { name: "x", timeCode: true })).toBeUndefined();
    expect(read("01", { name: "x", uint: 2 })).toBeUndefined();
  });

  it.each<[Json, Json]>([
    [{ uint: 1 }, 256],
    [{ uint: 1 }, -1],
    [{ uint: 1 }, 1.5],
    [{ uint: 1 }, "1"],
    [{ octet: true }, 255],
    [{ hex: 1 }, 1],
    [{ hex: 1 }, "0102"],
    [{ hex: 1 }, "x"],
    [{ counted: [] }, 1],
    [{ words: "power" }, "of"],
    [{ one: { "0a": "ten" } }, "0a"],
    [{ typed: [["00", "0f", 1]] }, "2000"],
    [{ typed: [["00", "0f", 1]] }, ""],
    [{ timeCode: true }, "-01:59:34:12"],
    [{ timeCode: true }, 12],
    [{ track: true }, { number: 1 }],
    [{ track: true }, 1],
    [{ subunit: true }, "tape"],
    [{ subunit: true }, { type: "ff", id: 0 }],
    [{ subunit: true }, { id: 0 }],
    [
      { subunits: 1 },
      [
        { type: "tape", id: 0 },
        { type: "tape", id: 0 },
      ],
    ],
    [{ subunits: 1 }, "tape"],
  ])("does not write by %j the value %j", (kind, value) => {
    const operand = { name: "x", ...(kind as JsonObject) };
    expect(thrownBy(() => written({ x: value }, operand))).toMatchObject({ code: "value-invalid" });
  });

  it("wants each of its fields and no other", () => {
    const operand = { name: "x", uint: 1 };
    for (const fields of [{}, { x: 1, y: 2 }]) {
      expect(thrownBy(() => written(fields, operand))).toMatchObject({ code: "value-invalid" });
    }
    const bits = { bits: [{ name: "a", width: 4 }, { width: 4 }] };
    expect(written({ a: 5 }, bits)).toBe("50");
    for (const fields of [{}, { a: 16 }]) {
      expect(thrownBy(() => written(fields, bits))).toMatchObject({ code: "value-invalid" });
    }
  });

  it.each<[Json]>([
    ["text"],
    [["text"]],
    [[{}]],
    [[{ name: "x" }]],
    [[{ name: 1, uint: 1 }]],
    [[{ name: "x", uint: "1" }]],
    [[{ name: "x", uint: -1 }]],
    [[{ name: "x", words: "no-such-words" }]],
    [[{ name: "x", one: { "0A": "ten" } }]],
    [[{ name: "x", typed: [[0, 1, 2]] }]],
    [[{ bits: [{ width: 7 }] }]],
  ])("is refused as a table when it is %j", (wrong) => {
    expect(thrownBy(() => parseLayout(wrong))).toMatchObject({ code: "descriptor-invalid" });
  });

  it("hides no fault of the program behind a layout that does not fit", () => {
    const broken: Operand = {
      names: [],
      read: () => {
        throw new TypeError("a fault");
      },
      write: () => {
        throw new TypeError("a fault");
      },
    };
    expect(thrownBy(() => decodeOperands([[broken]], new Uint8Array(0), 0))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => encodeOperands([[broken]], {}))).toBeInstanceOf(TypeError);
  });
});

describe("A command of the tables", () => {
  it("needs a name and an opcode; its forms may be unknown", () => {
    expect(parseCommand({ name: "STOP", opcode: "c5" })).toEqual({
      name: "STOP",
      opcode: 0xc5,
      forms: [],
      echoed: 0,
      answeredBy: [],
    });
    expect(thrownBy(() => parseCommand({ name: "STOP" }))).toMatchObject({ code: "descriptor-invalid" });
  });

  it.each<[string, JsonObject]>([
    ["NO SUCH COMMAND", {}],
    ["TRANSPORT STATE", { transport: 1 }],
    ["TRANSPORT STATE", { transport: "FLY", mode: "stop" }],
    ["EDIT MODE", { mode: "stop" }],
    ["PLAY", { mode: "nonsense" }],
  ])("%s %j cannot be composed for a tape", (name, fields) => {
    const frame = { code: "CONTROL", subunit: { type: 4, id: 0 }, name, fields } as const;
    expect(thrownBy(() => composeAvcFrame(frame))).toMatchObject({ code: "value-invalid" });
  });
});
