/** The verbs that look at a home from outside, as a person runs them: from the sources, in processes of their own. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";
import { parseCaptureLine } from "../../gateway-core/gateway.ts";
import { packageRoot } from "../../host/package-root.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-verbs-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function genkan(args: readonly string[], input = "") {
  const program = join(packageRoot(), "command", "genkan.ts");
  const child = spawn(process.execPath, [program, ...args, "--state", folder], { stdio: "pipe" });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { stdout, stderr, code: code as number };
}

const power = "1081000102900105ff017201800130";
const header = '{"capture":"echonet-lite","v":1,"start":"2026-01-01T00:00:00.000Z"}';
const recorded = `{"t":1500,"dir":"in","from":"192.168.1.20","hex":"${power}"}`;
const limits = { timeout: 120_000 };

describe("genkan decode", () => {
  it("reads several frames in the language asked for, and tells what is none apart", limits, async () => {
    const { stdout, stderr, code } = await genkan(["decode", "echonet", power, "zz", power, "--lang", "ja"]);
    const said = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(said).toHaveLength(2);
    expect(said[1]).toMatchObject({
      seojTitle: "照明",
      esvTitle: "読出し応答",
      properties: [{ value: true, text: "オン" }],
    });
    expect([code, JSON.parse(stderr)]).toEqual([1, { error: expect.objectContaining({ code: "value-invalid" }) }]);
  });

  it("reads the lines of a recording, each in its place", limits, async () => {
    const { stdout, code } = await genkan(
      ["decode", "echonet", "--lines"],
      [header, recorded, '{"t":1}', ""].join("\n"),
    );
    const said = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(said).toEqual([
      { start: "2026-01-01T00:00:00.000Z" },
      expect.objectContaining({ t: 1500, dir: "in", from: "192.168.1.20", seoj: "029001" }),
      { error: expect.objectContaining({ code: "capture-invalid" }) },
    ]);
    expect(code).toBe(1);
  });
});

describe("genkan replay", () => {
  it("tells a recording for people, and with --json for programs", limits, async () => {
    const file = join(folder, "home.jsonl");
    writeFileSync(file, [header, recorded, '{"t":1600,"dir":"out","to":"multicast","hex":"00"}'].join("\n"));
    const { stdout } = await genkan(["replay", file, "--lang", "en", "--speed", "1000"]);
    expect(stdout).toMatch(
      /^ *\+1\.500 s {2}← {2}192\.168\.1\.20 +Light → Controller {2}Values read \(Get_Res\) {2}\S.*: On\n/,
    );
    const lines = (await genkan(["replay", file, "--json"])).stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ t: 1500, dir: "in", from: "192.168.1.20", esv: "Get_Res" }),
      { t: 1600, dir: "out", to: "multicast", error: expect.objectContaining({ code: "frame-malformed" }) },
    ]);
  });

  it("refuses what is no recording, and is typed", limits, async () => {
    const told = await genkan(["replay", join(folder, "nowhere.jsonl"), "--json"]);
    expect([told.code, JSON.parse(told.stderr)]).toEqual([
      1,
      { error: expect.objectContaining({ code: "capture-invalid" }) },
    ]);
  });
});

describe("genkan capture", () => {
  it("ends after its time, and leaves a file that begins with its header", limits, async () => {
    const file = join(folder, "out.jsonl");
    const { code, stderr } = await genkan([
      "capture",
      "--out",
      file,
      "--seconds",
      "0.2",
      "--interface",
      "127.0.7.70",
      "--lang",
      "en",
    ]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/127\.0\.7\.70[\s\S]*datagrams recorded/)]);
    expect(parseCaptureLine(readFileSync(file, "utf8").split("\n")[0] ?? "")).toEqual({ start: expect.any(String) });
  });
});

describe("genkan doctor", () => {
  it("lists what it finds, and ends with 1 when something cannot work", limits, async () => {
    const good = await genkan(["doctor", "--json", "--interface", "127.0.7.71", "--seconds", "0.1"]);
    const names = (JSON.parse(good.stdout) as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(
      "node-version state-folder clock interfaces multicast port devices serial-bus access-broker ffmpeg".split(" "),
    );
    expect(good.code).toBe(0);
    const bad = await genkan(["doctor", "--lang", "ja", "--interface", "nowhere9", "--seconds", "0.1"]);
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringMatching(/✗ 「nowhere9」[\s\S]* {4}→ /)]);
  });
});
