import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { ClipJob } from "../../gateway-core/recordings/recordings.ts";
import { until } from "../until.ts";
import { answerOf, code, octetsOf, open, packets } from "./open-recordings.ts";

describe("A recording", () => {
  it("is what the device sent, octet for octet, with what is known to be missing beside it", async () => {
    const { folder, recordings, decks, host } = await open();
    const { id } = await recordings.start("deck");
    const sent = packets(4_000);
    decks[0]?.send(sent.subarray(0, 300_800));
    await until(() => expect(recordings.list()[0]?.octets).toBe(300_800));
    expect(readdirSync(folder).sort()).toEqual([`${id}.json`, `${id}.ts.part`]);
    await host.clock.advance(2_000);
    decks[0]?.send(sent.subarray(300_800));
    const kept = await recordings.stop(id);
    expect(kept).toMatchObject({ state: "whole", octets: sent.length, seconds: 2, form: "mpegts", device: "deck" });
    expect([kept.reason, decks[0]?.isClosed.value]).toEqual([undefined, true]);
    expect(readdirSync(folder).sort()).toEqual([`${id}.json`, `${id}.ts`]);
    expect(sent.equals(await octetsOf(await answerOf(recordings, id)))).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, `${id}.json`), "utf8"))).toMatchObject({
      ...{ device: "deck", startedAt: "2027-01-15T08:00:00.000Z", octets: sent.length },
      evidence: { lostDataBlocks: 3 },
    });
    expect((await recordings.stop(id)).octets).toBe(sent.length);
  });

  it("is as long as the device sent, however little that was", async () => {
    const { recordings, decks, host } = await open();
    const { id } = await recordings.start("deck");
    for (const laterMs of [0, 3_000]) {
      await host.clock.advance(laterMs);
      decks[0]?.send(packets(1));
      await until(() => expect(decks[0]?.isRead()).toBe(true));
    }
    await host.clock.advance(2_000);
    expect(await recordings.stop(id)).toMatchObject({ octets: 376, seconds: 3 });
  });

  it("is made once of a device at a time, of four devices at most", async () => {
    const { recordings, decks } = await open();
    const [one, same] = await Promise.all([recordings.start("a"), recordings.start("a")]);
    expect([same.id, (await recordings.start("a")).id, decks.length]).toEqual([one.id, one.id, 1]);
    await Promise.all(["b", "c", "d"].map((device) => recordings.start(device)));
    expect(await code(recordings.start("e"))).toBe("too-many-streams");
    await recordings.stop(one.id);
    await recordings.start("e");
    await recordings[Symbol.asyncDispose]();
    expect(decks.map(({ isClosed }) => isClosed.value)).toEqual([true, true, true, true, true]);
  });

  it("ends, and is kept, when the device leaves, after its longest time, and where there is no more room", async () => {
    const { recordings, decks, host } = await open(undefined, { mostOctets: 400_000 });
    const left = await recordings.start("left");
    decks[0]?.send(packets(10));
    decks[0]?.send(new HomeError("device-unavailable", "unplugged"));
    await until(() => expect(recordings.list()[0]).toMatchObject({ state: "whole", reason: "device-unavailable" }));
    expect((await octetsOf(await answerOf(recordings, left.id))).length).toBe(1_880);

    const long = await recordings.start("long");
    decks[1]?.send(packets(10));
    await host.clock.advance(12 * 60 * 60_000);
    await until(() =>
      expect(recordings.list().find(({ id }) => id === long.id)).toMatchObject({ state: "whole", reason: "longest" }),
    );

    const full = await recordings.start("full");
    decks[2]?.send(packets(1_400));
    decks[2]?.send(packets(1_400));
    await until(() =>
      expect(recordings.list().find(({ id }) => id === full.id)).toMatchObject({
        ...{ state: "whole", reason: "recordings-full", octets: 1_400 * 188 },
      }),
    );
    await recordings.start("last");
    decks[3]?.send(packets(1_000));
    await recordings[Symbol.asyncDispose]();
    expect(recordings.list().reduce((sum, { octets }) => sum + octets, 0)).toBeLessThanOrEqual(400_000);
  });

  it("of which nothing came leaves nothing, and says so", async () => {
    const { folder, recordings } = await open();
    const { id } = await recordings.start("deck");
    expect(await recordings.stop(id)).toMatchObject({ state: "failed", reason: "device-silent" });
    expect([readdirSync(folder), await code(answerOf(recordings, id))]).toEqual([[], "not-found"]);
    await recordings.remove(id);
    expect(recordings.list()).toEqual([]);
  });

  it("that cannot begin leaves nothing either", async () => {
    const { folder, recordings } = await open(undefined, {
      source: async () => {
        throw new HomeError("bus-full", "no room on the bus");
      },
    });
    expect(await code(recordings.start("deck"))).toBe("bus-full");
    expect([recordings.list(), readdirSync(folder)]).toEqual([[], []]);
    expect(await code((await open(undefined, { mostOctets: 0 })).recordings.start("deck"))).toBe(
      "recordings-full megabytes",
    );
  });

  it("is gone with its file when it is removed, even while it is being made", async () => {
    const { folder, recordings, decks } = await open();
    const { id } = await recordings.start("deck");
    decks[0]?.send(packets(2_000));
    await recordings.remove(id);
    expect([readdirSync(folder), recordings.list(), decks[0]?.isClosed.value]).toEqual([[], [], true]);
    expect(await code(recordings.remove(id))).toBe("not-found");
  });
});

describe("Recordings after a start", () => {
  it("are those that were whole, and what a gateway that was killed had written", async () => {
    const first = await open();
    const whole = await first.recordings.start("a");
    first.decks[0]?.send(packets(100));
    await first.recordings.stop(whole.id);
    const cut = await first.recordings.start("b");
    first.decks[1]?.send(packets(2_000));
    await until(() => expect(first.recordings.list().find(({ id }) => id === cut.id)?.octets).toBe(376_000));
    const nothing = await first.recordings.start("c");
    writeFileSync(join(first.folder, "id-clip.mp4.part"), "half");
    writeFileSync(join(first.folder, "id-bad1.json"), "{");
    writeFileSync(join(first.folder, "notes.txt"), "a person's own");

    // Nobody tells the first: it is as dead as a process that was killed.
    const { recordings, folder } = await open(first.folder);
    const told = recordings.list().map(({ id, state, octets, reason }) => [id, state, octets, reason]);
    expect(told).toEqual(
      expect.arrayContaining([
        [whole.id, "whole", 18_800, undefined],
        [cut.id, "whole", 376_000, "interrupted"],
      ]),
    );
    expect(recordings.list().some(({ id }) => id === nothing.id)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(
      [`${whole.id}.json`, `${whole.id}.ts`, `${cut.id}.json`, `${cut.id}.ts`, "notes.txt"].sort(),
    );
    expect(packets(2_000).equals(await octetsOf(await answerOf(recordings, cut.id)))).toBe(true);
    await first.recordings[Symbol.asyncDispose]();
  });
});

describe("The file of a recording", () => {
  it("is answered whole, in parts, and by its head, with a name to save it by", async () => {
    const { recordings, decks } = await open();
    const { id } = await recordings.start("deck");
    const sent = packets(3_000);
    decks[0]?.send(sent);
    await recordings.stop(id);
    const whole = await answerOf(recordings, id);
    expect([whole.status, whole.headers.get("content-length"), whole.headers.get("accept-ranges")]).toEqual([
      ...[200, String(sent.length), "bytes"],
    ]);
    expect(whole.headers.get("content-disposition")).toMatch(/^attachment; filename="20\d\d-\d\d-\d\d-\d{4}\.ts"$/);
    const etag = whole.headers.get("etag") ?? "";
    await whole.body?.cancel();
    const part = await answerOf(recordings, id, { range: "bytes=300000-", "if-range": etag });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 300000-563999/564000`]);
    expect(sent.subarray(300_000).equals(await octetsOf(part))).toBe(true);
    const other = await answerOf(recordings, id, { range: "bytes=300000-", "if-range": '"another"' });
    expect([other.status, (await octetsOf(other)).length]).toEqual([200, sent.length]);
    const beyond = await answerOf(recordings, id, { range: "bytes=564000-" });
    expect([beyond.status, beyond.headers.get("content-range"), beyond.body]).toEqual([416, "bytes */564000", null]);
    const head = await answerOf(recordings, id, { range: "bytes=0-1" }, "HEAD");
    expect([head.status, head.headers.get("content-length"), head.body]).toEqual([200, "564000", null]);
  });
});

describe("A clip", () => {
  it("is made beside its recording, tells how far it is, and stays", async () => {
    const finish = Promise.withResolvers<void>();
    const opened = await open(undefined, {
      async convert(job) {
        job.onProgress({ part: 0.5, speed: 12, remainingSeconds: 3 });
        await finish.promise;
        writeFileSync(job.output, "an mp4");
      },
    });
    const { recordings, decks, folder } = opened;
    const { id } = await recordings.start("deck");
    expect(await code(recordings.clip(id, { profile: "h264", rung: "high" }))).toBe("not-found");
    decks[0]?.send(packets(100));
    await recordings.stop(id);
    const clip = await recordings.clip(id, { profile: "h264", rung: "high" });
    expect(clip).toMatchObject({ state: "converting", form: "mp4", of: id, device: "deck" });
    const now = () => recordings.list().find((one) => one.id === clip.id);
    await until(() => expect(now()?.progress).toEqual({ part: 0.5, speed: 12, remainingSeconds: 3 }));
    finish.resolve();
    await until(() => expect(now()).toMatchObject({ state: "whole", octets: 6 }));
    expect(now()?.progress).toBeUndefined();
    expect(await (await answerOf(recordings, clip.id)).text()).toBe("an mp4");
    expect(await code(recordings.clip(clip.id, { profile: "h264", rung: "high" }))).toBe("not-found");
    await until(() => expect(readFileSync(join(folder, `${clip.id}.json`), "utf8")).toContain('"whole"'));
    expect((await open(folder)).recordings.list().map((one) => one.id)).toEqual(expect.arrayContaining([id, clip.id]));
  });

  it("that fails says why; one that is removed is given up, and the next has its turn", async () => {
    const jobs: ClipJob[] = [];
    const { recordings, decks, folder } = await open(undefined, {
      async convert(job) {
        jobs.push(job);
        if (jobs.length === 1) {
          await new Promise((_, reject) => job.signal.addEventListener("abort", () => reject(job.signal.reason)));
        }
        throw new HomeError("converter-missing", "no FFmpeg");
      },
    });
    const { id } = await recordings.start("deck");
    decks[0]?.send(packets(100));
    await recordings.stop(id);
    const [first, second] = [
      await recordings.clip(id, { profile: "h264", rung: "high" }),
      await recordings.clip(id, { profile: "mpeg4", rung: "low" }),
    ];
    await until(() => expect(jobs).toHaveLength(1));
    await recordings.remove(first.id);
    await until(() =>
      expect(recordings.list().find((one) => one.id === second.id)).toMatchObject({
        ...{ state: "failed", reason: "converter-missing" },
      }),
    );
    expect(jobs[1]).toMatchObject({ profile: "mpeg4", rung: "low" });
    await until(() => expect(readdirSync(folder).sort()).toEqual([`${id}.json`, `${id}.ts`]));
  });
});
