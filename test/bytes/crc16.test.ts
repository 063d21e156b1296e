import { describe, expect, it } from "vitest";
import { crc16 } from "../../gateway-core/bytes/crc16.ts";

describe("The CRC of IEEE 1212", () => {
  it("is that of the standard's check value, and zero of nothing", () => {
    // CRC-16/XMODEM, the catalogued name of this polynomial and start.
    expect(crc16(Buffer.from("123456789"))).toBe(0x31c3);
    expect(crc16(new Uint8Array(0))).toBe(0);
  });
});
