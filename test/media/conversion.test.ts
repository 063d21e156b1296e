import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { convert, type Progress } from "../../gateway-core/media/conversion.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import { systemClock } from "../../host/system-host.ts";
import { encoders, ffmpeg, madeStream } from "./clips.ts";

async function* pieces(octets: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < octets.length; at += 65_536) yield octets.subarray(at, at + 65_536);
}

describe.skipIf(ffmpeg === undefined)("A conversion to a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-conversion-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const told: Progress[] = [];
  const options = (name: string, octets: Uint8Array, signal = new AbortController().signal) =>
    ({
      clock: systemClock,
      start: ffmpegStarter(ffmpeg ?? "", systemClock),
      form: "mpegts",
      rung: { name: "low", height: 240, videoKbps: 200, audioKbps: 40 },
      encoder: "libx264",
      input: pieces(octets),
      inputOctets: octets.length,
      output: join(folder, name),
      signal,
      onProgress: (progress: Progress) => told.push(progress),
    }) as const;
  const said = (name: string): string => {
    try {
      return execFileSync(ffmpeg ?? "", ["-i", join(folder, name)], { encoding: "utf8", stdio: "pipe" });
    } catch (thrown) {
      return String(thrown);
    }
  };

  it("makes an MP4 of either kind, with the whole length and the sound, and says how far it is", async () => {
    const made = madeStream("mpegts", 2);
    await convert({ ...options("a.mp4", made), profile: "h264" });
    expect(said("a.mp4")).toMatch(/Duration: 00:00:0[12]\.\d+[\s\S]*h264 \(Main\)[\s\S]*320x240[\s\S]*aac/);
    await convert({ ...options("b.mp4", made), profile: "mpeg4" });
    expect(said("b.mp4")).toMatch(/mpeg4[\s\S]*320x240[\s\S]*aac/);
    for (const { part, seconds } of told) expect([part !== null && part <= 1, seconds >= 0]).toEqual([true, true]);
  });

  it("leaves nothing when it is stopped, or when the input is no stream", async () => {
    const leaving = new AbortController();
    const endless = (async function* () {
      const made = madeStream("mpegts", 1);
      for (;;) yield made;
    })();
    const running = convert({
      ...options("c.mp4", new Uint8Array(0), leaving.signal),
      profile: "h264",
      input: endless,
    });
    await expect.poll(() => existsSync(join(folder, "c.mp4.part"))).toBe(true);
    leaving.abort();
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    const noise = new TextEncoder().encode("nothing of the kind ".repeat(1_000));
    await expect(convert({ ...options("d.mp4", noise), profile: "h264" })).rejects.toMatchObject({
      code: "conversion-failed",
    });
    expect(readdirSync(folder).filter((name) => /^[cd]/.test(name))).toEqual([]);
    expect(encoders()).toEqual([]);
  });
});
