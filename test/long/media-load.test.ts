import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { createStreamDesk, type StreamDesk } from "../../gateway-core/delivery/stream-desk.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import { FragmentReader } from "../../gateway-core/media/fragments.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { clip, encoders, ffmpeg, madeStream, paced } from "../media/clips.ts";
import { slowReader } from "./slow-reader.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
/** What stays when everything that nobody holds has gone. */
function held(): { readonly heap: number; readonly resident: number; readonly handles: number } {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss, handles: readdirSync("/proc/self/fd").length };
}

const viewer = { name: "local", from: "local", session: "s", grant: wholeGrant } as const;

describe.skipIf(ffmpeg === undefined)("Streams under load", () => {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });
  const made = madeStream("mpegts", 4);

  function openDesk(idleMs: number, octets = made, seconds = 4) {
    const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
    const ring = () => new FragmentRing();
    const media = new MediaSessions({ clock: systemClock, rungs: ladder, engine, idleMs, ring });
    const desk = createStreamDesk({
      ...{ clock: systemClock, ids: systemIds, most: 1_000, mostOfViewer: 1_000 },
      open: (device) => media.hold(device, async () => paced("mpegts", octets, seconds)),
    });
    opened.push(async () => {
      desk[Symbol.dispose]();
      await media[Symbol.asyncDispose]();
    });
    return { media, desk };
  }
  const ask = (desk: StreamDesk, path: string, method = "GET") =>
    desk.handler(new Request(`http://home${path}`, { method }), viewer);
  const begin = async (desk: StreamDesk, device = "deck"): Promise<string> => {
    const answer = (await (await ask(desk, `/api/devices/${device}/stream`, "POST")).json()) as { session: string };
    return answer.session;
  };
  const readerOf = async (desk: StreamDesk, id: string, query = "") => {
    const { body, status } = await ask(desk, `/api/streams/${id}/video${query}`);
    if (body === null || status !== 200) throw new Error(`no video: ${status}`);
    return body.getReader();
  };

  it("may be opened and closed five hundred times: handles, memory and processes stay as they were", async () => {
    const { desk } = openDesk(100);
    const cycle = async (): Promise<void> => {
      const id = await begin(desk);
      const reader = await readerOf(desk, id);
      await reader.read();
      await reader.cancel();
      await ask(desk, `/api/streams/${id}`, "DELETE");
    };
    // What is made once, and as large as it becomes, is made by then.
    for (let count = 0; count < 100; count++) await cycle();
    await expect.poll(() => encoders()).toEqual([]);
    const run = async (cycles: number): Promise<ReturnType<typeof held>> => {
      for (let count = 0; count < cycles; count++) {
        await cycle();
        // Every tenth time long enough for the encoder to be stopped, and begun anew.
        if (count % 10 === 9) await expect.poll(() => encoders()).toEqual([]);
      }
      return held();
    };
    const before = held();
    const half = await run(250);
    await run(250);
    // What one turn let go, the next collects.
    const more = () => {
      const now = held();
      // What a busy machine lets V8 take it keeps for a while; what is lost grows on.
      const [heap, resident] = [now.heap - before.heap, now.resident - half.resident];
      return [now.handles - before.handles <= 4, heap < 8 << 20 || heap, resident < 24 << 20 || resident];
    };
    await expect.poll(more, { interval: 500 }).toEqual([true, true, true]);
  });

  it("are watched by two hundred from one encoder", async () => {
    const { desk } = openDesk(200);
    const ids = await Promise.all(Array.from({ length: 200 }, () => begin(desk)));
    const readers = await Promise.all(ids.map((id) => readerOf(desk, id)));
    const read = async (reader: (typeof readers)[number]): Promise<number> => {
      let octets = 0;
      while (octets < 200_000) octets += (await reader.read()).value?.length ?? Number.POSITIVE_INFINITY;
      return octets;
    };
    const all = await Promise.all(readers.map(read));
    expect(all.every((octets) => Number.isFinite(octets))).toBe(true);
    expect(encoders()).toHaveLength(1);
    await Promise.all(readers.map((reader) => reader.cancel()));
  });

  it("go on for everybody else when one reads nothing, which costs some seconds of octets and no more", async () => {
    const { desk } = openDesk(200);
    const [slow, quick] = [await begin(desk), await begin(desk)];
    await readerOf(desk, slow);
    const reader = await readerOf(desk, quick);
    const before = held();
    const parser = new FragmentReader();
    const starts: number[] = [];
    for (let octets = 0; octets < 1_500_000; ) {
      const { value } = await reader.read();
      if (value === undefined) throw new Error("it has ended");
      octets += value.length;
      for (const piece of parser.push(value)) if ("fragment" in piece) starts.push(piece.fragment.start);
    }
    const gaps = starts.slice(1).map((start, at) => start - (starts[at] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(0.5);
    await expect.poll(() => held().heap - before.heap, { interval: 500 }).toBeLessThan(10 << 20);
    await expect.poll(async () => (await ask(desk, `/api/streams/${slow}`)).status, { timeout: 40_000 }).toBe(404);
    await reader.cancel();
  });

  it("end with their gateway: when it is killed, no encoder is left", async () => {
    const holder = fileURLToPath(new URL("stream-holder.ts", import.meta.url));
    const child = spawn(process.execPath, [holder], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => child.stdout.once("data", (text) => resolve(Number(text))));
    const isThere = (): boolean => existsSync(`/proc/${pid}`);
    expect(isThere()).toBe(true);
    child.kill("SIGKILL");
    await expect.poll(isThere).toBe(false);
  });

  it("are joined at fifty points with their sound and a whole picture first", async () => {
    const broadcast = clip("dvb-mpeg2-576i.ts");
    const lost: unknown[] = [];
    for (let at = 0; at < 50; at++) {
      const [whole, seconds] = at % 2 === 1 && broadcast !== undefined ? [broadcast, 3.3] : [made, 4];
      const from = Math.floor((whole.length * ((at * 0.618_034) % 1)) / 188) * 188 + at;
      const turned = Buffer.concat([whole.subarray(from), whole.subarray(0, from)]);
      const { desk, media } = openDesk(100, turned, seconds);
      const id = await begin(desk);
      const watch = () => ask(desk, `/api/streams/${id}/video?rung=low`);
      let answer = await watch();
      // A busy machine takes its time, and says so.
      while (answer.status === 504) answer = await watch();
      const { status, headers, body } = answer;
      const first = body === null ? undefined : await firstFragment(body);
      const hasSound = headers.get("content-type")?.includes("mp4a.40.2") === true;
      if (!hasSound || first?.isKey !== true) lost.push({ at, from, status, hasSound, first });
      desk[Symbol.dispose]();
      await media[Symbol.asyncDispose]();
    }
    expect(lost).toEqual([]);
  });

  it("follow a line of 872, 600, 350 and 1500 kbit/s in a minute: few changes, nothing lost, never long behind", async () => {
    const { desk } = openDesk(200);
    const id = await begin(desk);
    // One who takes everything at once tells when each moment was there to be sent: a busy machine makes it later for both.
    const [all, narrow] = [slowReader(), slowReader()];
    const free = all.read(await readerOf(desk, id, "?rung=high"), () => Number.POSITIVE_INFINITY);
    const steps = [872, 600, 350, 1_500];
    const begun = performance.now();
    const stepAt = (now: number): number => Math.min(3, Math.floor((now - begun) / 15_000));
    const slow = narrow.read(await readerOf(desk, id), (now) => steps[stepAt(now)] ?? 0);
    let wasOn: string | undefined;
    while (performance.now() - begun < 60_000) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      if (stepAt(performance.now()) === 2) wasOn = narrow.inits.at(-1);
    }
    await Promise.all([free(), slow()]);
    const [first] = narrow.inits;
    expect(narrow.inits.length - 1).toBeLessThanOrEqual(4);
    // When 350 kbit/s end, the best rung is long left.
    expect([first, wasOn === first]).toEqual([all.inits[0], false]);
    // Moment after moment, whatever rung it is of.
    const gaps = narrow.seen.slice(1).map(({ start }, at) => start - (narrow.seen[at]?.end ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(0.1);
    const late = narrow.seen.flatMap(({ at, end }) => {
      const there = all.seen.find((one) => one.end >= end - 0.05);
      return there === undefined ? [] : [(at - there.at) / 1_000];
    });
    expect(late.length).toBeGreaterThan(narrow.seen.length / 2);
    expect(Math.max(...late)).toBeLessThan(2.5);
    expect((all.seen.at(-1)?.end ?? 0) - (narrow.seen.at(-1)?.end ?? 0)).toBeLessThan(2.5);
  });
});

async function firstFragment(body: ReadableStream<Uint8Array>): Promise<{ readonly isKey: boolean } | undefined> {
  const [reader, parser] = [body.getReader(), new FragmentReader()];
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      for (const piece of parser.push(next.value)) if ("fragment" in piece) return { isKey: piece.fragment.isKey };
    }
    return undefined;
  } finally {
    await reader.cancel();
  }
}
