import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import { systemClock } from "../../host/system-host.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-process-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A shell script in FFmpeg's place. */
function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("The one process that converts", () => {
  it("may say as much as it likes, in lines or without end: only the last of it is kept", async () => {
    const lines = program("lines", "yes 'the same again' | head -n 100000 >&2; echo last >&2; exit 3");
    const { code, said } = await ffmpegStarter(lines, systemClock)([], 1).ended;
    expect([code, said.length, said.at(-1)]).toEqual([3, 16, "last"]);
    const line = program("line", "head -c 3000000 /dev/zero | tr '\\0' x >&2");
    const long = await ffmpegStarter(line, systemClock)([], 1).ended;
    expect(long.said.length).toBeLessThanOrEqual(16);
    for (const one of long.said) expect(one.length).toBeLessThanOrEqual(400);
  });

  it("that is gone at once, or was never there, has ended with why, and may be written to", async () => {
    for (const path of [program("gone", "exit 1"), join(folder, "nowhere"), folder]) {
      const child = ffmpegStarter(path, systemClock)(["-i", "pipe:0"], 2);
      child.stdin.write(new Uint8Array(1 << 20));
      const { code, said } = await child.ended;
      child.stdin.write(new Uint8Array(1 << 20));
      expect(code === 1 || said.some((line) => /ENOENT|EACCES/.test(line))).toBe(true);
      expect(await child.stop()).toEqual({ code, said });
    }
  });

  it("that heeds nothing is killed", async () => {
    const deaf = program("deaf", "trap '' TERM INT HUP; echo here; while :; do sleep 0.05; done");
    const child = ffmpegStarter(deaf, systemClock)([], 1);
    await new Promise((resolve) => child.outputs[0]?.once("data", resolve));
    expect((await child.stop()).code).toBeNull();
  });

  it("that the machine has no room for is an end like any other", async () => {
    const starter = fileURLToPath(new URL("../../gateway-core/media/ffmpeg-process.ts", import.meta.url));
    const script = `
      const { ffmpegStarter } = await import(${JSON.stringify(starter)});
      const { openSync } = await import("node:fs");
      const clock = { now: Date.now, after: (ms, act) => { const timer = setTimeout(act, ms); return { cancel: () => clearTimeout(timer) }; } };
      try { for (;;) openSync("/dev/null"); } catch {}
      const child = ffmpegStarter("/bin/cat", clock)([], 3);
      child.stdin.write("a");
      const { code, said } = await child.ended;
      await child.stop();
      process.stdout.write(JSON.stringify([code, said]));`;
    const node = [process.execPath, "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", 'ulimit -n 60; exec "$@"', "sh", ...node]);
    expect(JSON.parse(stdout)).toEqual([null, [expect.stringContaining("EMFILE")]]);
  });
});
