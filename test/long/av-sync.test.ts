/** A flash and a beep at every whole second, joined anywhere: how far apart they are in what viewers decode. */

import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock } from "../../host/system-host.ts";
import { ffmpeg, outputOf, paced, readSome, saidOf } from "../media/clips.ts";

const seconds = 24;
const joins = 6;
const flash = "if(lt(mod(T+0.001,1),0.12),235,16)";
const beep = "if(lt(mod(t,1),0.12),0.7*sin(2*PI*1000*t),0)";

function madeSync(): Uint8Array {
  const picture = `color=black:size=720x576:rate=25,geq=lum='${flash}':cb=128:cr=128,setsar=16/15`;
  const sources = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", `aevalsrc='${beep}':s=48000`];
  const coded = ["-c:v", "mpeg2video", "-b:v", "3M", "-g", "12", "-bf", "2", "-c:a", "mp2", "-b:a", "192k"];
  const args = ["-v", "error", ...sources, "-t", String(seconds), ...coded, "-f", "mpegts", "-"];
  return execFileSync(ffmpeg ?? "", args, { maxBuffer: 1 << 28 });
}

/** Seconds from each flash to its beep, as they are decoded: below zero where the beep comes first. */
async function offsetsIn(mp4: Uint8Array): Promise<readonly number[]> {
  const look = "signalstats,metadata=print:key=lavfi.signalstats.YAVG";
  const listen = "silencedetect=noise=-30dB:duration=0.2";
  const said = await saidOf(["-f", "mp4", "-i", "pipe:0", "-vf", look, "-af", listen, "-f", "null", "-"], mp4);
  const brightness = [...said.matchAll(/pts_time:([\d.]+)\s*\n[^\n]*YAVG=([\d.]+)/g)];
  const frames = brightness.map(([, at, level]) => ({ at: Number(at), isBright: Number(level) > 100 }));
  const flashes = frames.filter(({ isBright }, at) => isBright && frames[at - 1]?.isBright === false);
  const beeps = [...said.matchAll(/silence_end: ([\d.]+)/g)].map(([, at]) => Number(at));
  return flashes.flatMap(({ at }) => {
    const nearest = beeps.map((one) => one - at).sort((a, b) => Math.abs(a) - Math.abs(b))[0];
    return nearest !== undefined && Math.abs(nearest) < 0.5 ? [nearest] : [];
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

describe.skipIf(ffmpeg === undefined)("Pictures and their sound", () => {
  let made: Uint8Array;
  let media: MediaSessions;
  beforeAll(() => {
    made = madeSync();
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
