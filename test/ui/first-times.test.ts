import { describe, expect, it } from "vitest";
import { offsetOf, startIn, timescaleIn } from "../../ui/player/first-times.ts";

const letters = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const uint32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
const padding = Array.from({ length: 32 }, () => 0);
const head = (scale: number): number[] => [...letters("mdhd"), ...padding.slice(0, 12), ...uint32(scale), ...padding];

describe("When a stream that is joined begins", () => {
  it("is the first fragment's time, in the scale of the first track", () => {
    const init = Uint8Array.from([...padding, ...letters("m"), ...head(90_000), ...head(48_000)]);
    expect(timescaleIn(init)).toBe(90_000);
    const short = Uint8Array.from([...letters("tftfdt"), 0, 0, 0, 0, ...uint32(1_170_000), ...padding]);
    expect(startIn(short, 90_000)).toBe(13);
    const long = Uint8Array.from([...letters("tfdt"), 1, 0, 0, 0, ...uint32(1), ...uint32(0), ...padding]);
    expect(startIn(long, 2 ** 16)).toBe(2 ** 16);
  });

  it("is not known while there is no fragment, or no scale, or it is cut short", () => {
    expect(timescaleIn(Uint8Array.from(padding))).toBeUndefined();
    expect(timescaleIn(Uint8Array.from(head(0)))).toBeUndefined();
    expect(timescaleIn(Uint8Array.from(letters("mdhd")))).toBeUndefined();
    expect(startIn(Uint8Array.from(padding), 90_000)).toBeUndefined();
    expect(startIn(Uint8Array.from([...letters("tfdt"), ...padding]), undefined)).toBeUndefined();
  });

  it("is the player's beginning, and what comes later goes on from there, of whatever time line it is", () => {
    const offset = offsetOf(500, 0, undefined);
    expect(500 + offset).toBeCloseTo(0, 2);
    expect(500 + offset).toBeGreaterThan(0);
    // The same stream asked for again: a second behind its end.
    expect(offsetOf(539, offset, 40)).toBe(offset);
    // A stream begun anew, and one that went on while nobody looked.
    expect(3 + offsetOf(3, offset, 40)).toBe(40);
    expect(900 + offsetOf(900, offset, 40)).toBe(40);
  });
});
