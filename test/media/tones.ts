/** Which tone is heard: what part of a sound's power is at one pitch (Goertzel). */

import { outputOf } from "./clips.ts";

const rate = 48_000;

/** The sound of an MP4 as another program decodes it, one channel. */
export async function soundOf(mp4: Uint8Array): Promise<readonly number[]> {
  const decode = ["-v", "error", "-f", "mp4", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", String(rate), "pipe:1"];
  const octets = await outputOf(decode, mp4);
  return Array.from({ length: Math.floor(octets.length / 2) }, (_, at) => octets.readInt16LE(2 * at));
}

/** 1 for a pure tone of so many hertz, 0 where there is nothing of it. */
export function partAt(tone: number, samples: readonly number[]): number {
  const turn = 2 * Math.cos((2 * Math.PI * tone) / rate);
  let [before, last, power] = [0, 0, 0];
  for (const sample of samples) {
    [before, last] = [last, sample + turn * last - before];
    power += sample * sample;
  }
  return power === 0 ? 0 : (2 * (last * last + before * before - turn * last * before)) / (samples.length * power);
}
