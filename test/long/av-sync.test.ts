/** A flash and a beep at every whole second, joined anywhere: how far apart they are in what viewers decode. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock } from "../../host/system-host.ts";
import { ffmpeg, outputOf, paced, readSome } from "../media/clips.ts";
import { madeSync, mean, offsetsIn } from "../media/sync-clip.ts";

const seconds = 24;
const joins = 6;
describe.skipIf(ffmpeg === undefined)("Pictures and their sound", () => {
  let made: Uint8Array;
  let media: MediaSessions;
  beforeAll(() => {
    made = madeSync(seconds);
    const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
    const ring = () => new FragmentRing();
    media = new MediaSessions({ clock: systemClock, rungs: ladder, engine, idleMs: 10, ring });
  });
  afterAll(() => media?.[Symbol.asyncDispose]());

  it("are no more than 40 ms apart, in every rung, wherever the stream is joined", async () => {
    const all: number[] = [];
    for (let join = 0; join < joins; join++) {
      const from = Math.floor((made.length * join * 0.0871) / 188) * 188 + join;
      const source = async () => paced("mpegts", made.subarray(from), seconds * (1 - from / made.length), false);
      using hold = await media.hold(`deck ${join}`, source);
      const rung = join % 2 === 0 ? "low" : "high";
      const octets = rung === "low" ? 120_000 : 300_000;
      const offsets = await offsetsIn(await readSome((await hold.ring(rung)).watch().body, octets));
      expect(offsets.length).toBeGreaterThanOrEqual(3);
      expect(Math.abs(mean(offsets))).toBeLessThanOrEqual(0.04);
      all.push(...offsets);
    }
    expect(all.length).toBeGreaterThan(3 * joins);
  });

  it("would be found out if they were further apart", async () => {
    const coded = ["-af", "adelay=100:all=1", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"];
    const args = ["-v", "error", "-i", "pipe:0", ...coded, "-movflags", "frag_keyframe+empty_moov", "-t", "6"];
    const late = await outputOf([...args, "-f", "mp4", "-"], made);
    const offsets = await offsetsIn(late);
    expect(offsets.length).toBeGreaterThanOrEqual(3);
    expect(Math.abs(mean(offsets) - 0.1)).toBeLessThan(0.04);
  });
});
