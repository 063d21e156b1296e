import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Json } from "../../gateway-core/contract/json.ts";
import { convert, type Progress } from "../../gateway-core/media/conversion.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import { convertRecording } from "../../gateway-core/transcoder.ts";
import { systemClock } from "../../host/system-host.ts";
import { madeFrames } from "../av-sources/made-stream.ts";
import { fakeFfmpeg } from "../fakes/fake-ffmpeg.ts";
import { FakeClock } from "../fakes/fake-host.ts";
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

  it("whose FFmpeg stands still, or whose input breaks off, says so and leaves nothing", async () => {
    const clock = new FakeClock();
    const fake = fakeFfmpeg();
    const silent = (async function* () {
      yield new Uint8Array(10);
      await new Promise(() => undefined);
    })();
    const running = convert({
      ...options("e.mp4", new Uint8Array(0)),
      ...{ profile: "h264", clock, start: fake.start, input: silent },
    });
    const failed = expect(running).rejects.toMatchObject({ code: "conversion-failed", message: "FFmpeg stood still" });
    await clock.advance(50_000);
    fake.started[0]?.outputs[0]?.write("out_time_us=40000\n");
    await clock.advance(50_000);
    expect(fake.running).toHaveLength(1);
    await clock.advance(10_000);
    await failed;
    const broken = (async function* () {
      yield new Uint8Array(10);
      throw new Error("EIO");
    })();
    await expect(
      convert({ ...options("f.mp4", new Uint8Array(0)), profile: "h264", clock, start: fake.start, input: broken }),
    ).rejects.toMatchObject({ code: "value-invalid", message: expect.stringContaining("EIO") });
    expect([fake.running, clock.pending, readdirSync(folder).filter((name) => /^[ef]/.test(name))]).toEqual([
      [],
      0,
      [],
    ]);
  });
});

describe("The conversion of a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-conversion-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const kept = new Map<string, Json>();
  const memory = {
    read: (name: string) => kept.get(name),
    write: (name: string, value: Json) => void kept.set(name, value),
  };
  const path = (name: string): string => join(folder, name);
  const converted = (input: string, output: string, signal = new AbortController().signal) =>
    convertRecording(
      { clock: systemClock, memory },
      { ...{ input, output, signal, profile: "h264", rung: "low" }, onProgress: () => undefined },
      fakeProgram(),
    );

  /** Proves itself, and then converts for as long as nobody stops it. */
  function fakeProgram(): string {
    const program = path("ffmpeg");
    if (existsSync(program)) return program;
    const text = 'case "$*" in *-version*) echo "ffmpeg version 7 x";; *pipe:0*) exec cat >/dev/null;; esac';
    writeFileSync(program, `#!/bin/sh\n${text}\n`);
    chmodSync(program, 0o755);
    return program;
  }

  it("never writes over what it is made of, by whatever name, nor over what is no file", async () => {
    const tape = madeFrames(1);
    writeFileSync(path("tape.dv"), tape);
    symlinkSync(path("tape.dv"), path("link.mp4"));
    linkSync(path("tape.dv"), path("growing.mp4.part"));
    for (const output of [`${folder}/./tape.dv`, path("link.mp4"), path("growing.mp4"), folder]) {
      await expect(converted(path("tape.dv"), output)).rejects.toMatchObject({ code: "value-invalid" });
    }
    expect(Buffer.compare(readFileSync(path("tape.dv")), tape)).toBe(0);
  });

  it("takes nothing but files, and waits for no other", async () => {
    execFileSync("/bin/sh", ["-c", `mkfifo "${path("pipe")}"`]);
    for (const input of [path("pipe"), folder, "/dev/zero", path("nowhere")]) {
      await expect(converted(input, path("out.mp4"))).rejects.toMatchObject({ code: "value-invalid" });
    }
    expect(existsSync(path("out.mp4.part"))).toBe(false);
  });

  it("is refused where the same file is being made", async () => {
    writeFileSync(path("tape.dv"), madeFrames(1));
    const leaving = new AbortController();
    const running = converted(path("tape.dv"), path("same.mp4"), leaving.signal);
    await expect(converted(path("tape.dv"), `${folder}//same.mp4`)).rejects.toMatchObject({ code: "device-busy" });
    leaving.abort();
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });
});
