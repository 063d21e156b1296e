/** The sound of a consumer camcorder, as another program hears it: two pairs of channels of 32 kHz and 12 bits. */

import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { StreamHold } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock } from "../../host/system-host.ts";
import { createDvContent } from "../../simulated-home/ieee1394/stream/dv-content.ts";
import { encoders, ffmpeg, heardTone, madeBroadcast, paced, readSome } from "../media/clips.ts";

const rate = 32_000;
const frames = 75;
const seconds = frames / 25;
const tones = [440, 880];
/** In the fourth audio block of the first sequence. */
const sourcePackAt = (6 + 3 * 16) * 80 + 3;

describe.skipIf(ffmpeg === undefined)("The tape of a camcorder", () => {
  let tape: Uint8Array;
  let media: MediaSessions;
  beforeAll(async () => {
    const content = createDvContent(625);
    content.prepare();
    // Empty frames, as there are until then, do not tell what their sound is.
    await vi.waitFor(() => expect(content.frame(0)[sourcePackAt]).toBe(0x50), { timeout: 150_000 });
    tape = Buffer.concat(Array.from({ length: frames }, (_, number) => content.frame(number)));
    const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
    const ring = () => new FragmentRing();
    media = new MediaSessions({ clock: systemClock, rungs: ladder, engine, idleMs: 100, ring });
  });
  afterAll(() => media?.[Symbol.asyncDispose]());

  it("has both pairs of sound, each its own tone from frame to frame without a break", () => {
    for (const [pair, tone] of tones.entries()) {
      const input = ["-v", "error", "-f", "dv", "-i", "pipe:0"];
      const args = [...input, "-map", `0:a:${pair}`, "-f", "s16le", "-ac", "1", "pipe:1"];
      const told = execFileSync(ffmpeg ?? "", args, { input: tape, maxBuffer: 10_000_000 });
      const heard = Array.from({ length: told.length / 2 }, (_, at) => told.readInt16LE(2 * at));
      expect(heard).toHaveLength(seconds * rate);
      expect(Math.max(...heard)).toBeGreaterThan(5_900);
      // A pure tone follows from its two samples before; what is left over is what twelve bits cannot tell.
      const turn = 2 * Math.cos((2 * Math.PI * tone) / rate);
      const errors = heard.slice(2).map((now, at) => Math.abs(now - turn * (heard[at + 1] ?? 0) + (heard[at] ?? 0)));
      expect(Math.max(...errors)).toBeLessThan(70);
    }
  });

  /** What is heard of a stream: the pitch of its sound, in hertz. */
  const toneOf = async (hold: StreamHold): Promise<number> =>
    heardTone(await readSome((await hold.ring("low")).watch().body, 100_000));

  it("is heard by either pair, by two at once and each their own; a third is not there, and the last is heard", async () => {
    const source = async () => paced("dv", tape, seconds);
    const holds = await Promise.all([1, 2, 3].map((audio) => media.hold("camcorder", source, audio)));
    const heard = await Promise.all(holds.map(toneOf));
    expect(holds.map(({ audioCount }) => audioCount)).toEqual([2, 2, 2]);
    for (const [at, tone] of [...tones, 880].entries()) expect(Math.abs((heard[at] ?? 0) - tone)).toBeLessThan(15);
    for (const hold of holds) hold[Symbol.dispose]();
    await expect.poll(() => [media.count, encoders().length]).toEqual([0, 0]);
  });

  it("is not the only one: a broadcast in two languages has two sounds, too, until it goes on with one", async () => {
    const [two, one] = [madeBroadcast(tones, 6), madeBroadcast([330], 4)];
    const whole = Buffer.concat([two, one, one, one]);
    using hold = await media.hold("tuner", async () => paced("mpegts", whole, 18), 2);
    const body = (await hold.ring("low")).watch().body;
    const [before, after] = body.tee();
    expect(Math.abs((await heardTone(await readSome(before, 60_000))) - 880)).toBeLessThan(15);
    expect(hold.audioCount).toBe(2);
    const all = await readSome(after, 400_000);
    expect(hold.audioCount).toBe(1);
    expect(Math.abs((await heardTone(all, 2)) - 330)).toBeLessThan(15);
  });
});
