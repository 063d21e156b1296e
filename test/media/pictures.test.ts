import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import { FragmentReader } from "../../gateway-core/media/fragments.ts";
import { JpegSplitter } from "../../gateway-core/media/jpeg-splitter.ts";
import { takePictures } from "../../gateway-core/media/pictures.ts";
import { systemClock } from "../../host/system-host.ts";
import { encoders, ffmpeg } from "./clips.ts";

describe("A run of JPEG pictures", () => {
  const picture = (fill: number): Uint8Array => Uint8Array.of(0xff, 0xd8, fill, 0xff, 0x00, fill, 0xff, 0xd9);

  it("is cut into the pictures, however it comes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xd7 }), { maxLength: 6 }), fc.nat(9), (fills, step) => {
        const run = Buffer.concat(fills.map(picture));
        const splitter = new JpegSplitter();
        const seen: Uint8Array[] = [];
        for (let at = 0; at < run.length; at += step + 1) seen.push(...splitter.push(run.subarray(at, at + step + 1)));
        expect(seen).toEqual(fills.map(picture));
      }),
    );
  });

  it("that is none gives none", () => {
    expect(new JpegSplitter().push(Uint8Array.of(1, 0xff, 0xd9, 2, 0xff, 0xff))).toEqual([]);
  });
});

describe.skipIf(ffmpeg === undefined)("Pictures of a stream that is converted already", () => {
  function streamed(): FragmentRing {
    const picture = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=2", "-c:v", "libx264", "-g", "10"];
    const form = ["-movflags", "+empty_moov+default_base_moof+frag_keyframe", "-frag_duration", "200000", "-f", "mp4"];
    const whole = execFileSync(ffmpeg ?? "", ["-v", "error", ...picture, "-pix_fmt", "yuv420p", ...form, "pipe:1"]);
    const ring = new FragmentRing();
    for (const piece of new FragmentReader().push(whole)) ring.push(piece);
    return ring;
  }
  const start = ffmpegStarter(ffmpeg ?? "", systemClock);

  it("are one, and then FFmpeg is gone", async () => {
    const pictures: Uint8Array[] = [];
    await new Promise<void>((onEnd) => {
      takePictures({ start, ring: streamed(), onPicture: (jpeg) => pictures.push(jpeg), onEnd });
    });
    expect(pictures).toHaveLength(1);
    expect(pictures[0]?.subarray(0, 2)).toEqual(Uint8Array.of(0xff, 0xd8));
    await expect.poll(() => encoders()).toEqual([]);
  });

  it("are several a second as long as they are wanted", async () => {
    const ring = streamed();
    let seen = 0;
    let isOver = false;
    const onEnd = (): void => {
      isOver = true;
    };
    const stop = takePictures({ start, ring, perSecond: 5, onPicture: () => seen++, onEnd });
    await expect.poll(() => seen).toBeGreaterThan(0);
    stop();
    expect(isOver).toBe(true);
    await expect.poll(() => encoders()).toEqual([]);
  });
});
