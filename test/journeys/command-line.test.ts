import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { genkan, type Home, startHome, until } from "./home.ts";
import { remoteClient } from "./remote-client.ts";

describe("The genkan command", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-command-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    [["bogus"], '"bogus" is not understood'],
    [["start", "extra"], '"extra" is not understood'],
    [["subscribe", "--number", "090-1111-2222"], "--user is needed"],
    [["descriptors", "show"], "genkan descriptors"],
    [["descriptors", "show", "echonet:0290", "extra"], "genkan descriptors"],
    [["descriptors", "withdraw"], "genkan descriptors"],
    [["descriptors", "wanted", "extra"], "genkan descriptors"],
    [["descriptors", "publish", "a.json", "--for-model", "m@1"], "--for-model takes"],
    [["--no-such-option"], "no-such-option"],
  ])("refuses %j as usage, says why, and ends with 2", async (args, why) => {
    const { code, stderr } = await genkan([...args, "--state", folder, "--lang", "en"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  });

  it("tells its version and its usage, in both languages", async () => {
    expect((await genkan(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await genkan(["--help", "--lang", "en"])).stdout).toContain("a whole home on this machine");
    expect((await genkan(["--help", "--lang", "ja"])).stdout).toContain("この機械の上に家を一つ");
  });

  it("checks the descriptors of a folder, names each that is wrong, and ends with 1", async () => {
    writeFileSync(join(folder, "a.json"), "{");
    writeFileSync(join(folder, "b.json"), "{}");
    const { code, stderr } = await genkan(["descriptors", "check", folder]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/a\.json[\s\S]*b\.json/)]);
    expect((await genkan(["descriptors", "check", "--lang", "en"])).stdout).toContain("115 descriptors, all in order");
  });

  it("decodes frames line by line, errors in their place, and ends with 1 when there was one", async () => {
    const frames = "1081000102900105ff017201800130\nnonsense\n1081000102900105ff017201800131\n";
    const { code, stdout } = await genkan(["decode", "echonet", "--lines"], frames);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { properties?: object[]; error?: object });
    expect(code).toBe(1);
    expect(lines.map(({ properties, error }) => properties?.[0] ?? error)).toEqual([
      expect.objectContaining({ name: "power", value: true }),
      expect.objectContaining({ code: "value-invalid" }),
      expect.objectContaining({ name: "power", value: false }),
    ]);
  });

  it("sets what a home requires, registers keys, and shows both in the table, in both languages", async () => {
    const at = ["--state", folder, "--number", "090-1111-2222"];
    const person = [...at, "--user", "hanako"];
    const subscribed = await genkan(
      ["subscribe", ...person, "--password-stdin", "--one-time"],
      "correct horse battery",
    );
    expect(subscribed.code, subscribed.stderr).toBe(0);
    const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJgt0dU6RqRZv0p+LzYJd6CPsNmYXeFKPN0L2HFMFfV5 cron";
    const key = await genkan([
      "subscribe",
      ...person,
      "--authorized-key",
      line,
      "--require",
      "passkey|key",
      "--lang",
      "ja",
    ]);
    expect([key.code, key.stdout]).toEqual([0, expect.stringMatching(/hanako の鍵 SHA256:\S{43}[\s\S]*passkey\|key/)]);
    const table = await genkan(["table", "--state", folder, "--lang", "en"]);
    expect(table.stdout).toMatch(/^090-1111-2222 +hanako +owner +one-time +key +passkey\|key +all +off +- +-$/m);
    const wrong = await genkan(["subscribe", ...at, "--require", "pin", "--json"]);
    expect([wrong.code, JSON.parse(wrong.stderr).error.code]).toEqual([1, "value-invalid"]);
    expect((await genkan(["subscribe", ...at, "--require", "default"])).code).toBe(0);
    const [row] = JSON.parse((await genkan(["table", "--state", folder, "--json"])).stdout);
    expect(row).toMatchObject({ requirement: "password|passkey|key", factors: ["key"] });
  });

  it("says what a setting that it does not know is called", async () => {
    const { code, stderr } = await genkan(["gateway", "--state", folder, "--set", "page.prot=1"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("page.prot")]);
  });
});

describe("A home that runs", () => {
  let home: Home;
  const folder = mkdtempSync(join(tmpdir(), "genkan-recording-"));
  const recording = join(folder, "home.jsonl");
  beforeAll(async () => {
    home = await startHome(["--capture", recording]);
  });
  afterAll(async () => {
    await home?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it("is not started twice from one state folder, and loses nothing by the attempt", async () => {
    const { code, stderr } = await genkan(["start", "--state", home.folder, "--lang", "en"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("A home already runs from")]);
    const client = remoteClient(home.addresses);
    expect((await client.login(home.addresses.user, home.password)).status).toBe(303);
  });

  it("is known to its doctor: whose the port is, and that every device answers", async () => {
    const { stdout } = await genkan(["doctor", "--state", home.folder, "--lang", "en", "--json", "--seconds", "1"]);
    const found = JSON.parse(stdout) as { name: string; state: string; text: string }[];
    const of = (name: string) => found.find((finding) => finding.name === name);
    expect(of("port")).toMatchObject({
      state: "ok",
      text: expect.stringContaining(`pid ${home.addresses.pids.gateway}`),
    });
    expect(of("devices")).toMatchObject({
      state: "ok",
      text: expect.stringContaining("knows 4 devices, and all answer"),
    });
    expect(of("access-broker")).toMatchObject({ state: "ok", text: expect.stringContaining(home.addresses.number) });
  });

  it("is recorded as it runs, for its owner alone, and read back", async () => {
    const { stdout } = await genkan(["replay", recording, "--lang", "ja"]);
    expect(stdout).toMatch(/← {2}127\.0\.0\.2 .*エアコン → コントローラー {2}読出し応答/);
    expect(stdout).toMatch(/→ {2}multicast .*ノードプロファイル {2}通知 \(INF\)/);
    expect(statSync(recording).mode & 0o777).toBe(0o600);
  });

  it("keeps its editor's and its one-time password out of its logs", () => {
    for (const name of ["gateway", "access-broker", "simulated-home"]) {
      expect(home.log(name)).not.toContain(home.addresses.password);
    }
  });

  it("ends all its processes when its parent is killed", async () => {
    const { pids } = home.addresses;
    process.kill(home.pid, "SIGKILL");
    const isGone = (pid: number): boolean => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    };
    await until(() => Object.values(pids).every(isGone), 10_000, "the end of all processes");
  });
});
