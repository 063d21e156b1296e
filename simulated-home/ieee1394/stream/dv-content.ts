/** What is on a simulated tape: frames of DV that FFmpeg makes when they are first looked at, and grey ones until then (IEC 61834-2). */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { putSound } from "./dv-sound.ts";

export interface DvContent {
  readonly lines: 525 | 625;
  readonly framesPerSecond: number;
  /** Has it made, if it is not yet. */
  prepare(): void;
  /** A frame of its own, 120,000 octets or 144,000. */
  frame(number: number): Uint8Array;
}

/** Makes some frames, one behind the other. */
export type MakeFrames = (lines: 525 | 625) => Promise<Uint8Array>;

const block = 80;
const blocksOfSequence = 150;
const sections = { header: 0, subcode: 1, vaux: 2, audio: 3, video: 4 };
const timeCodePack = 0x13;
const syncBlocks = 6;

export function createDvContent(lines: 525 | 625, make: MakeFrames = makeWithFfmpeg): DvContent {
  const octets = (lines === 625 ? 12 : 10) * blocksOfSequence * block;
  let frames: Uint8Array | undefined;
  const empty = emptyFrame(lines);
  let isAsked = false;
  function prepare(): void {
    if (isAsked) return;
    isAsked = true;
    make(lines).then(
      (made) => {
        if (made.length >= octets) frames = lines === 625 ? withBothPairs(made, octets) : made;
      },
      () => undefined,
    );
  }
  return {
    lines,
    framesPerSecond: lines === 625 ? 25 : 30_000 / 1001,
    prepare,
    frame(number) {
      prepare();
      if (frames === undefined) return empty.slice();
      const count = Math.floor(frames.length / octets);
      return frames.slice((number % count) * octets, ((number % count) + 1) * octets);
    },
  };
}

/** Camcorders for the home record two pairs of sound; FFmpeg makes only one. Whole periods fit into two seconds. */
function withBothPairs(frames: Uint8Array, octets: number): Uint8Array {
  const count = Math.floor(frames.length / octets);
  for (let number = 0; number < count; number++) {
    putSound(frames.subarray(number * octets, (number + 1) * octets), number, [440, 880]);
  }
  return frames;
}

/** Two seconds of a moving test picture with sound. */
async function makeWithFfmpeg(lines: 525 | 625): Promise<Uint8Array> {
  const [size, rate, target] = lines === 625 ? ["720x576", "25", "pal-dv"] : ["720x480", "30000/1001", "ntsc-dv"];
  const picture = ["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${rate}`];
  const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
  const args = ["-v", "error", ...picture, ...sound, "-t", "2", "-target", target ?? "", "-f", "dv", "pipe:1"];
  const { stdout } = await promisify(execFile)("ffmpeg", args, {
    encoding: "buffer",
    maxBuffer: 50_000_000,
    timeout: 60_000,
  });
  return stdout;
}

/** All blocks with their ids, and nothing in them. */
function emptyFrame(lines: 525 | 625): Uint8Array {
  const sequences = lines === 625 ? 12 : 10;
  const frame = new Uint8Array(sequences * blocksOfSequence * block);
  for (let sequence = 0; sequence < sequences; sequence++) {
    for (let place = 0; place < blocksOfSequence; place++) {
      const [section, number] = idOf(place);
      const at = (sequence * blocksOfSequence + place) * block;
      frame.set([(section << 5) | 0x1f, (sequence << 4) | 7, number], at);
      // Of how many lines the frame is; all of its tracks are valid.
      if (place === 0) frame.set([lines === 625 ? 0xbf : 0x3f, 0x68, 0x78, 0x78, 0x78], at + 3);
    }
  }
  for (let sequence = 0; sequence < sequences; sequence++) {
    for (const place of [1, 2]) {
      const at = (sequence * blocksOfSequence + place) * block + 3;
      for (let sync = 0; sync < syncBlocks; sync++) frame[at + sync * 8 + 3] = timeCodePack;
    }
  }
  return frame;
}

/** A header, two of subcode, three of VAUX, then nine times one of audio and fifteen of video. */
function idOf(place: number): readonly [section: number, number: number] {
  if (place === 0) return [sections.header, 0];
  if (place < 3) return [sections.subcode, place - 1];
  if (place < 6) return [sections.vaux, place - 3];
  const group = Math.floor((place - 6) / 16);
  const within = (place - 6) % 16;
  return within === 0 ? [sections.audio, group] : [sections.video, group * 15 + within - 1];
}

/** Writes the time code of a frame into each pack of its subcode that holds one. */
export function stampTimeCode(frame: Uint8Array, number: number, framesPerSecond: number): Uint8Array {
  const seconds = Math.floor(number / framesPerSecond);
  const parts = [
    number % framesPerSecond,
    seconds % 60,
    Math.floor(seconds / 60) % 60,
    Math.floor(seconds / 3600) % 24,
  ];
  const octets = parts.map((part) => (Math.floor(part / 10) << 4) | (part % 10));
  for (let start = block; start < frame.length; start += blocksOfSequence * block) {
    for (const subcode of [0, block]) {
      for (let sync = 0; sync < syncBlocks; sync++) {
        const at = start + subcode + 3 + sync * 8 + 3;
        if (frame[at] === timeCodePack) frame.set(octets, at + 1);
      }
    }
  }
  return frame;
}
