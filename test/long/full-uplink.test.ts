/** A home behind a narrow line: its stream takes what the line carries, and what its person asks for meanwhile does not wait for it. */

import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { issueCard } from "../../access-broker/access-broker.ts";
import { openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import type { StreamHold } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { number, openRig, type Rig, realHost, untilState } from "../access-broker/rig.ts";
import { openStream, sessionOf, type Watched, watchAnswer, watchStream } from "../access-broker/stream-viewer.ts";

const stepMs = 200;
const mediaType = 'video/mp4; codecs="avc1.4d401e, mp4a.40.2"';
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** One line for all connections of a home: upward so many octets a millisecond and no more, first come, first served. */
async function narrowLine(port: number, octetsPerMs: number): Promise<number> {
  const queue: { readonly octets: Buffer; readonly send: (octets: Buffer) => void }[] = [];
  let budget = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    budget = Math.min(budget + (now - last) * octetsPerMs, 20 * octetsPerMs);
    last = now;
    while (budget > 0 && queue.length > 0) {
      const [{ octets, send } = { octets: Buffer.alloc(0), send: () => undefined }] = queue.splice(0, 1);
      send(octets);
      budget -= octets.length;
    }
  }, 4);
  const server: Server = createServer((home) => {
    const broker = connect(port, "127.0.0.1");
    const end = (): void => {
      home.destroy();
      broker.destroy();
    };
    for (const one of [home, broker]) one.on("error", end).on("close", end);
    broker.on("data", (octets) => home.write(octets));
    home.on("data", (octets: Buffer) => {
      // As packets: what others send comes between.
      for (let at = 0; at < octets.length; at += 1_400) {
        queue.push({ octets: octets.subarray(at, at + 1_400), send: (some) => broker.writable && broker.write(some) });
      }
    });
    opened.push(end);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(() => {
    clearInterval(timer);
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Both rungs at their rates, for as long as the test lasts. */
function liveStream(): StreamHold {
  const rings = new Map(ladder.map(({ name }) => [name, new FragmentRing()]));
  for (const ring of rings.values()) {
    ring.push({ init: { octets: new Uint8Array(800), mediaType, hasVideo: true, hasAudio: true } });
  }
  let count = 0;
  const timer = setInterval(() => {
    for (const { name, videoKbps, audioKbps } of ladder) {
      const octets = new Uint8Array(((videoKbps + audioKbps) * stepMs) / 8);
      const times = { start: (count * stepMs) / 1_000, duration: stepMs / 1_000 };
      rings.get(name)?.push({ fragment: { octets, isKey: count % 5 === 0, ...times } });
    }
    count++;
  }, stepMs);
  opened.push(() => clearInterval(timer));
  return {
    rungs: ladder,
    audioCount: 1,
    over: new Promise(() => undefined),
    ring: async (name) => rings.get(name) ?? new FragmentRing(),
    [Symbol.dispose]: () => undefined,
  };
}

/** A recording of some minutes, as it is saved. */
function savedFile(): Response {
  const octets = 50_000_000;
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = new Uint8Array(Math.min(262_144, octets - sent));
        sent += piece.length;
        if (piece.length === 0) controller.close();
        else controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-length": String(octets), "content-type": "video/mp2t" } });
}

/** Pictures of a device for who cannot play its stream: more than the line carries. */
function movingPictures(): Response {
  const part = (): Uint8Array => new Uint8Array(7_000);
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, stepMs));
        controller.enqueue(part());
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "multipart/x-mixed-replace; boundary=picture" } });
}

/** What the home answers. */
function answerAt(path: string): Response {
  if (path.endsWith("/file")) return savedFile();
  return path.endsWith("/motion.jpg") ? movingPictures() : new Response("page");
}

/** Asks for the page again and again while something is read; how long it took, and how fast the last seconds went. */
async function askMeanwhile(rig: Rig, cookie: string, watched: Watched, seconds: number) {
  const asked: number[] = [];
  const until = performance.now() + seconds * 1_000;
  let [from, begun] = [0, 0];
  while (performance.now() < until) {
    const start = performance.now();
    await rig.ask(`/?x=${asked.length}`, { headers: { cookie } });
    asked.push(performance.now() - start);
    if (begun === 0 && until - performance.now() < 8_000) [from, begun] = [watched.length, performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  const kbps = ((watched.length - from) * 8) / (performance.now() - begun);
  const sorted = asked.toSorted((a, b) => a - b);
  const part = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.POSITIVE_INFINITY;
  return { kbps, median: part(0.5), most: part(0.95) };
}

async function openHome(
  octetsPerMs: number,
  mostKbps?: number,
): Promise<{ readonly rig: Rig; readonly cookie: string }> {
  const rig = await openRig();
  opened.push(() => rig[Symbol.asyncDispose]());
  const host = realHost();
  const registration = await enrol(await issueCard({ ...rig.provider, number }), host);
  const gatewayPort = await narrowLine(registration.gatewayPort, octetsPerMs);
  const hold = liveStream();
  const link = openAccessLink({
    ...{ host, registration: { ...registration, gatewayPort } },
    handler: async (request) => answerAt(new URL(request.url).pathname),
    streams: { open: async () => hold, mostKbps },
  });
  opened.push(() => link[Symbol.asyncDispose]());
  link.setPage(true);
  await untilState(link, "online");
  return { rig, cookie: await rig.logIn() };
}

describe("A home behind 600 kbit/s", () => {
  it("sends the rung that the line carries, and answers within a fraction of a second while it does", async () => {
    const { rig, cookie } = await openHome(75);
    const watched = await watchStream(rig, cookie, sessionOf(await openStream(rig, cookie, "deck")));
    const { kbps, median, most } = await askMeanwhile(rig, cookie, watched, 20);
    // In the last seconds: the lower rung, all of it, at 240 kbit/s.
    expect(kbps).toBeGreaterThan(200);
    expect(kbps).toBeLessThan(330);
    expect(median).toBeLessThan(300);
    expect(most).toBeLessThan(1_500);
    watched.leave();
  });

  it("lets a recording be saved as fast as the line goes, and answers within a fraction of a second while it is", async () => {
    const { rig, cookie } = await openHome(75);
    const saved = await watchAnswer(rig, cookie, "/api/recordings/abcd/file");
    const { kbps, median, most } = await askMeanwhile(rig, cookie, saved, 20);
    expect(kbps).toBeGreaterThan(400);
    expect(median).toBeLessThan(450);
    expect(most).toBeLessThan(1_500);
    saved.leave();
  });

  it("lets it take no more than what streams leave of what they may take together", async () => {
    const { rig, cookie } = await openHome(250, 600);
    const watched = await watchStream(rig, cookie, sessionOf(await openStream(rig, cookie, "deck")));
    const saved = await watchAnswer(rig, cookie, "/api/recordings/abcd/file");
    const { kbps, median } = await askMeanwhile(rig, cookie, saved, 15);
    expect(kbps).toBeGreaterThan(250);
    expect(kbps).toBeLessThan(400);
    expect(median).toBeLessThan(300);
    expect(watched.length).toBeGreaterThan(15 * 25_000);
    for (const one of [watched, saved]) one.leave();
  });
});

describe("A home behind other lines", () => {
  it("of 1,200 kbit/s keeps its stream at the rung that the line carries while a recording is saved beside it", async () => {
    const { rig, cookie } = await openHome(150);
    const watched = await watchStream(rig, cookie, sessionOf(await openStream(rig, cookie, "deck")));
    const saved = await watchAnswer(rig, cookie, "/api/recordings/abcd/file");
    const { kbps, median } = await askMeanwhile(rig, cookie, watched, 20);
    // The better rung takes 864 kbit/s, the other 240.
    expect(kbps).toBeGreaterThan(700);
    expect(median).toBeLessThan(450);
    expect(saved.length).toBeGreaterThan(20 * 8_000);
    for (const one of [watched, saved]) one.leave();
  });

  it("of 160 kbit/s answers within a fraction of a second while its pictures fill it", async () => {
    const { rig, cookie } = await openHome(20);
    const pictures = await watchAnswer(rig, cookie, "/api/devices/deck/motion.jpg");
    const { kbps, median, most } = await askMeanwhile(rig, cookie, pictures, 20);
    expect(kbps).toBeGreaterThan(80);
    expect(median).toBeLessThan(1_000);
    expect(most).toBeLessThan(2_000);
    pictures.leave();
  });
});
