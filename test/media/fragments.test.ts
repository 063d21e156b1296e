import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Piece } from "../../gateway-core/contract/stream.ts";
import { FragmentReader } from "../../gateway-core/media/fragments.ts";
import { progressIn } from "../../gateway-core/media/progress.ts";
import { ffmpeg } from "./clips.ts";

const args = "-v error -f lavfi -i testsrc2=size=64x48:rate=25 -f lavfi -i sine -t 2 -c:v libx264 -profile:v main";
const output = "-pix_fmt yuv420p -g 25 -bf 0 -c:a aac -frag_duration 200000 -f mp4";
const movflags = ["-movflags", "+empty_moov+default_base_moof+frag_keyframe", "-"];
const made = (): Uint8Array => execFileSync(ffmpeg ?? "", [...`${args} ${output}`.split(" "), ...movflags]);

describe.skipIf(ffmpeg === undefined)("An encoder's fragments", () => {
  const octets = ffmpeg === undefined ? new Uint8Array(0) : made();
  const read = (step: number, offset = 0): Piece[] => {
    const reader = new FragmentReader(offset);
    const pieces: Piece[] = [];
    for (let at = 0; at < octets.length; at += step) pieces.push(...reader.push(octets.slice(at, at + step)));
    return pieces;
  };

  it("come out the same however they are cut, with codecs, times and keys", () => {
    const [first, ...rest] = read(octets.length);
    expect(first).toMatchObject({
      init: { mediaType: 'video/mp4; codecs="avc1.4d400a, mp4a.40.2"', hasVideo: true, hasAudio: true },
    });
    const fragments = rest.flatMap((piece) => ("fragment" in piece ? [piece.fragment] : []));
    expect(fragments.map(({ start }) => Math.round(start * 5) / 5)).toEqual(fragments.map((_, at) => at / 5));
    expect(fragments.filter(({ isKey }) => isKey).map(({ start }) => Math.round(start))).toEqual([0, 1]);
    expect(fragments.reduce((sum, { duration }) => sum + duration, 0)).toBeCloseTo(2, 1);
    for (const step of [1, 7, 1_000]) expect(read(step)).toEqual([first, ...rest]);
  });

  it("go on where another encoder's ended", () => {
    const [, piece] = read(octets.length, 12.5);
    expect(piece).toMatchObject({ fragment: { start: 12.5, isKey: true } });
    const [again] = new FragmentReader().push(octets).slice(1);
    expect(again).toMatchObject({ fragment: { start: 0 } });
  });

  it("that are none are a typed error, and nothing else", () => {
    expect(() => new FragmentReader().push(Uint8Array.of(0, 0, 0, 3, 1, 2, 3, 4))).toThrow(HomeError);
    for (let at = 0; at < 400; at++) {
      const bent = octets.slice();
      const place = (at * 7_919) % bent.length;
      bent[place] = (bent[place] ?? 0) ^ (1 << (at % 8));
      try {
        new FragmentReader().push(bent);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(HomeError);
      }
    }
  });
});

describe("What FFmpeg tells of its progress", () => {
  it("is read from its newest block", () => {
    const block = (micros: number, speed: string): string =>
      `frame=1\nout_time_us=${micros}\nspeed=${speed}\nprogress=continue\n`;
    expect(progressIn(block(1_000_000, "1.5x") + block(2_500_000, " 3.25x"))).toEqual({ seconds: 2.5, speed: 3.25 });
    expect(progressIn(block(40_000, "N/A"))).toEqual({ seconds: 0.04, speed: null });
    expect(progressIn("frame=1\n")).toBeUndefined();
  });
});
