/** Sources that send what is no stream, or one that cannot be shown: each ends in an error that says so, and costs nothing after. */

import { afterEach, describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { AvSource, SourceForm } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock } from "../../host/system-host.ts";
import { encoders, ffmpeg, madeStream, paced } from "../media/clips.ts";

const patience = 120_000;

/** The same noise each time. */
function noise(octets: number): Uint8Array {
  let state = 0x2545_f491;
  return Uint8Array.from({ length: octets }, () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return state >>> 24;
  });
}

/** A copy in which whatever follows each sequence header of MPEG-2 video (ISO/IEC 13818-2, 6.2.2.1) is changed. */
function withSequences(stream: Uint8Array, change: (octets: Uint8Array, at: number) => void): Uint8Array {
  // Without FFmpeg there is none, and no test.
  if (stream.length === 0) return stream;
  const changed = new Uint8Array(stream);
  let count = 0;
  for (let at = 0; at + 7 < changed.length; at++) {
    if (changed[at] !== 0 || changed[at + 1] !== 0 || changed[at + 2] !== 1 || changed[at + 3] !== 0xb3) continue;
    change(changed, at + 4);
    count++;
  }
  expect(count).toBeGreaterThan(3);
  return changed;
}

/** Its packets are whole, and so are its tables; its pictures are noise behind each first octets. */
function scrambled(stream: Uint8Array): Uint8Array {
  const rubbish = noise(184);
  return withSequences(stream, (octets, at) => {
    const packet = Math.floor(at / 188) * 188;
    const pid = (octets[packet + 1] ?? 0) & 0x1f;
    for (let next = packet + 188; next + 188 <= octets.length; next += 188) {
      const isVideo = ((octets[next + 1] ?? 0) & 0x1f) === pid && octets[next + 2] === octets[packet + 2];
      const isStart = ((octets[next + 1] ?? 0) & 0x40) !== 0;
      if (isVideo && isStart) break;
      if (isVideo && ((octets[next + 3] ?? 0) & 0x20) === 0) octets.set(rubbish, next + 4);
    }
    octets.set(rubbish.subarray(0, Math.max(0, packet + 188 - at - 8)), at + 8);
  });
}

const made = ffmpeg === undefined ? new Uint8Array(0) : madeStream("mpegts", 4);
const sources: readonly [string, SourceForm, Uint8Array, number][] = [
  ["a playlist that names files", "mpegts", Buffer.from("#EXTM3U\nfile:///etc/passwd\n".repeat(40_000)), 1],
  ["noise for a transport stream", "mpegts", noise(2 << 20), 1],
  ["noise for DV", "dv", noise(4 << 20), 1],
  ["a transport stream for DV", "dv", made, 1],
  ["pictures without a size", "mpegts", withZeroSize(made), 4],
  ["pictures of noise", "mpegts", scrambled(made), 4],
];

/** Horizontal and vertical size are twelve bits each. */
function withZeroSize(stream: Uint8Array): Uint8Array {
  return withSequences(stream, (octets, at) => octets.fill(0, at, at + 3));
}

describe.skipIf(ffmpeg === undefined)("A source that sends", () => {
  const opened: MediaSessions[] = [];
  afterEach(() => Promise.all(opened.splice(0).map((one) => one[Symbol.asyncDispose]())));

  it.each(sources)(
    "%s without an end is given up with a word, and nothing of it goes on",
    async (_, form, octets, seconds) => {
      const restarts: string[] = [];
      let [isLetGo, sent] = [false, 0];
      const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
      const media = new MediaSessions({
        ...{ clock: systemClock, rungs: ladder, engine, idleMs: 60_000, ring: () => new FragmentRing() },
        onRestart: (_device, why) => restarts.push(why),
      });
      opened.push(media);
      const source = async (): Promise<AvSource> => {
        const endless = paced(form, octets, seconds);
        async function* counted() {
          for await (const piece of endless.octets) {
            sent += piece.length;
            yield piece;
          }
        }
        return {
          form,
          octets: counted(),
          async [Symbol.asyncDispose]() {
            isLetGo = true;
            await endless[Symbol.asyncDispose]();
          },
        };
      };
      const before = process.memoryUsage().rss;
      using hold = await media.hold("evil", source);
      const late = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), patience));
      const ended = await Promise.race([hold.over, late]);
      expect(ended).toBeInstanceOf(HomeError);
      expect(ended).toMatchObject({ code: "conversion-failed" });
      // What is said of it is a few words, however long it went on.
      expect(JSON.stringify(ended instanceof HomeError ? ended.toBody() : "").length).toBeLessThan(2_000);
      expect(restarts.length).toBeLessThanOrEqual(5);
      await expect.poll(() => [media.count, encoders(), isLetGo]).toEqual([0, [], true]);
      expect(process.memoryUsage().rss - before).toBeLessThan(128 << 20);
      const [sentUntil, usage] = [sent, process.cpuUsage()];
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const { user, system } = process.cpuUsage(usage);
      expect([sent, (user + system) / 1e6 < 0.5]).toEqual([sentUntil, true]);
    },
  );
});
