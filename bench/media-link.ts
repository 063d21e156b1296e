/** A home's stream through the second firewall: what each further viewer costs the access broker, beside a bare HTTPS server that writes the same; and how soon the first picture is outside. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer, request } from "node:https";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createServerCertificates } from "../access-broker/authority/server-certificates.ts";
import { openProviderAuthority } from "../access-broker/provider.ts";
import type { StreamHold } from "../gateway-core/contract/stream.ts";
import { FragmentRing } from "../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../gateway-core/media/ffmpeg-process.ts";
import ladder from "../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../gateway-core/media/media-sessions.ts";
import { systemClock } from "../host/system-host.ts";
import { bareHost, number, openRig } from "../test/access-broker/rig.ts";
import { openStream, sessionOf } from "../test/access-broker/stream-viewer.ts";
import { ffmpeg, madeStream, paced } from "../test/media/clips.ts";
import { quantile } from "./figures.ts";
import type { Viewers } from "./stream-viewers.ts";
import { printTable, type Row } from "./table.ts";

const [viewers, measuredMs, rounds, starts] = [200, 8_000, 3, 20];
/** Answers of one login: four sessions of four. */
const perLogin = 16;
const stepMs = 200;
const name = `${number}.${bareHost}`;
const fragmentOctets = ((800 + 64) * 1_000 * (stepMs / 1_000)) / 8;
const octets = new Uint8Array(fragmentOctets).fill(7);

/** A stream that needs no encoder: what an encoder costs is measured elsewhere. */
const ring = new FragmentRing();
const mediaType = 'video/mp4; codecs="avc1.4d401e, mp4a.40.2"';
ring.push({ init: { octets: new Uint8Array(1_000), mediaType, hasVideo: true, hasAudio: true } });
const bare = new Set<ServerResponse>();
let count = 0;
const beat = setInterval(() => {
  const start = (count * stepMs) / 1_000;
  ring.push({ fragment: { octets, isKey: count % 5 === 0, start, duration: stepMs / 1_000 } });
  for (const response of bare) response.write(octets);
  count++;
}, stepMs);
const held: StreamHold = {
  rungs: ladder,
  audioCount: 1,
  over: new Promise(() => undefined),
  ring: async () => ring,
  [Symbol.dispose]: () => undefined,
};
const made = ffmpeg === undefined ? undefined : madeStream("mpegts", 4);
const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
const media = new MediaSessions({
  clock: systemClock,
  rungs: ladder,
  engine,
  idleMs: 0,
  ring: () => new FragmentRing(),
});
const open = async (device: string): Promise<StreamHold> =>
  made === undefined || device === "still" ? held : media.hold(device, async () => paced("mpegts", made, 4));

const rig = await openRig(undefined, { media: { kbpsPerHome: 100_000 } });
await rig.join(async () => new Response("page"), number, undefined, undefined, { open });
/** A login takes its time, by design: longer than a stream that nobody reads is kept. */
const cookies: string[] = [];
while (cookies.length * perLogin < viewers) cookies.push(await rig.logIn());
const [first = ""] = cookies;

/** Viewers in a process of their own; CPU seconds of this process while they watch, and what they had. */
async function watched(each: Viewers["each"], port: number) {
  const script = fileURLToPath(new URL("stream-viewers.ts", import.meta.url));
  const told: Viewers = { port, name, ca: rig.ca, each };
  const child = spawn(process.execPath, [script, JSON.stringify(told)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout);
  const gone = once(child, "exit").then(() => {
    throw new Error("the viewers have ended");
  });
  gone.catch(() => undefined);
  const [begun] = await Promise.race([once(lines, "line"), gone]);
  const { firstMs }: { firstMs: number[] } = JSON.parse(String(begun));
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, measuredMs));
  const { user, system } = process.cpuUsage(before);
  child.stdin.write("end\n");
  const [ended] = await Promise.race([once(lines, "line"), gone]);
  const { octets: had }: { octets: number } = JSON.parse(String(ended));
  return { firstMs, cpuMs: (user + system) / 1_000, octets: had };
}

async function ours(howMany: number) {
  const each: { path: string; cookie: string }[] = [];
  for (const cookie of cookies.slice(0, Math.ceil(howMany / perLogin))) {
    for (let at = 0; at < perLogin / 4 && each.length < howMany; at++) {
      const path = `/api/streams/${sessionOf(await openStream(rig, cookie, "still"))}/video`;
      for (let answer = 0; answer < 4 && each.length < howMany; answer++) each.push({ path, cookie });
    }
  }
  const seen = await watched(each, rig.port);
  for (const { path, cookie } of each) {
    await rig.ask(path.replace(/\/video$/, ""), { method: "DELETE", headers: { cookie } });
  }
  return seen;
}

const { servers } = await openProviderAuthority(rig.provider);
const certificates = await createServerCertificates({ maker: servers, host: bareHost, clock: systemClock });
const { cert, key } = await certificates.pairFor(name);
const server = createServer({ cert, key }, (_, response) => {
  response.writeHead(200, { "content-type": mediaType });
  response.write(new Uint8Array(1_000));
  bare.add(response);
  response.once("close", () => bare.delete(response));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
const barePort = typeof address === "object" && address !== null ? address.port : 0;
const plain = (howMany: number) =>
  watched(
    Array.from({ length: howMany }, () => ({ path: "/", cookie: "" })),
    barePort,
  );

/** Request to the first octets of media, by one session after the other. */
async function startMs(device: string): Promise<number> {
  const begun = performance.now();
  const session = sessionOf(await openStream(rig, first, device));
  const seen = await firstOctets(`/api/streams/${session}/video`);
  const ms = seen - begun;
  await rig.ask(`/api/streams/${session}`, { method: "DELETE", headers: { cookie: first } });
  return ms;
}

function firstOctets(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(rig.optionsOf(path, { headers: { cookie: first } }), (response) => {
      response.once("data", () => {
        resolve(performance.now());
        sent.destroy();
      });
    });
    sent.once("error", reject).end();
  });
}

const perViewer: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
const shares: number[] = [];
let perSecondPerCore = 0;
for (let round = 0; round < rounds; round++) {
  for (const [kind, run] of [
    ["ours", ours],
    ["bare", plain],
  ] as const) {
    const [few, many] = [await run(4), await run(viewers)];
    perViewer[kind].push((many.cpuMs - few.cpuMs) / (viewers - 4) / (measuredMs / 1_000));
    if (kind === "bare") continue;
    shares.push(Math.min(1, many.octets / (viewers * fragmentOctets * (measuredMs / stepMs))));
    perSecondPerCore = many.octets / 1e6 / (many.cpuMs / 1_000);
  }
}
const hold = await openStream(rig, first, "still");
const [warm, dialled, cold]: [number[], number[], number[]] = [[], [], []];
const keep = request(rig.optionsOf(`/api/streams/${sessionOf(hold)}/video`, { headers: { cookie: first } }), (answer) =>
  answer.resume(),
);
keep.once("error", () => undefined).end();
await new Promise((resolve) => setTimeout(resolve, 1_000));
for (let at = 0; at < starts; at++) warm.push(await startMs("still"));
await rig.ask(`/api/streams/${sessionOf(hold)}`, { method: "DELETE", headers: { cookie: first } });
for (let at = 0; at < starts / 2; at++) {
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  dialled.push(await startMs("still"));
}
for (let at = 0; made !== undefined && at < starts / 2; at++) cold.push(await startMs(`deck-${at}`));

const rows: Row[] = [
  {
    what: "CPU a second for each further viewer",
    value: quantile(perViewer.ours),
    unit: "ms",
    baseline: quantile(perViewer.bare),
    goal: { of: "ratio", atMost: 3 },
  },
  { what: "octets out, for each CPU second", value: perSecondPerCore, unit: "MB" },
  {
    what: `share of the stream that ${viewers} viewers had`,
    value: quantile(shares) * 100,
    unit: "%",
    goal: { atLeast: 97 },
  },
  { what: "request to first octets, stream under way, p50", value: quantile(warm), unit: "ms", goal: { atMost: 150 } },
  { what: "… p95", value: quantile(warm, 0.95), unit: "ms", goal: { atMost: 300 } },
  { what: "request to first octets, link dialled, p50", value: quantile(dialled), unit: "ms", goal: { atMost: 150 } },
  ...(cold.length === 0
    ? []
    : [
        { what: "the same, encoder started, p50", value: quantile(cold), unit: "ms", goal: { atMost: 700 } },
        { what: "… p95", value: quantile(cold, 0.95), unit: "ms", goal: { atMost: 1_200 } },
      ]),
];
const remark = `864 kbit/s to 4 and to ${viewers} viewers in another process for ${measuredMs / 1_000} s, median of ${rounds} rounds, interleaved; baseline: a bare HTTPS server that writes the same.`;
printTable("media-link", remark, rows);
clearInterval(beat);
server.close();
await media[Symbol.asyncDispose]();
await rig[Symbol.asyncDispose]();
process.exit(0);
