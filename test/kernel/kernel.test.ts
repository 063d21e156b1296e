/**
 * The product's own bus on a real kernel: Debian's, in QEMU, with a virtual card whose bus is the simulated one
 * (guest-program.ts says what is done in the guest). Nothing but the card's wire is simulated between the two.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busClauses } from "../laws/bus-clauses.ts";
import { cpioArchive } from "./cpio-archive.ts";
import { type DebianKernel, debianKernel } from "./debian-kernel.ts";
import { qemu, runGuest } from "./guest.ts";
import { buildGuest } from "./guest-build.ts";

const decks = ["0800460102c46a01", "0800460102c46a02"];
const free = { units: 4915, channels: "fffffffe" };

const isThere = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

function prepared(): DebianKernel | string {
  if (process.platform !== "linux" || process.arch !== "x64") return "it needs Linux on x64";
  if (!isThere(qemu, "--version")) return `${qemu} is not installed (apt-get install qemu-system-x86)`;
  try {
    return debianKernel();
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

const kernel = prepared();
if (typeof kernel === "string") console.warn(`\nTHE KERNEL TEST IS SKIPPED: ${kernel}\n`);

describe("The archive that a kernel starts from", () => {
  it("is one that cpio lists", () => {
    const files = new Map([
      ["bin/", new Uint8Array(0)],
      ["bin/one", Buffer.from("12345")],
      ["init", Buffer.from("#!")],
    ]);
    const text = Buffer.from(cpioArchive(files)).toString("latin1");
    expect(text.length % 4).toBe(0);
    expect(text.match(/070701[0-9a-f]{104}[^\0]+\0/g)?.map((head) => head.slice(110, -1))).toEqual([
      "bin",
      "bin/one",
      "init",
      "TRAILER!!!",
    ]);
    expect(text).toContain(`${"12345".padEnd(8, "\0")}070701`);
  });
});

describe.skipIf(typeof kernel === "string")("On the FireWire stack of a real kernel", () => {
  const steps = new Map<string, Record<string, unknown>>();
  const said: string[] = [];
  let folder = "";

  beforeAll(async () => {
    if (typeof kernel === "string") return;
    folder = mkdtempSync(join(tmpdir(), "genkan-kernel-test-"));
    const frames = join(folder, "frames.dv");
    const picture = ["-f", "lavfi", "-i", "testsrc2=size=720x480:rate=30000/1001"];
    const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
    execFileSync("ffmpeg", ["-v", "error", ...picture, ...sound, "-t", "2", "-target", "ntsc-dv", "-f", "dv", frames]);
    const program = await buildGuest(folder);
    await runGuest(kernel, [process.execPath, program, "play", frames], (line) => {
      said.push(line);
      const [, json] = /^@@(\{.*\})$/.exec(line) ?? [];
      if (json === undefined) return;
      const step: Record<string, unknown> = JSON.parse(json);
      steps.set(String(step["step"]), step);
      if (process.env["GENKAN_KERNEL_TALK"] !== undefined) console.log(`${Math.round(performance.now())} ms ${json}`);
    });
  }, 900_000);
  afterAll(() => {
    if (folder !== "" && existsSync(folder)) rmSync(folder, { recursive: true });
  });

  const told = (step: string): Record<string, unknown> => {
    const facts = steps.get(step);
    if (facts === undefined) throw new Error(`the guest did not come to "${step}":\n${said.slice(-30).join("\n")}`);
    return facts;
  };
  it.each(busClauses.map(({ name }) => name))("the law of buses holds: %s", (name) => {
    expect(told("law")["clauses"]).toContainEqual({ name });
  });

  it("devices are found by their GUIDs, with the nodes and gaps of their bus", () => {
    expect(told("discovered")).toMatchObject({
      nodes: expect.arrayContaining(decks.map((guid) => ({ guid, vendor: "Sony", model: "DSR-11" }))),
      state: { localNodeId: 0xffc3, irmNodeId: 0xffc3, nodeIds: [0xffc0, 0xffc1, 0xffc2, 0xffc3], gapCount: 63 },
    });
  });

  it("AV/C commands are answered", () => {
    expect(told("commanded")).toMatchObject({
      unitInfo: { code: "IMPLEMENTED/STABLE", operands: "0720080046" },
      stopped: { code: "IMPLEMENTED/STABLE", operands: "60" },
    });
  });

  it("the HAVi unit that is announced is one that the kernel itself finds in its ROM, until the bus is closed", () => {
    expect(told("announced")).toMatchObject({
      units: [{ specifier: "0x00a02d", version: "0x010008" }],
      rom: { faults: [], units: [{ specifierId: 0x00a02d, version: 0x010008 }] },
    });
    expect(told("unannounced")).toMatchObject({ units: [], rom: { faults: [], units: [] } });
  });

  it("a DV stream takes 2512 of 4915 units, a second one is refused with what is in use", () => {
    expect(told("connected")).toMatchObject({
      before: free,
      during: { units: 2403, channels: "7ffffffe" },
      ...{ channel: 0, units: 2512, plug: "8100007a", otherPlug: "803f007a" },
      refused: {
        ...{ code: "bus-full", neededUnits: 2512, availableUnits: 2403 },
        inUse: [{ guid: decks[0], plug: 0, channel: 0, units: 2512 }],
      },
    });
  });

  it("hundreds of packets come as they were sent, octet for octet and cycle for cycle", () => {
    const { started, identical, cycles } = told("received");
    expect(started).toMatchObject({ code: "ACCEPTED" });
    expect(Number(identical)).toBeGreaterThanOrEqual(500);
    expect(cycles).toBe(true);
  });

  it("ten bus resets are survived: channel and bandwidth are kept, and the stream is back within a second", () => {
    const { restoredMs, unitsAfter, channel, plug } = told("reset");
    expect(unitsAfter).toEqual(Array.from({ length: 10 }, () => 2403));
    expect([channel, plug]).toEqual([0, "8100007a"]);
    expect(restoredMs).toHaveLength(10);
    const slowest = Math.max(...(Array.isArray(restoredMs) ? restoredMs.map(Number) : [Number.NaN]));
    expect(slowest).toBeLessThan(1_000);
  });

  it("whoever breaks the connection gives all back", () => {
    expect(told("broken")).toMatchObject({ ...free, plug: "8000007a" });
  });

  it("a device that is unplugged is gone, and is there again when it is back", () => {
    expect(told("hot-plugged")).toMatchObject({ isGone: true, isBack: true });
  });

  it("a process that is killed leaves no reservation", () => {
    expect(told("killed")).toMatchObject({ held: { units: 2403 }, after: free });
  });

  it.skipIf(!existsSync("/usr/bin/dvcont"))("dvcont, which knows nothing of us, commands the simulated deck", () => {
    expect(told("dvcont-play")).toMatchObject({ isObeyed: true });
    expect(told("dvcont-stop")).toMatchObject({ isObeyed: true });
  });

  it.skipIf(!hasIec61883())("ffmpeg, by its own connection, receives the frames of its tape", () => {
    expect(Number(told("ffmpeg")["sameBlocks"])).toBeGreaterThanOrEqual(500);
  });
});

/** Whether this machine's FFmpeg can receive from FireWire. */
function hasIec61883(): boolean {
  const { stdout } = spawnSync("ffmpeg", ["-hide_banner", "-devices"], { encoding: "utf8" });
  return (stdout ?? "").includes("iec61883");
}
