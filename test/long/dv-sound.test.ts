/** The sound of a consumer camcorder, as another program hears it: two pairs of channels of 32 kHz and 12 bits. */

import { execFileSync } from "node:child_process";
import { describe, expect, it, vi } from "vitest";
import { createDvContent } from "../../simulated-home/ieee1394/stream/dv-content.ts";
import { ffmpeg } from "../media/clips.ts";

const rate = 32_000;
/** In the fourth audio block of the first sequence. */
const sourcePackAt = (6 + 3 * 16) * 80 + 3;

describe.skipIf(ffmpeg === undefined)("The tape of a camcorder", () => {
  it("has both pairs of sound, each its own tone from frame to frame without a break", async () => {
    const content = createDvContent(625);
    content.prepare();
    // Empty frames, as there are until then, do not tell what their sound is.
    await vi.waitFor(() => expect(content.frame(0)[sourcePackAt]).toBe(0x50), { timeout: 50_000 });
    const tape = Buffer.concat(Array.from({ length: 75 }, (_, number) => content.frame(number)));
    for (const [pair, tone] of [440, 880].entries()) {
      const args = [
        "-v",
        "error",
        "-f",
        "dv",
        "-i",
        "pipe:0",
        "-map",
        `0:a:${pair}`,
        "-f",
        "s16le",
        "-ac",
        "1",
        "pipe:1",
      ];
      const told = execFileSync(ffmpeg ?? "", args, { input: tape, maxBuffer: 10_000_000 });
      const heard = Array.from({ length: told.length / 2 }, (_, at) => told.readInt16LE(2 * at));
      expect(heard).toHaveLength(3 * rate);
      expect(Math.max(...heard)).toBeGreaterThan(5_900);
      // A pure tone follows from its two samples before; what is left over is what twelve bits cannot tell.
      const turn = 2 * Math.cos((2 * Math.PI * tone) / rate);
      const errors = heard.slice(2).map((now, at) => Math.abs(now - turn * (heard[at + 1] ?? 0) + (heard[at] ?? 0)));
      expect(Math.max(...errors)).toBeLessThan(70);
    }
  });
});
