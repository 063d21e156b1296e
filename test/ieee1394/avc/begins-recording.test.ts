import { describe, expect, it } from "vitest";
import { beginsRecording } from "../../../gateway-core/ieee1394/avc/begins-recording.ts";

const command = (type: number, opcode: number, ...operands: number[]) =>
  beginsRecording({ code: "CONTROL", subunit: { type, id: 0 }, opcode, operands: Uint8Array.from(operands) });

describe("A command begins a recording", () => {
  it.each([
    ["RECORD of a tape", 4, 0xc2, [0x75]],
    ["its pause", 4, 0xc2, [0x7d]],
    ["RECORD of a disc", 3, 0xc2, []],
    ["the record key of a panel", 9, 0x7c, [0x47, 0]],
    ["the same, released", 9, 0x7c, [0xc7, 0]],
  ])("by %s", (_, type, opcode, operands) => {
    expect(command(type, opcode, ...operands)).toBe(true);
  });

  it.each([
    ["PLAY of a tape", 4, 0xc3, [0x75]],
    ["another key of a panel", 9, 0x7c, [0x44, 0]],
    ["what no table knows", 0x0d, 0xc2, [0x75]],
    ["a key without a name", 9, 0x7c, []],
  ])("not by %s", (_, type, opcode, operands) => {
    expect(command(type, opcode, ...operands)).toBe(false);
  });
});
