/** Streams that change while they are watched, with real FFmpeg: what a viewer gets goes on. */

import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { AvSource, Piece, SourceForm } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock } from "../../host/system-host.ts";
import { ffmpeg, paced } from "../media/clips.ts";
import { use } from "../use.ts";

const seconds = 4;

/** A programme of that many seconds: its PIDs, its sound and where its clock begins are as told. */
function programme(pids: readonly number[], { from = 0, sound = "mp2", pixels = "720x480" } = {}): Uint8Array {
  const sources = `-f lavfi -i testsrc2=size=${pixels}:rate=30000/1001 -f lavfi -i sine=sample_rate=48000`;
  const coded = `-c:v mpeg2video -b:v 3M -g 15 -c:a ${sound} -t ${seconds} -output_ts_offset ${from}`;
  const muxed = `-streamid 0:${pids[0]} -streamid 1:${pids[1]} -f mpegts -`;
  const args = `-v error ${sources} -map 0:v -map 1:a ${coded} ${muxed}`.split(" ");
  return execFileSync(ffmpeg ?? "ffmpeg", args, { maxBuffer: 1 << 28 });
}
const tape = (target: string): Uint8Array =>
  execFileSync(
    ffmpeg ?? "ffmpeg",
    `-v error -f lavfi -i testsrc2=size=720x576:rate=25 -f lavfi -i sine=sample_rate=48000 -target ${target} -t ${seconds} -f dv -`.split(
      " ",
    ),
    { maxBuffer: 1 << 29 },
  );

/** One behind the other, each at its own pace; the device falls silent then. */
function inTurn(form: SourceForm, parts: readonly Uint8Array[]): AvSource {
  const closing = Promise.withResolvers<void>();
  let now: AvSource | undefined;
  async function* read() {
    for (const part of parts) {
      now = paced(form, part, seconds, false);
      yield* now.octets;
    }
    await closing.promise;
  }
  return {
    form,
    octets: read(),
    async [Symbol.asyncDispose]() {
      closing.resolve();
      await now?.[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(ffmpeg === undefined)("A stream that changes while it is watched", () => {
  it.each<[string, SourceForm, () => readonly Uint8Array[], number]>([
    [
      "its sound moves to another PID",
      "mpegts",
      () => [programme([256, 257]), programme([256, 300], { from: seconds })],
      1,
    ],
    [
      "its picture moves to another PID",
      "mpegts",
      () => [programme([256, 257]), programme([512, 257], { from: seconds })],
      1,
    ],
    [
      "its sound is coded otherwise",
      "mpegts",
      () => [programme([256, 257]), programme([256, 257], { sound: "ac3", from: seconds })],
      1,
    ],
    ["its clock turns over", "mpegts", () => [programme([256, 257], { from: 95_443 })], 0],
    [
      "its clock jumps back by an hour",
      "mpegts",
      () => [programme([256, 257], { from: 3_600 }), programme([256, 257])],
      0,
    ],
    [
      "its picture has another size",
      "mpegts",
      () => [programme([256, 257]), programme([256, 257], { pixels: "720x576", from: seconds })],
      0,
    ],
    ["a tape of 525 lines is followed by one of 625", "dv", () => [tape("ntsc-dv"), tape("pal-dv")], 1],
  ])("goes on when %s", async (_how, form, parts, renewals) => {
    const made = parts();
    const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
    const restarts: string[] = [];
    const options = { clock: systemClock, rungs: ladder, engine, idleMs: 100, ring: () => new FragmentRing() };
    const media = await use(new MediaSessions({ ...options, onRestart: (_device, why) => restarts.push(why) }));
    const hold = await media.hold("deck", async () => inTurn(form, made));
    const pieces: Piece[] = [];
    (await hold.ring("low")).follow((piece) => pieces.push(piece));
    const fragments = () => pieces.flatMap((piece) => ("fragment" in piece ? [piece.fragment] : []));
    const end = () => fragments().reduce((most, { start, duration }) => Math.max(most, start + duration), 0);
    const whole = seconds * made.length;
    await expect.poll(end, { timeout: 60_000 }).toBeGreaterThan(whole - 2.5);
    const inits = pieces.flatMap((piece) => ("init" in piece ? [piece.init] : []));
    expect(inits.every(({ hasAudio, hasVideo }) => hasAudio && hasVideo)).toBe(true);
    expect([inits.length - 1, restarts]).toEqual([renewals, []]);
    // Pictures go on without a gap that anybody would take for an end.
    const starts = fragments().map(({ start }) => start);
    const gaps = starts.slice(1).map((start, at) => start - (starts[at] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(1);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
  });
});
