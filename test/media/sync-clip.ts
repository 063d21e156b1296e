/** A flash and a beep at every whole second, and how far apart they are in what is decoded of them. */

import { execFileSync } from "node:child_process";
import { ffmpeg, saidOf } from "./clips.ts";

const flash = "if(lt(mod(T+0.001,1),0.12),235,16)";
const beep = "if(lt(mod(t,1),0.12),0.7*sin(2*PI*1000*t),0)";

/** So many seconds of it, as a deck sends them. */
export function madeSync(seconds: number): Uint8Array {
  const picture = `color=black:size=720x576:rate=25,geq=lum='${flash}':cb=128:cr=128,setsar=16/15`;
  const sources = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", `aevalsrc='${beep}':s=48000`];
  const coded = ["-c:v", "mpeg2video", "-b:v", "3M", "-g", "12", "-bf", "2", "-c:a", "mp2", "-b:a", "192k"];
  const args = ["-v", "error", ...sources, "-t", String(seconds), ...coded, "-f", "mpegts", "-"];
  return execFileSync(ffmpeg ?? "", args, { maxBuffer: 1 << 28 });
}

/** Seconds from each flash to its beep, as they are decoded: below zero where the beep comes first. */
export async function offsetsIn(mp4: Uint8Array): Promise<readonly number[]> {
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

export const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
