/** A home whose line to its access broker is narrow: how soon somebody outside has the first picture, and what they see of the stream while the line changes. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { issueCard } from "../access-broker/access-broker.ts";
import { type AccessLink, openAccessLink } from "../gateway-core/access-link/broker-link.ts";
import { enrol } from "../gateway-core/access-link/enrol.ts";
import { FragmentRing } from "../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../gateway-core/media/ffmpeg-process.ts";
import { FragmentReader } from "../gateway-core/media/fragments.ts";
import ladder from "../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../gateway-core/media/media-sessions.ts";
import { systemClock } from "../host/system-host.ts";
import { number, openRig, realHost, untilState } from "../test/access-broker/rig.ts";
import { openStream, sessionOf } from "../test/access-broker/stream-viewer.ts";
import { ffmpeg, madeStream, paced } from "../test/media/clips.ts";
import { quantile } from "./figures.ts";
import type { Line } from "./slow-line.ts";
import { printTable } from "./table.ts";

if (ffmpeg === undefined) throw new Error("this bench needs FFmpeg");
const [narrowKbps, starts, oneWayMs, seconds] = [600, 9, 10, 8];
const steps = [872, 600, 350, 1_500];
const stepMs = 15_000;
const octetsPerSecond = (kbps: number): number => (kbps * 1_000) / 8;

const program = ffmpeg;
const made = madeStream("mpegts", seconds);
const engine = async () => ({ start: ffmpegStarter(program, systemClock), encoder: "libx264" });
const ring = () => new FragmentRing();
const media = new MediaSessions({ clock: systemClock, rungs: ladder, engine, idleMs: 0, ring });
const rig = await openRig();
const host = realHost();
const registration = await enrol(await issueCard({ ...rig.provider, number }), host);
const told: Line = { to: registration.gatewayPort, oneWayMs, upOctetsPerSecond: octetsPerSecond(narrowKbps) };
const script = fileURLToPath(new URL("slow-line.ts", import.meta.url));
const line = spawn(process.execPath, [script, JSON.stringify(told)], { stdio: ["pipe", "pipe", "inherit"] });
const [said] = await once(createInterface(line.stdout), "line");
const { port: gatewayPort }: { port: number } = JSON.parse(String(said));
/** A gateway that was begun anew: it knows nothing of its line. */
async function openLink(): Promise<AccessLink> {
  const link = openAccessLink({
    ...{ host, registration: { ...registration, gatewayPort } },
    handler: async () => new Response("page"),
    streams: { open: (device) => media.hold(device, async () => paced("mpegts", made, seconds)) },
  });
  link.setPage(true);
  await untilState(link, "online");
  return link;
}
let link = await openLink();
const cookie = await rig.logIn();

interface Seen {
  firstMs: number;
  /** Of the stream's time, shown. */
  shownMs: number;
  longestStallMs: number;
  /** Initialization segments after the first one. */
  switches: number;
  /** Of the stream's time line, in no fragment that came. */
  lostMs: number;
  /** Of all fragments. */
  octets: number;
}

/** Watches a device for so long (until its first picture, where undefined); what is there is shown, and nothing is held back. */
async function watch(device: string, forMs: number | undefined): Promise<Seen> {
  const begun = performance.now();
  const session = sessionOf(await openStream(rig, cookie, device));
  const seen: Seen = { firstMs: Number.NaN, shownMs: 0, longestStallMs: 0, switches: -1, lostMs: 0, octets: 0 };
  const reader = new FragmentReader();
  let [bufferedMs, at, next] = [0, 0, Number.POSITIVE_INFINITY];
  const show = (): void => {
    const now = performance.now();
    const shown = Math.min(now - at, bufferedMs);
    seen.longestStallMs = Math.max(seen.longestStallMs, now - at - shown);
    seen.shownMs += shown;
    bufferedMs -= shown;
    at = now;
  };
  await new Promise<void>((resolve, reject) => {
    const path = `/api/streams/${session}/video`;
    const sent = request(rig.optionsOf(path, { headers: { cookie } }), (response) => {
      response.on("error", () => undefined);
      response.on("data", (octets: Uint8Array) => {
        for (const piece of reader.push(octets)) {
          if ("init" in piece) seen.switches++;
          else {
            if (at === 0) at = performance.now();
            show();
            if (Number.isNaN(seen.firstMs)) seen.firstMs = at - begun;
            const { start, duration } = piece.fragment;
            bufferedMs += duration * 1_000;
            seen.octets += piece.fragment.octets.length;
            // Two encoders of one source round otherwise.
            if (start - next > 0.02) seen.lostMs += (start - next) * 1_000;
            next = start + duration;
            if (forMs === undefined) resolve();
          }
        }
      });
    });
    sent.once("error", reject).end();
    if (forMs !== undefined) setTimeout(resolve, forMs);
    void pause(forMs ?? 30_000, undefined, { ref: false }).then(() => sent.destroy());
  });
  if (at !== 0) show();
  await rig.ask(`/api/streams/${session}`, { method: "DELETE", headers: { cookie } });
  return seen;
}

await watch("first", undefined);
const [unknown, known]: [number[], number[]] = [[], []];
for (let start = 0; start < starts; start++) {
  await link[Symbol.asyncDispose]();
  link = await openLink();
  unknown.push((await watch(`new-${start}`, undefined)).firstMs);
}
for (let start = 0; start < starts; start++) known.push((await watch(`known-${start}`, undefined)).firstMs);

await link[Symbol.asyncDispose]();
line.stdin.write(`${octetsPerSecond(steps[0] ?? 0)}\n`);
link = await openLink();
const watched = watch("stepped", steps.length * stepMs);
for (const kbps of steps) {
  line.stdin.write(`${octetsPerSecond(kbps)}\n`);
  await pause(stepMs);
}
const { firstMs, shownMs, longestStallMs, switches, lostMs, octets } = await watched;
const watchedMs = steps.length * stepMs - firstMs;
const name = `${steps.join(", ")} kbit/s, ${stepMs / 1_000} s each: `;
const cold = `first picture outside, cold, uplink of ${narrowKbps} kbit/s, `;
const before = "… where a stream went by it before, ";
printTable("media-line", `A home's line of ${oneWayMs} ms each way; real FFmpeg; what comes is shown at once.`, [
  { what: `${cold}p50`, value: quantile(unknown), unit: "ms", goal: { atMost: 1_200 } },
  { what: `${cold}p95`, value: quantile(unknown, 0.95), unit: "ms" },
  { what: `${before}p50`, value: quantile(known), unit: "ms", goal: { atMost: 1_200 } },
  { what: `${before}p95`, value: quantile(known, 0.95), unit: "ms" },
  { what: `${name}of the time, shown`, value: (shownMs / watchedMs) * 100, unit: "%", goal: { atLeast: 98 } },
  { what: `${name}longest stall`, value: longestStallMs, unit: "ms", goal: { atMost: 1_000 } },
  { what: `${name}changes of quality`, value: switches, unit: "", goal: { atMost: 4 } },
  { what: `${name}lost of the stream, at changes too`, value: lostMs, unit: "ms", goal: { atMost: 0 } },
  { what: `${name}what came, on average`, value: (octets * 8) / watchedMs, unit: "kbit/s" },
]);
process.exit(0);
