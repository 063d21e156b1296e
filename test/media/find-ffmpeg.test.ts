import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../gateway-core/contract/json.ts";
import { findFfmpeg } from "../../gateway-core/media/find-ffmpeg.ts";
import { systemClock } from "../../host/system-host.ts";
import { ffmpeg } from "./clips.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-ffmpeg-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program of that text. */
function program(name: string, text: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function machine() {
  const kept = new Map<string, Json>();
  const memory = {
    read: (name: string) => kept.get(name),
    write: (name: string, value: Json) => void kept.set(name, value),
  };
  return { clock: systemClock, memory };
}

describe("The search for FFmpeg", () => {
  let works: string;
  beforeAll(() => {
    mkdirSync(join(folder, "path"));
    const log = join(folder, "calls");
    works = program("works", `#!/bin/sh\necho x >> ${log}\necho 'ffmpeg version 7.1-test Copyright'\n`);
  });
  const callsOf = async (): Promise<number> => readFileSync(join(folder, "calls"), "utf8").split("\n").length - 1;

  it("takes the first that works, and says why each before it was refused", async () => {
    const half = program("half", "\u007fELF truncated in the middle of a download");
    const search = await findFfmpeg({
      host: machine(),
      setting: join(folder, "nowhere"),
      packaged: async () => half,
      path: `${join(folder, "path")}:${folder}`,
    });
    expect(search.engine).toBeUndefined();
    expect(search.refused.map(({ origin, reason }) => [origin, reason])).toEqual([
      ["setting", "absent"],
      ["package", "no-version"],
      ["path", "absent"],
    ]);
    const found = await findFfmpeg({ host: machine(), setting: works, packaged: async () => half, path: "" });
    expect(found).toMatchObject({ engine: { origin: "setting", program: works, version: "7.1-test" }, refused: [] });
  });

  it("knows a package that is not there, of another machine, without its file, or not to be run", async () => {
    const locked = program("locked", "#!/bin/sh\n", 0o644);
    const cases: readonly [() => Promise<unknown>, string][] = [
      [() => Promise.reject(new Error("not installed")), "absent"],
      [async () => null, "absent"],
      [async () => join(folder, "lost"), "absent"],
      [async () => locked, "not-executable"],
    ];
    for (const [packaged, reason] of cases) {
      const { refused } = await findFfmpeg({ host: machine(), packaged, path: "" });
      expect(refused[0]).toMatchObject({ origin: "package", reason });
    }
  });

  it("believes no list: what encodes nothing is none", async () => {
    const lies = program(
      "lies",
      "#!/bin/sh\ncase \"$*\" in *version*) echo 'ffmpeg version 9.9 x';; *) echo 'no libcuda' >&2; exit 1;; esac\n",
    );
    const { refused } = await findFfmpeg({ host: machine(), setting: lies, path: "" });
    expect(refused[0]).toMatchObject({ reason: "no-encoder", detail: "no libcuda" });
  });

  it("is over, too, where a program says the same for ever, or leaves its pipes to another", async () => {
    const endless = program("endless", "#!/bin/sh\nexec yes 'no version'\n");
    expect((await findFfmpeg({ host: machine(), setting: endless, path: "" })).refused[0]?.reason).toBe("no-version");
    const pid = join(folder, "left");
    const leaves = program("leaves", `#!/bin/sh\nsleep 600 &\necho $! >> ${pid}\necho 'no version'\n`);
    try {
      expect((await findFfmpeg({ host: machine(), setting: leaves, path: "" })).refused[0]?.reason).toBe("no-version");
    } finally {
      for (const one of readFileSync(pid, "utf8").trim().split("\n")) process.kill(Number(one));
    }
  });

  it("proves a file once, and anew when it is another", async () => {
    const host = machine();
    await findFfmpeg({ host, setting: works, path: "" });
    const before = await callsOf();
    await findFfmpeg({ host, setting: works, path: "" });
    expect(await callsOf()).toBe(before);
    writeFileSync(works, `#!/bin/sh\necho x >> ${join(folder, "calls")}\necho 'ffmpeg version 8.0-new Copyright'\n`);
    expect((await findFfmpeg({ host, setting: works, path: "" })).engine?.version).toBe("8.0-new");
  });

  it.skipIf(ffmpeg === undefined)("finds this machine's own, with an encoder for browsers", async () => {
    const { engine } = await findFfmpeg({ host: machine(), path: process.env["PATH"] });
    expect(engine).toMatchObject({ origin: "path", encoders: expect.arrayContaining(["libx264", "mjpeg"]) });
  });
});
