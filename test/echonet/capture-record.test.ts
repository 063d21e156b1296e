import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import {
  type CaptureRecord,
  formatCaptureHeader,
  formatCaptureRecord,
  parseCapture,
  parseCaptureLine,
} from "../../gateway-core/echonet/capture-record.ts";

const invalid = expect.objectContaining({ code: "capture-invalid" });

describe("A recording", () => {
  it("begins with when it began, and goes on with one datagram a line", () => {
    expect(formatCaptureHeader(0)).toBe('{"capture":"echonet-lite","v":1,"start":"1970-01-01T00:00:00.000Z"}');
    const record: CaptureRecord = { t: 12, dir: "in", peer: "192.168.1.20", octets: Uint8Array.of(0x10, 0x81) };
    expect(formatCaptureRecord(record)).toBe('{"t":12,"dir":"in","from":"192.168.1.20","hex":"1081"}');
    const sent: CaptureRecord = { ...record, dir: "out", peer: "multicast" };
    expect(formatCaptureRecord(sent)).toBe('{"t":12,"dir":"out","to":"multicast","hex":"1081"}');
    const text = [formatCaptureHeader(0), formatCaptureRecord(record), "", formatCaptureRecord(sent), ""].join("\n");
    expect(parseCapture(text)).toEqual([record, sent]);
    expect(parseCaptureLine(formatCaptureHeader(0))).toEqual({ start: "1970-01-01T00:00:00.000Z" });
  });

  it("comes back as it was written, whatever was on the wire", () => {
    const records = fc.record({
      t: fc.nat(),
      dir: fc.constantFrom("in" as const, "out" as const),
      peer: fc.ipV4(),
      octets: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(records, (record) => {
        expect(parseCaptureLine(formatCaptureRecord(record))).toEqual(record);
      }),
    );
  });

  it.each([
    "",
    "{",
    "[]",
    "7",
    '{"capture":"pcap","v":1,"start":"2026-01-01T00:00:00Z"}',
    '{"capture":"echonet-lite","v":2,"start":"2026-01-01T00:00:00Z"}',
    '{"capture":"echonet-lite","v":1,"start":"soon"}',
    '{"capture":"echonet-lite","v":1}',
    '{"t":1,"dir":"up","from":"a","hex":""}',
    '{"t":-1,"dir":"in","from":"a","hex":""}',
    '{"t":"1","dir":"in","from":"a","hex":""}',
    '{"t":1,"dir":"in","to":"a","hex":""}',
    '{"t":1,"dir":"out","from":"a","hex":""}',
    '{"t":1,"dir":"in","from":"a","hex":7}',
    '{"t":1,"dir":"in","from":"a","hex":"108"}',
  ])("has no line %j", (line) => {
    expect(() => parseCaptureLine(line)).toThrow(invalid);
  });

  it("says which line is broken", () => {
    const text = `${formatCaptureHeader(0)}\n\n{"t":1}\n`;
    expect(() => parseCapture(text)).toThrow(
      expect.objectContaining({ code: "capture-invalid", details: { line: 3 } }),
    );
  });

  it("is refused by a HomeError and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parseCapture(text);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HomeError);
        }
      }),
    );
  });
});
