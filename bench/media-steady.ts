/** What holds however a home's streams are used: encodes side by side, joining anywhere, sound with its picture, viewers that read nothing, a gateway that is killed, and how large the player is. */

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { FragmentReader } from "../gateway-core/media/fragments.ts";
import { packageRoot } from "../host/package-root.ts";
import { clip, encoders, ffmpeg, madeStream, outputOf, readSome } from "../test/media/clips.ts";
import { madeSync, mean, offsetsIn } from "../test/media/sync-clip.ts";
import { quantile } from "./figures.ts";
import { bareHears, bareSideBySide, settlingMs, sourcesAlone } from "./live-rate.ts";
import { ownShare } from "./own-share.ts";
import { secondsWaiting, steadyDesk, turnedAt } from "./steady-desk.ts";
import { printTable, type Row } from "./table.ts";

if (ffmpeg === undefined) throw new Error("this bench needs FFmpeg");
const program = ffmpeg;
const rows: Row[] = [];
const [sideBySide, measuredMs, joins, syncSeconds] = [4, 12_000, 50, 24];
const made = { octets: madeStream("mpegts", 8), seconds: 8 };

/** Follows one stream: where it is on its time line, and the longest that nothing of it came. */
function follow(reader: ReadableStreamDefaultReader<Uint8Array>) {
  const parser = new FragmentReader();
  const seen = { end: 0, longestMs: 0, at: performance.now() };
  const reading = (async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const now = performance.now();
      seen.longestMs = Math.max(seen.longestMs, now - seen.at);
      seen.at = now;
      for (const piece of parser.push(next.value)) {
        if ("fragment" in piece) seen.end = piece.fragment.start + piece.fragment.duration;
      }
    }
  })();
  return { seen, stop: () => reader.cancel().then(() => reading) };
}
const readerOf = async (body: ReadableStream<Uint8Array> | null) => (body ?? new ReadableStream()).getReader();

/** Decks watched at once, each by an encoder of its own. */
async function watchedSideBySide() {
  await using desk = steadyDesk(made, 0);
  const sessions = await Promise.all(Array.from({ length: sideBySide }, (_, at) => desk.begin(`deck-${at}`)));
  const all = await Promise.all(
    sessions.map(async (id) => follow(await readerOf((await desk.ask(`/api/streams/${id}/video?rung=high`)).body))),
  );
  while (all.some(({ seen }) => seen.end === 0)) await pause(20);
  await pause(settlingMs);
  const before = all.map(({ seen }) => seen.end);
  const share = ownShare(encoders);
  const begun = performance.now();
  await pause(measuredMs);
  const wall = (performance.now() - begun) / 1_000;
  const own = share();
  const rates = all.map(({ seen }, at) => (seen.end - (before[at] ?? 0)) / wall);
  for (const { stop } of all) await stop();
  return { slowest: Math.min(...rates), own };
}
{
  const { slowest, own } = await watchedSideBySide();
  const bare = await bareSideBySide(program, made, sideBySide, measuredMs);
  const sourcesMs = await sourcesAlone(made, sideBySide, measuredMs);
  rows.push(
    {
      what: `${sideBySide} encodes side by side: media for a second, the slowest`,
      ...{ value: slowest, unit: "s", baseline: bare.slowest, goal: { atLeast: 0.99 } },
    },
    {
      what: "… of their processor time, our own; beside a process that passes on octets",
      ...{ value: 100 * own.part, unit: "%", baseline: 100 * bare.own.part, goal: { atMost: 3 } },
    },
    {
      what: "… of that, the bench's own: its four sources by themselves",
      value: (100 * sourcesMs) / (own.ownMs + own.childrenMs),
      ...{ unit: "%", baseline: (100 * sourcesMs) / (bare.own.ownMs + bare.own.childrenMs) },
    },
  );
}

// Joined anywhere: each with its sound, and a whole picture first.
{
  const broadcast = clip("dvb-mpeg2-576i.ts");
  const clips = [made, ...(broadcast === undefined ? [] : [{ octets: broadcast, seconds: 3.3 }])];
  const firstMs: number[] = [];
  let [lost, lostBare] = [0, 0];
  for (let at = 0; at < joins; at++) {
    const { octets, seconds } = clips[at % clips.length] ?? made;
    const turned = turnedAt(octets, (at * 0.618_034) % 1, at);
    await using desk = steadyDesk({ octets: turned, seconds }, 0);
    const id = await desk.begin();
    const bare = bareHears(program, { octets: turned, seconds });
    const begun = performance.now();
    const { status, headers, body } = await desk.ask(`/api/streams/${id}/video?rung=low`);
    firstMs.push(performance.now() - begun);
    await body?.cancel();
    if (status !== 200 || headers.get("content-type")?.includes("mp4a.40.2") !== true) lost++;
    if (!(await bare)) lostBare++;
  }
  rows.push(
    {
      what: `of ${joins} joins, without sound or picture; beside FFmpeg that probes 64 kB`,
      ...{ value: lost, unit: "", baseline: lostBare, goal: { atMost: 0 } },
    },
    { what: "a join: until its first piece, p50", value: quantile(firstMs), unit: "ms" },
  );
}

// A flash and a beep.
{
  const octets = madeSync(syncSeconds);
  const offsetOf = async (at: number): Promise<number> => {
    const from = Math.floor((octets.length * at * 0.0871) / 188) * 188 + at;
    const seconds = syncSeconds * (1 - from / octets.length);
    await using desk = steadyDesk({ octets: octets.subarray(from), seconds }, 0);
    const { body } = await desk.ask(`/api/streams/${await desk.begin()}/video?rung=low`);
    // Some seven seconds: little changes in these pictures.
    return mean(await offsetsIn(await readSome(body ?? new ReadableStream(), 45_000)));
  };
  const offsets: number[] = [];
  for (let at = 0; at < 6; at += 3) offsets.push(...(await Promise.all([0, 1, 2].map((more) => offsetOf(at + more)))));
  const coded = ["-c:v", "libx264", "-preset", "superfast", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"];
  const bare = await outputOf(["-v", "error", "-i", "pipe:0", ...coded, "-t", "8", "-f", "mp4", "-"], octets);
  rows.push({
    what: "sound beside its picture, the worst mean of 6 joins",
    value: 1_000 * Math.max(...offsets.map(Math.abs)),
    ...{ unit: "ms", baseline: 1_000 * Math.abs(mean(await offsetsIn(bare))), goal: { atMost: 40 } },
  });
}

// One who reads nothing.
{
  await using desk = steadyDesk(made, 0);
  const [slow, quick] = [await desk.begin(), await desk.begin()];
  const sleeper = await readerOf((await desk.ask(`/api/streams/${slow}/video?rung=high`)).body);
  const other = follow(await readerOf((await desk.ask(`/api/streams/${quick}/video?rung=high`)).body));
  await pause(2_000);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  await pause(9_000);
  globalThis.gc?.();
  const grown = process.memoryUsage().rss - before;
  const waited = await secondsWaiting(sleeper, 64 * 1024);
  await sleeper.cancel();
  await other.stop();
  rows.push(
    { what: "one who reads nothing: media that waits for them", value: waited, unit: "s", goal: { atMost: 4 } },
    { what: "… resident memory of the gateway more", value: grown / 1e6, unit: "MB", goal: { atMost: 10 } },
    { what: "… the longest that another waits for a piece", value: other.seen.longestMs, unit: "ms" },
  );
}

// The encoder is killed, under somebody who has a second in hand: each time one that had not failed before, for who fails again is waited with.
{
  const missing: number[] = [];
  for (let time = 0; time < 5; time++) {
    await using desk = steadyDesk(made, 0);
    const { body } = await desk.ask(`/api/streams/${await desk.begin()}/video?rung=high`);
    const other = follow(await readerOf(body));
    while (other.seen.end === 0) await pause(20);
    await pause(2_000);
    other.seen.longestMs = 0;
    for (const pid of encoders()) process.kill(pid, "SIGKILL");
    await pause(2_000);
    missing.push(Math.max(0, other.seen.longestMs, performance.now() - other.seen.at) - 1_000);
    await other.stop();
  }
  rows.push({
    what: "kill -9 of the encoder, 5 times: what who has a second in hand misses, at most",
    ...{ value: Math.max(0, ...missing), unit: "ms", goal: { atMost: 250 } },
  });
}

// The gateway is killed.
{
  const holder = fileURLToPath(new URL("../test/long/stream-holder.ts", import.meta.url));
  const child = spawn(process.execPath, [holder], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = await new Promise<number>((resolve) => child.stdout.once("data", (text) => resolve(Number(text))));
  child.kill("SIGKILL");
  const begun = performance.now();
  while (existsSync(`/proc/${pid}`)) await pause(10);
  rows.push({
    what: "kill -9 of the gateway: until no encoder is left",
    ...{ value: performance.now() - begun, unit: "ms", goal: { atMost: 3_000 } },
  });
}

const assets = join(packageRoot(), "dist", "ui", "assets");
const player = readdirSync(assets).filter((name) => /^gk-player-.*\.js$/.test(name));
const sizes = player.map((name) => gzipSync(readFileSync(join(assets, name)), { level: 9 }).byteLength);
rows.push({
  what: "the player, gzip",
  value: sizes.reduce((sum, one) => sum + one) / 1e3,
  unit: "kB",
  goal: { atMost: 6 },
});

const sources = "480i MPEG-2 at 4 Mbit/s, and a real broadcast at every second join";
printTable("media-steady", `Real FFmpeg; ${sources}; baseline: bare FFmpeg of the same.`, rows);
process.exit(0);
