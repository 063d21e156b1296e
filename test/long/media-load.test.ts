import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { createStreamDesk, type StreamDesk } from "../../gateway-core/delivery/stream-desk.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import { FragmentReader } from "../../gateway-core/media/fragments.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { encoders, ffmpeg, madeStream, paced } from "../media/clips.ts";

const viewer = { name: "local", from: "local", session: "s", grant: wholeGrant } as const;

describe.skipIf(ffmpeg === undefined)("Streams under load", () => {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });
  const made = madeStream("mpegts", 4);

  function openDesk(idleMs: number, octets = made) {
    const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
    const ring = () => new FragmentRing();
    const media = new MediaSessions({ clock: systemClock, rungs: ladder, engine, idleMs, ring });
    const desk = createStreamDesk({
      ...{ clock: systemClock, ids: systemIds, most: 1_000, mostOfViewer: 1_000 },
      open: (device) => media.hold(device, async () => paced("mpegts", octets, 4)),
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
  const handles = (): number => readdirSync("/proc/self/fd").length;

  it("may be opened and closed five hundred times: handles, memory and processes stay as they were", async () => {
    const { desk } = openDesk(100);
    const cycle = async (): Promise<void> => {
      const id = await begin(desk);
      const reader = await readerOf(desk, id);
      await reader.read();
      await reader.cancel();
      await ask(desk, `/api/streams/${id}`, "DELETE");
    };
    for (let count = 0; count < 20; count++) await cycle();
    await expect.poll(() => encoders()).toEqual([]);
    const before = { handles: handles(), octets: process.memoryUsage().rss };
    for (let count = 0; count < 500; count++) {
      await cycle();
      // Every tenth time long enough for the encoder to be stopped, and begun anew.
      if (count % 10 === 9) await expect.poll(() => encoders()).toEqual([]);
    }
    await expect.poll(() => encoders()).toEqual([]);
    expect(handles()).toBeLessThanOrEqual(before.handles + 4);
    expect(process.memoryUsage().rss - before.octets).toBeLessThan(64 << 20);
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
    const before = process.memoryUsage().rss;
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
    expect(process.memoryUsage().rss - before).toBeLessThan(32 << 20);
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
    const lost: number[] = [];
    for (let at = 0; at < 50; at++) {
      const from = Math.floor((made.length * ((at * 0.618_034) % 1)) / 188) * 188 + at;
      const turned = Buffer.concat([made.subarray(from), made.subarray(0, from)]);
      const { desk, media } = openDesk(100, turned);
      const id = await begin(desk);
      const { headers, body } = await ask(desk, `/api/streams/${id}/video?rung=low`);
      if (!headers.get("content-type")?.includes("mp4a.40.2")) lost.push(from);
      await body?.cancel();
      desk[Symbol.dispose]();
      await media[Symbol.asyncDispose]();
    }
    expect(lost).toEqual([]);
  });

  it("follow a line of 872, 600, 350 and 1500 kbit/s in a minute: few changes, nothing lost, never long behind", async () => {
    const { desk } = openDesk(200);
    const reader = await readerOf(desk, await begin(desk));
    const steps = [872, 600, 350, 1_500];
    const parser = new FragmentReader();
    const seen: { readonly at: number; readonly start: number; readonly duration: number }[] = [];
    let [changes, budget] = [-1, 0];
    const begun = performance.now();
    let last = begun;
    while (performance.now() - begun < 60_000) {
      const now = performance.now();
      const kbps = steps[Math.min(3, Math.floor((now - begun) / 15_000))] ?? 0;
      budget = Math.min(budget + ((now - last) * kbps) / 8, 16_384);
      last = now;
      if (budget <= 0) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        continue;
      }
      const { value } = await reader.read();
      if (value === undefined) throw new Error("it has ended");
      budget -= value.length;
      for (const piece of parser.push(value)) {
        if ("init" in piece) changes++;
        else seen.push({ at: performance.now() - begun, ...piece.fragment });
      }
    }
    await reader.cancel();
    const first = seen[0];
    const media = seen.reduce((sum, { duration }) => sum + duration, 0);
    const span = (seen.at(-1)?.at ?? 0) - (first?.at ?? 0);
    // How far behind the moment at which it could have been shown a fragment came.
    const late = seen.map(({ at, start }) => (at - (first?.at ?? 0)) / 1000 - (start - (first?.start ?? 0)));
    expect(changes).toBeLessThanOrEqual(4);
    expect(media).toBeGreaterThan((span / 1000) * 0.96);
    expect(Math.max(...late)).toBeLessThan(2.5);
  });
});
