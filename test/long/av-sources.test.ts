/** Files and network streams of the settings, through a whole gateway: found, watched on its page as decoded pictures, recorded. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createWebServer } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createGateway, type Gateway, joinAll, parseSettings } from "../../gateway-core/gateway.ts";
import { packageRoot } from "../../host/package-root.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { clip, decoded, encoders, ffmpeg, madeStream } from "../media/clips.ts";

/** Over and over, as fast as it is taken: what sends so has a clock of its own in the stream alone. */
function sendForever(to: Writable, octets: Uint8Array): void {
  to.on("error", () => undefined);
  const more = (): void => void (to.destroyed || to.write(octets, () => setImmediate(more)));
  more();
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === "object" ? (address?.port ?? 0) : 0;

describe.skipIf(ffmpeg === undefined)("The sources of the settings, through a whole gateway", () => {
  const made = ffmpeg === undefined ? new Uint8Array(0) : madeStream("mpegts", 6);
  const broadcast = clip("dvb-mpeg2-576i.ts");
  const tape = clip("sony-dcr-trv460-ntsc.dv");
  const folder = mkdtempSync(join(tmpdir(), "genkan-av-sources-"));
  const sockets = new Set<Socket>();
  let isSending = true;
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.resume();
    if (isSending) sendForever(socket, made);
    else socket.destroy();
  });
  const web = createWebServer((request, response) => {
    if (request.headers.authorization !== `Basic ${btoa("viewer:s3cret")}`) response.writeHead(401).end();
    else sendForever(response.writeHead(200, { "content-type": "text/plain" }), made);
  });
  let gateway: Gateway;
  let leave = (): void => undefined;

  beforeAll(async () => {
    const files = { Clip: made, ...(broadcast && { Broadcast: broadcast }), ...(tape && { Tape: tape }) };
    for (const [name, octets] of Object.entries(files)) writeFileSync(join(folder, name), octets);
    for (const server of [tcp, web]) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const sources = [
      ...Object.keys(files).map((name) => ({ name, from: join(folder, name), loop: true })),
      { name: "Once", from: join(folder, "Clip") },
      { name: "TCP", from: `tcp://127.0.0.1:${portOf(tcp.address())}` },
      { name: "HTTP", from: `http://viewer:s3cret@127.0.0.1:${portOf(web.address())}/stream.html` },
    ];
    const settings = parseSettings({
      home: { interfaces: ["127.0.0.1"], families: ["ipv4"] },
      ieee1394: { bus: "none" },
      accessLink: { enabled: false },
      page: { port: 0 },
      localBroker: { port: 0 },
      media: { sources, idleSeconds: 0.3 },
    });
    const host = { ...fakeHost(), clock: systemClock, ids: systemIds };
    gateway = createGateway({ settings, host, packageRoot: packageRoot(), recordingsFolder: join(folder, "kept") });
    leave = joinAll(gateway);
    await vi.waitFor(
      () => {
        expect(gateway.devices().filter(({ protocol }) => protocol === "av")).toHaveLength(sources.length);
        expect(gateway.addresses().lan).toBeDefined();
      },
      { timeout: 30_000 },
    );
  });
  afterAll(async () => {
    leave();
    await gateway?.[Symbol.asyncDispose]();
    for (const socket of sockets) socket.destroy();
    web.closeAllConnections();
    tcp.close();
    web.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, gateway.addresses().lan), init);
  const post = (path: string, accept = "*/*"): Promise<Response> =>
    ask(path, {
      method: "POST",
      body: '{"form":"untouched"}',
      headers: { "content-type": "application/json", accept },
    });
  const stateOf = (id: string): unknown => gateway.devices().find((device) => device.id === id)?.values["state"]?.value;

  /** Watches as the player does; `onOctets` is told how many have come. */
  async function watch(id: string, least: number, onOctets: (octets: number) => void = () => undefined) {
    const response = await post(`/api/devices/${id}/stream?rung=low`, "video/mp4");
    expect(response.status).toBe(201);
    const parts: Uint8Array[] = [];
    let octets = 0;
    for await (const part of response.body ?? []) {
      parts.push(part);
      octets += part.length;
      onOctets(octets);
      if (octets >= least) break;
    }
    // As a player does that is closed.
    await ask(response.headers.get("location") ?? "", { method: "DELETE" });
    return decoded(Buffer.concat(parts));
  }

  const kinds = [
    ["av-clip", true],
    ["av-broadcast", broadcast !== undefined],
    ["av-tape", tape !== undefined],
    ["av-tcp", true],
    ["av-http", true],
  ] as const;

  it.each(kinds.filter(([, isHere]) => isHere))("%s plays as pictures with sound, and is let go", async (id) => {
    const { frames, said } = await watch(id, 120_000);
    expect(frames).toBeGreaterThan(40);
    expect(said).toMatch(/Video: h264[\s\S]*Audio: aac/);
    await expect.poll(() => [stateOf(id), encoders().length, sockets.size]).toEqual(["idle", 0, 0]);
  });

  it("a file that is played once tells its viewers that it has come to its end", async () => {
    const response = await post("/api/devices/av-once/stream?rung=low", "video/mp4");
    const { frames } = await decoded(new Uint8Array(await response.arrayBuffer()));
    expect(frames).toBeGreaterThan(150);
    const ended = await ask(response.headers.get("location") ?? "");
    expect([ended.status, (await ended.json()).code]).toEqual([410, "stream-ended"]);
  });

  it("a sender that dies and returns goes on for who watches", async () => {
    let diedAt = 0;
    const { frames } = await watch("av-tcp", 240_000, (octets) => {
      if (diedAt > 0 || octets < 60_000) return;
      diedAt = Date.now();
      isSending = false;
      for (const socket of sockets) socket.resetAndDestroy();
      setTimeout(() => {
        isSending = true;
      }, 1_500);
    });
    expect(Date.now() - diedAt).toBeGreaterThan(1_500);
    expect(frames).toBeGreaterThan(100);
    const device = gateway.devices().find(({ id }) => id === "av-tcp");
    expect(device?.values["interruptions"]?.value).toBeGreaterThan(0);
  });

  it("what one sends is kept packet for packet", async () => {
    const { id } = await (await post("/api/devices/av-once/recordings")).json();
    const recording = async () => (await ask(`/api/recordings/${id}`)).json();
    await expect.poll(async () => (await recording()).state, { timeout: 60_000 }).toBe("whole");
    const [name] = [`${id}.ts`];
    expect(readFileSync(join(folder, "kept", name)).equals(made)).toBe(true);
  });

  it("no word of a password is told to anybody", async () => {
    const told = await Promise.all(["/", "/api/home", "/things"].map(async (path) => (await ask(path)).text()));
    expect(told.join()).toContain("HTTP");
    expect(told.join()).not.toContain("s3cret");
  });
});
