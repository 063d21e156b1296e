/** Recordings where the disk, the device or the gateway itself fails: what was had is kept, and said to be partial. */

import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { until } from "../until.ts";
import { answerOf, octetsOf, open, packets } from "./open-recordings.ts";

const badDisk = fileURLToPath(new URL("bad-disk.ts", import.meta.url));
const recordingProcess = fileURLToPath(new URL("recording-process.ts", import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "genkan-hard-times-"));
  folders.push(folder);
  return folder;
}

/** A small disk of our own, in a name space where nobody else sees it. */
const ownDisk = 'mount -t tmpfs -o size=2m none "$1" && exec "$2" "$3" "$1"';
const hasOwnDisk = spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs none /tmp"]).status === 0;
if (!hasOwnDisk) console.warn("SKIPPED: a full and a read-only disk need mount name spaces (unshare)");

describe("Recordings", () => {
  it("outlive a device that cannot be let go", async () => {
    const failures: unknown[] = [];
    const hear = (thrown: unknown): void => void failures.push(thrown);
    process.on("unhandledRejection", hear);
    onTestFinished(() => void process.off("unhandledRejection", hear));
    const { recordings } = await open(undefined, {
      source: async () => ({
        form: "mpegts",
        octets: (async function* () {
          yield packets(3);
        })(),
        async [Symbol.asyncDispose]() {
          throw new Error("the bus has gone");
        },
      }),
    });
    const { id } = await recordings.start("deck");
    await until(() => expect(recordings.list()[0]).toMatchObject({ id, state: "whole", octets: 564 }));
    expect((await recordings.stop(id)).state).toBe("whole");
    expect(failures).toEqual([]);
  });

  it("are downloaded to their end by who has begun, be they removed meanwhile", async () => {
    const { recordings, decks, folder } = await open();
    const { id } = await recordings.start("deck");
    const sent = packets(8_000);
    decks[0]?.send(sent);
    await recordings.stop(id);
    const [begun, late] = [await answerOf(recordings, id), await answerOf(recordings, id)];
    const reader = begun.body?.getReader();
    const parts = [(await reader?.read())?.value ?? new Uint8Array(0)];
    await recordings.remove(id);
    expect([readdirSync(folder), recordings.list()]).toEqual([[], []]);
    for (;;) {
      const next = await reader?.read();
      if (next?.value === undefined) break;
      parts.push(next.value);
    }
    expect(Buffer.concat(parts).equals(sent)).toBe(true);
    await expect(octetsOf(late)).rejects.toThrow();
  });

  it("keep what is known to be missing, be the gateway killed", async () => {
    const first = await open(undefined, { mostOctets: 200_000_000 });
    await first.recordings.start("deck");
    const much = Buffer.alloc(33_000_000);
    for (let turn = 0; turn < 2; turn++) {
      first.decks[0]?.send(much);
      await until(() => expect(first.recordings.list()[0]?.octets).toBe(much.length * (turn + 1)));
    }
    // Nobody tells the first: it is as dead as a process that was killed.
    const [kept] = (await open(first.folder)).recordings.list();
    expect(kept).toMatchObject({ state: "whole", reason: "interrupted", evidence: { lostDataBlocks: 3 } });
    await first.recordings[Symbol.asyncDispose]();
  });

  it("of a gateway that was killed are there again, to the last octet that was written, and said to be partial", async () => {
    const folder = newFolder();
    const gateway = spawn(process.execPath, [recordingProcess, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void gateway.kill("SIGKILL"));
    await new Promise((resolve) => gateway.stdout.once("data", resolve));
    const ended = new Promise((resolve) => gateway.once("close", resolve));
    gateway.kill("SIGKILL");
    await ended;
    const { recordings } = await open(folder);
    const list = recordings.list();
    expect(list.map(({ state, reason }) => [state, reason])).toEqual([
      ["whole", "interrupted"],
      ["whole", "interrupted"],
    ]);
    for (const { id, octets } of list) {
      const file = await octetsOf(await answerOf(recordings, id));
      expect([file.length, octets >= 300_000]).toEqual([octets, true]);
      expect(
        packets(octets / 188 + 1)
          .subarray(0, octets)
          .equals(file),
      ).toBe(true);
    }
  });
});

describe.skipIf(!hasOwnDisk)("A disk", () => {
  it("that is full ends a recording, and one that is read-only refuses it and still hands out what is whole", async () => {
    const command = ["-rm", "sh", "-c", ownDisk, "sh", newFolder(), process.execPath, badDisk];
    const { stdout } = await promisify(execFile)("unshare", command);
    expect(JSON.parse(stdout)).toEqual({
      full: "recordings-full disk",
      isPartKept: true,
      noteOnFull: "recordings-full disk",
      listed: ["whole"],
      octets: 18_800,
      start: "recordings-full disk",
      noteOnReadOnly: "recordings-unwritable",
      remove: "recordings-unwritable",
      stillListed: ["whole"],
      logged: ["recording-not-recovered"],
    });
  });
});
