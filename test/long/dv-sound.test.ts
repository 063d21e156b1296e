/** The sound of a consumer camcorder, as another program hears it: two pairs of channels of 32 kHz and 12 bits. */

import { execFileSync } from "node:child_process";
import { describe, expect, it, vi } from "vitest";
import { createDvContent } from "../../simulated-home/ieee1394/stream/dv-content.ts";
import { ffmpeg, paced, readSome } from "../media/clips.ts";
import { partAt, soundOf } from "../media/tones.ts";
import { deck, openWatchedHome } from "../media/watched-home.ts";

const rate = 32_000;
/** In the fourth audio block of the first sequence. */
const sourcePackAt = (6 + 3 * 16) * 80 + 3;

const tones = [440, 880];

/** Three seconds of it. */
async function camcorderTape(): Promise<Buffer> {
  const content = createDvContent(625);
  content.prepare();
  // Empty frames, as there are until then, do not tell what their sound is.
  await vi.waitFor(() => expect(content.frame(0)[sourcePackAt]).toBe(0x50), { timeout: 50_000 });
  return Buffer.concat(Array.from({ length: 75 }, (_, number) => content.frame(number)));
}

describe.skipIf(ffmpeg === undefined)("The tape of a camcorder", () => {
  it("has both pairs of sound, each its own tone from frame to frame without a break", async () => {
    const tape = await camcorderTape();
    for (const [pair, tone] of tones.entries()) {
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

  it("is heard with the pair that was asked for, and with the last where it has no such one", async () => {
    const tape = await camcorderTape();
    await using home = await openWatchedHome(async () => paced("dv", tape, 3), { idleSeconds: 0.1 });
    for (const [asked, tone] of [
      ["", 440],
      ["?audio=1", 440],
      ["?audio=2", 880],
      ["?audio=3", 880],
    ] as const) {
      const headers = { "content-type": "application/json" };
      const open = new URL(`/api/devices/${deck.id}/stream${asked}`, home.url);
      const { session } = (await (await fetch(open, { method: "POST", headers, body: "{}" })).json()) as {
        session: string;
      };
      const stream = new URL(`/api/streams/${session}`, home.url);
      const { body, headers: told } = await fetch(`${stream}/video?rung=low`);
      expect(told.get("content-type")).toContain("mp4a.40.2");
      const heard = await soundOf(await readSome(body ?? new ReadableStream(), 90_000));
      expect(await (await fetch(stream)).json()).toMatchObject({ audioCount: 2 });
      await fetch(stream, { method: "DELETE" });
      // What comes first is the encoder's own beginning.
      const settled = heard.slice(Math.floor(heard.length / 4));
      expect(settled.length).toBeGreaterThan(24_000);
      expect(tones.map((one) => [one, partAt(one, settled) > 0.9])).toEqual(tones.map((one) => [one, one === tone]));
    }
  });
});
