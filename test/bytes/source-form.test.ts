import { describe, expect, it } from "vitest";
import { formOctets, sourceFormOf, streamStartOf } from "../../gateway-core/bytes/source-form.ts";

/** Packets that count, `stride` octets from one to the next. */
function beats(stride: number, count: number, offset = 0): Uint8Array {
  const octets = new Uint8Array(offset + stride * count).fill(0x11);
  for (let beat = 0; beat < count; beat++) octets.set([0x47, 0x01, 0x00, 0x10 | beat], offset + beat * stride);
  return octets;
}

describe("What a source is", () => {
  it.each([188, 192, 204] as const)("is a transport stream where packets lie %d octets apart", (stride) => {
    expect(streamStartOf(beats(stride, 8))).toEqual({ form: "mpegts", stride });
    expect(streamStartOf(beats(stride, 8, 100))).toEqual({ form: "mpegts", stride });
    expect(sourceFormOf(beats(stride, 8).subarray(0, formOctets))).toBe("mpegts");
  });

  it("is a transport stream of nothing but empty packets, too", () => {
    const empty = beats(188, 8);
    for (let at = 0; at < empty.length; at += 188) empty.set([0x47, 0x1f, 0xff, 0x10], at);
    expect(sourceFormOf(empty)).toBe("mpegts");
  });

  it("is DV where the header of a frame stands first", () => {
    expect(streamStartOf(Uint8Array.of(0x1f, 0x07, 0x00, 0xbf))).toEqual({ form: "dv" });
  });

  it("is told by three packets where there are no more", () => {
    expect(sourceFormOf(beats(188, 3))).toBe("mpegts");
    expect(() => sourceFormOf(beats(188, 2))).toThrow(expect.objectContaining({ code: "value-invalid" }));
  });

  it.each([
    ["nothing", new Uint8Array(0)],
    ["a page", new TextEncoder().encode("<!doctype html><title>Go</title>".repeat(100))],
    ["a playlist", new TextEncoder().encode("#EXTM3U\n#EXT-X-VERSION:3\nG.ts\n".repeat(100))],
    ["a list of files", new TextEncoder().encode("ffconcat version 1.0\nfile 'G.ts'\n".repeat(100))],
    ["a manifest", new TextEncoder().encode('<?xml version="1.0"?><MPD><Period id="G"/></MPD>'.repeat(50))],
    ["three beats of five", beats(188, 8).fill(0, 188 * 3, 188 * 4)],
    ["half a header of DV", Uint8Array.of(0x1f, 0x07, 0x01)],
    ["another start of that header", Uint8Array.of(0x1f, 0x08, 0x00)],
  ])("is neither where there is %s", (_what, octets) => {
    expect(() => sourceFormOf(octets)).toThrow(expect.objectContaining({ code: "value-invalid" }));
  });
});
