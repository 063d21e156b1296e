/**
 * Run by benches: one client of a busy stream stops reading, and how long messages of another stream take meanwhile is printed.
 * Argument: a Flood as JSON.
 */

import { generate, parser } from "mqtt-packet";
import { quantile } from "./figures.ts";
import { join, type Stream, subscribe } from "./mqtt-load.ts";

export interface Flood {
  /** Its first subscriber reads nothing. */
  readonly busy: Stream;
  /** Octets of each of its messages, and how many come in a second. */
  readonly octets: number;
  readonly perSecond: number;
  /** Its payload holds `TIME` where the time goes. */
  readonly watched: Stream;
  readonly measuredMs: number;
}

export interface Delays {
  readonly p50: number;
  readonly p99: number;
  /** Messages that had not come when all was over; each counts as late as it was then. */
  readonly missing: number;
}

const everyMs = 20;
/** A burst is what a home tells when much changes at once: more than a hundred messages in one read. */
const turnMs = 50;

async function run({ busy, octets, perSecond, watched, measuredMs }: Flood): Promise<Delays> {
  const publish = (topic: string, payload: string): Buffer =>
    generate({ cmd: "publish", topic, payload, qos: 0, retain: false, dup: false });
  for (const peer of busy.subscribers) {
    const frozen = await join(peer);
    await subscribe(frozen, busy.filter);
    frozen.pause();
    // That the broker cuts it is its right.
    frozen.on("error", () => undefined);
  }
  const source = await join(busy.publisher);
  source.resume();

  const sentAt = new Map<string, number>();
  const took: number[] = [];
  for (const peer of watched.subscribers) {
    const listener = await join(peer);
    await subscribe(listener, watched.filter);
    const reader = parser();
    reader.on("packet", (packet) => {
      const id = packet.cmd === "publish" ? /#(\d+)#/.exec(packet.payload.toString())?.[1] : undefined;
      const at = id === undefined ? undefined : sentAt.get(id);
      if (id === undefined || at === undefined) return;
      took.push(performance.now() - at);
      sentAt.delete(id);
    });
    listener.on("data", (chunk: Buffer) => reader.parse(chunk));
  }
  const watchedSource = await join(watched.publisher);
  watchedSource.resume();

  const flood = publish(busy.topic, busy.payload.replace("x", "x".repeat(octets)));
  const batch = Buffer.concat(Array.from({ length: Math.ceil((perSecond * turnMs) / 1_000) }, () => flood));
  const flooding = setInterval(() => source.writableLength < 2 ** 20 && source.write(batch), turnMs);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  let count = 0;
  const watching = setInterval(() => {
    const id = String(count++);
    sentAt.set(id, performance.now());
    watchedSource.write(publish(watched.topic, watched.payload.replace("TIME", `#${id}#`)));
  }, everyMs);
  await new Promise((resolve) => setTimeout(resolve, measuredMs));
  clearInterval(flooding);
  clearInterval(watching);
  await new Promise((resolve) => setTimeout(resolve, 250));
  const now = performance.now();
  const late = [...sentAt.values()].map((at) => now - at);
  const all = [...took, ...late];
  return { p50: quantile(all), p99: quantile(all, 0.99), missing: late.length };
}

process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? "") as Flood)));
process.exit(0);
