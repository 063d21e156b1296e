import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { use } from "../use.ts";
import { fileInHand } from "./file-in-hand.ts";
import { madeFrames, madePackets, noise } from "./made-stream.ts";
import { openSource, reading, refusal } from "./opened-source.ts";

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "av-source-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const five = madePackets({ seconds: 5 });
const second = five.length / 5;

describe("A file", () => {
  it("is played in its own time, a second ahead, and then has ended", async () => {
    const hand = fileInHand(five);
    const source = await use(openSource("/srv/clip", { wires: hand.wires }));
    const watched = await source.watch();
    const read = reading(watched);
    const { clock } = source.host;
    await clock.advance(0);
    for (const passed of [1, 2, 3]) {
      expect(Math.abs(read.octets - second * passed)).toBeLessThanOrEqual(second / 10);
      expect(source.told("state")).toBe("playing");
      await clock.advance(1_000);
    }
    await clock.advance(3_000);
    expect([read.octets, read.isOver, read.thrown]).toEqual([five.length, true, undefined]);
    await watched[Symbol.asyncDispose]();
    await source.passUntil(() => source.told("state") === "idle");
    await source.session[Symbol.asyncDispose]();
    expect([hand.open, clock.pending]).toEqual([0, 0]);
  });

  it("of DV is played frame by frame", async () => {
    const hand = fileInHand(madeFrames(100, true));
    const source = await use(openSource("/srv/tape", { wires: hand.wires }));
    const watched = await source.watch();
    const read = reading(watched);
    await source.host.clock.advance(1_000);
    expect(watched.form).toBe("dv");
    expect(read.pieces.length).toBeGreaterThanOrEqual(48);
    expect(read.pieces.length).toBeLessThanOrEqual(53);
  });

  it("begins again where it ends when it is set so, on and on in its own time", async () => {
    const hand = fileInHand(five);
    const source = await use(openSource("/srv/clip", { wires: hand.wires, loop: true }));
    const read = reading(await source.watch());
    await source.host.clock.advance(19_000);
    expect(read.octets / second).toBeGreaterThan(19);
    expect(read.octets / second).toBeLessThan(21.5);
    expect([read.isOver, source.told("loop"), source.told("state")]).toEqual([false, true, "playing"]);
  });

  it("waits for a viewer who does not take what comes, and loses nothing", async () => {
    const hand = fileInHand(five);
    const source = await use(openSource("/srv/clip", { wires: hand.wires }));
    const pieces = (await source.watch()).octets[Symbol.asyncIterator]();
    const first = (await pieces.next()).value;
    await source.host.clock.advance(60_000);
    const second = (await pieces.next()).value;
    expect(Buffer.concat([first, second]).equals(five.subarray(0, first.length + second.length))).toBe(true);
  });

  it("that is being written to is played on to where its writer ends", async () => {
    const hand = fileInHand(five.subarray(0, second + 77));
    const source = await use(openSource("/srv/growing", { wires: hand.wires }));
    const { clock } = source.host;
    hand.writtenAt = clock.now();
    const read = reading(await source.watch());
    await clock.advance(3_000);
    expect([read.octets, read.isOver]).toEqual([second, false]);
    hand.octets = five;
    hand.writtenAt = clock.now();
    await clock.advance(20_000);
    expect([read.octets, read.isOver, read.thrown]).toEqual([five.length, true, undefined]);
  });

  it("is each viewer's own, from its beginning", async () => {
    const hand = fileInHand(five);
    const source = await use(openSource("/srv/clip", { wires: hand.wires }));
    const one = reading(await source.watch());
    await source.host.clock.advance(2_000);
    const two = reading(await source.watch());
    await source.host.clock.advance(0);
    expect(one.octets).toBeGreaterThan(two.octets);
    expect(two.pieces[0]).toEqual(one.pieces[0]);
  });

  it("of noise behind a good beginning, or without a clock, is given up", async () => {
    const noisy = fileInHand(Buffer.concat([five, noise(9 << 20)]));
    const timeless = fileInHand(madePackets({ seconds: 60 }).map((octet, at) => (at % 188 === 5 ? 0 : octet)));
    for (const { wires } of [noisy, timeless]) {
      const source = await use(openSource("/srv/clip", { wires }));
      const read = reading(await source.watch());
      await source.passUntil(() => read.isOver);
      expect(read.thrown).toMatchObject({ code: "conversion-failed", details: { reason: "no-picture" } });
      expect(source.told("state")).toBe("failed");
    }
  });

  it("however short does not keep anybody busy", async () => {
    const hand = fileInHand(five.subarray(0, 188 * 4));
    let reads = 0;
    const wires = {
      ...hand.wires,
      async openFile(path: string) {
        const file = await hand.wires.openFile(path);
        const read = (at: number): Promise<Uint8Array> => {
          reads++;
          return file.read(at);
        };
        return { ...file, read };
      },
    };
    const source = await use(openSource("/srv/clip", { wires, loop: true }));
    const watched = await source.watch();
    const read = reading(watched);
    await source.host.clock.advance(10_000);
    expect(reads).toBeLessThan(250);
    await watched[Symbol.asyncDispose]();
    await read.done;
    expect(read.thrown).toBeUndefined();
  });

  it("on this machine's disk is played, by its path or its address, whatever its name", async () => {
    const path = join(await folder(), "日本 100%.mp4");
    await writeFile(path, five);
    for (const from of [path, pathToFileURL(path).href]) {
      const source = await use(openSource(from));
      const read = reading(await source.watch());
      await source.passUntil(() => read.isOver);
      expect(Buffer.concat(read.pieces).equals(five)).toBe(true);
    }
  });

  it("that is not there is unavailable, is there as soon as it is, and is told for what it is", async () => {
    const path = join(await folder(), "clip.ts");
    const source = await use(openSource(path));
    await source.passUntil(() => JSON.stringify(source.told("availability"))?.includes("false"));
    expect(await refusal(source.watch())).toMatchObject({
      code: "device-unavailable",
      details: { reason: "not-there" },
    });
    await writeFile(path, madeFrames(1));
    await source.passUntil(() => source.told("form") === "dv");
    expect(source.told("availability")).toMatchObject({ available: true });
  });

  it.each([
    ["a page", Buffer.from("<!doctype html><p>Gone".repeat(200)), "no-picture"],
    ["nothing", Buffer.alloc(0), "silent"],
  ])("with %s in it is refused with that reason", async (_what, octets, reason) => {
    const hand = fileInHand(octets);
    const source = await use(openSource("/srv/clip", { wires: hand.wires }));
    expect(await refusal(source.watch())).toMatchObject({ details: { reason } });
    expect(hand.open).toBe(0);
  });

  it("that is none, or may not be read, is refused with that reason", async () => {
    const made = await folder();
    const source = await use(openSource(made));
    expect(await refusal(source.watch())).toMatchObject({ details: { reason: "not-a-file" } });
    const hidden = join(made, "hidden.ts");
    await writeFile(hidden, five);
    await chmod(hidden, 0);
    const other = await use(openSource(hidden));
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) expect(await refusal(other.watch())).toMatchObject({ details: { reason: "not-allowed" } });
    const device = await use(openSource("/dev/zero"));
    expect(await refusal(device.watch())).toMatchObject({ details: { reason: "not-a-file" } });
  });
});
