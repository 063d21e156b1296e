/** Watching a device in the home: how soon the first picture is there, what each stage before it takes, what a stream costs, and how soon it is well again. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import ladder from "../gateway-core/media/ladder.json" with { type: "json" };
import { liveArguments } from "../gateway-core/media/transcode-plan.ts";
import { launch } from "../test/journeys/browser.ts";
import { encoders, ffmpeg, madeStream, paced } from "../test/media/clips.ts";
import { openWatchedHome } from "../test/media/watched-home.ts";
import { quantile } from "./figures.ts";
import { barePicture, type FirstPicture, firstPicture, stageRows } from "./first-picture.ts";
import { cpuMsOf } from "./gateway-process.ts";
import { printTable, type Row } from "./table.ts";

if (ffmpeg === undefined) throw new Error("this bench needs FFmpeg");
const program = ffmpeg;
const seconds = 8;
const made = madeStream("mpegts", seconds);
const rounds = 9;
const rows: Row[] = [];
await using home = await openWatchedHome(async () => paced("mpegts", made, seconds), { idleSeconds: 0.2 });
const never = new AbortController().signal;

/** Seconds of processor time, its own and the system's. */
const cpuOf = (pid: number): number => cpuMsOf(pid) / 1_000;
const ownCpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
/** From the press to a list that every player begins with. */
async function hlsStart(): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(new URL("/api/devices/deck/stream", home.url), {
    ...{ method: "POST", headers: { "content-type": "application/json" }, body: "{}" },
  });
  const { session } = (await answer.json()) as { session: string };
  const path = `/api/streams/${session}`;
  const list = await (await fetch(new URL(`${path}/low/index.m3u8`, home.url))).text();
  const ms = performance.now() - begun;
  if (list.split("#EXTINF").length < 4) throw new Error("the list has not three segments");
  await fetch(new URL(path, home.url), { method: "DELETE" });
  return ms;
}
/** What somebody who joins now is given at once. */
function joinSoon(): Uint8Array {
  const pieces: Uint8Array[] = [];
  ring.follow((piece) => pieces.push("init" in piece ? piece.init.octets : piece.fragment.octets))();
  return Buffer.concat(pieces);
}
async function stopped(): Promise<void> {
  while (encoders().length > 0) await pause(50);
}

const browser = await launch();
await firstPicture(browser, home.url);
const cold: FirstPicture[] = [];
for (let round = 0; round < rounds; round++) {
  await stopped();
  cold.push(await firstPicture(browser, home.url));
}
await stopped();
const coldHls = await hlsStart();
const warm: FirstPicture[] = [];
const hold = await home.streams.open("deck", never);
const ring = await hold.ring("high");
const { mediaType } = await ring.init();
await pause(1_500);
const bare: FirstPicture[] = [];
for (let round = 0; round < rounds; round++) {
  warm.push(await firstPicture(browser, home.url));
  bare.push(await barePicture(browser, mediaType, joinSoon()));
}
await browser.close();
const shown = (seen: readonly FirstPicture[], share: number): number =>
  quantile(
    seen.map((one) => one.shown),
    share,
  );
const picture = "press to first decoded picture, ";
rows.push(
  { what: `${picture}cold, p50`, value: shown(cold, 0.5), unit: "ms", goal: { atMost: 700 } },
  { what: `${picture}cold, p95`, value: shown(cold, 0.95), unit: "ms", goal: { atMost: 1_200 } },
  ...stageRows("cold", cold),
  { what: `${picture}warm, p50`, value: shown(warm, 0.5), unit: "ms", goal: { atMost: 150 } },
  { what: `${picture}warm, p95`, value: shown(warm, 0.95), unit: "ms", goal: { atMost: 300 } },
  {
    what: "… beside a bare page that has the octets already, p50",
    ...{ value: shown(warm, 0.5), unit: "ms", baseline: shown(bare, 0.5) },
  },
  ...stageRows("warm", warm),
);

rows.push(
  {
    what: "HLS: until the list has three segments, encoder running",
    value: await hlsStart(),
    unit: "ms",
    goal: { atMost: 1_300 },
  },
  { what: "HLS: the same, nothing running before", value: coldHls, unit: "ms" },
);

const snapshots: number[] = [];
for (let round = 0; round < rounds; round++) {
  const begun = performance.now();
  await (await fetch(new URL("/api/devices/deck/snapshot.jpg", home.url))).arrayBuffer();
  snapshots.push(performance.now() - begun);
}
rows.push({ what: "snapshot, encoder running, p50", value: quantile(snapshots), unit: "ms", goal: { atMost: 300 } });

// What a second costs: FFmpeg and this process together, against FFmpeg alone with the same work.
const [encoder = 0] = encoders();
const measureSeconds = 16;
const before = cpuOf(encoder) + ownCpu();
await pause(measureSeconds * 1000);
const ours = (cpuOf(encoder) + ownCpu() - before) / measureSeconds;
const clip = join(tmpdir(), `genkan-bench-${process.pid}.ts`);
writeFileSync(clip, made);
const args = liveArguments({ form: "mpegts", rungs: ladder, encoder: "libx264" });
const timed = spawn("bash", ["-c", 'time "$@" > /dev/null 3> /dev/null', "-", program, ...args], {
  stdio: [openSync(clip, "r"), "ignore", "pipe"],
});
let said = "";
timed.stderr?.on("data", (text) => {
  said += text;
});
await new Promise((resolve) => timed.once("close", resolve));
rmSync(clip);
const spent = [...said.matchAll(/^(?:user|sys)\s+(\d+)m([\d.]+)s/gm)];
const alone = spent.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0) / seconds;
rows.push({
  ...{ what: "processor time for a second of stream, both rungs", value: ours, unit: "s", baseline: alone },
  goal: { of: "ratio", atMost: 1.1 },
});

// Two hundred viewers of the one encoder, in a process of their own.
const idleBefore = ownCpu();
await pause(5_000);
const idle = (ownCpu() - idleBefore) / 5;
const { session } = (await (
  await fetch(new URL("/api/devices/deck/stream", home.url), {
    ...{ method: "POST", headers: { "content-type": "application/json" }, body: "{}" },
  })
).json()) as { session: string };
const viewers: ChildProcess[] = [];
const helper = fileURLToPath(new URL("page-viewers.ts", import.meta.url));
// Four answers of a session, four sessions of a viewer: more come by the ring itself.
viewers.push(spawn(process.execPath, [helper, new URL(`/api/streams/${session}/video`, home.url).href, "4"]));
const stops = Array.from({ length: 196 }, () => {
  const reader = ring.watch().body.getReader();
  void (async () => {
    while (!(await reader.read()).done);
  })();
  return () => reader.cancel();
});
await pause(2_000);
const busyBefore = ownCpu();
await pause(10_000);
const extra = (ownCpu() - busyBefore) / 10 - idle;
rows.push(
  { what: "share of a core that 200 viewers of one encoder add", value: extra * 100, unit: "%", goal: { atMost: 5 } },
  { what: "encoders for them", value: encoders().length, unit: "", goal: { atMost: 1 } },
);
for (const stop of stops) await stop();
for (const child of viewers) child.kill();

/** How long nothing comes after the encoder is killed, or stands still: until one begins that is not it. */
async function recovery(signal: "SIGKILL" | "SIGSTOP"): Promise<number> {
  const [pid = 0] = encoders();
  let last = performance.now();
  const next = Promise.withResolvers<number>();
  const stop = ring.follow((piece) => {
    const now = performance.now();
    if (!("init" in piece)) last = now;
    else if (!encoders().includes(pid)) next.resolve(now - last);
  });
  process.kill(pid, signal);
  const gap = await next.promise;
  stop();
  return gap;
}
await pause(1_000);
rows.push({
  what: "kill -9 of the encoder: until the next piece",
  value: await recovery("SIGKILL"),
  unit: "ms",
  goal: { atMost: 500 },
});
await pause(11_000);
rows.push({
  what: "an encoder that stands still: until the next piece",
  value: await recovery("SIGSTOP"),
  unit: "ms",
  goal: { atMost: 2_500 },
});

rows.push({
  what: "HLS: until the list has three segments, encoder just begun anew",
  value: await hlsStart(),
  unit: "ms",
  goal: { atMost: 1_300 },
});
hold[Symbol.dispose]();
const version = execFileSync(program, ["-version"], { encoding: "utf8" }).split(" ")[2];
printTable(
  "media-watch",
  `FFmpeg ${version}; 480i MPEG-2 at 4 Mbit/s to 640x480 and 320x240; Chromium, loopback.`,
  rows,
);
process.exit(0);
