/** A picture from the home to somebody outside, through the whole chain: deck, encoder, media link, second firewall, viewer. */

import { writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock } from "../../host/system-host.ts";
import { number, openRig } from "../access-broker/rig.ts";
import { openStream, sessionOf, watchStream } from "../access-broker/stream-viewer.ts";
import { startHome } from "../journeys/home.ts";
import { remoteClient } from "../journeys/remote-client.ts";
import { decoded, encoders, ffmpeg, madeStream, paced } from "../media/clips.ts";

const patience = { timeout: 60_000 };
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

describe.skipIf(ffmpeg === undefined)("A deck that plays", () => {
  it("is seen by many outside from one encode and one link, and nothing goes on after the last of them", async () => {
    const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
    const made = madeStream("mpegts", 4);
    const ring = () => new FragmentRing();
    const media = new MediaSessions({ clock: systemClock, rungs: ladder, engine, idleMs: 100, ring });
    const rig = await openRig();
    opened.push(rig, media);
    const open = (device: string) => media.hold(device, async () => paced("mpegts", made, 4));
    await rig.join(async () => new Response("page"), number, undefined, undefined, { open });
    const cookie = await rig.logIn();
    const sessions = [];
    for (let viewer = 0; viewer < 3; viewer++) sessions.push(sessionOf(await openStream(rig, cookie, "deck")));
    const all = await Promise.all(sessions.map((session) => watchStream(rig, cookie, session)));
    const lower = await watchStream(rig, cookie, sessions[0] ?? "", "?rung=low");
    for (const one of all) await expect.poll(() => one.length, patience).toBeGreaterThan(300_000);
    await expect.poll(() => lower.length, patience).toBeGreaterThan(60_000);
    expect(encoders()).toHaveLength(1);
    for (const [one, size] of [...all.map((each) => [each, "640x480"] as const), [lower, "320x240"] as const]) {
      const { frames, said } = await decoded(one.octets());
      expect(frames).toBeGreaterThan(45);
      expect(said).toContain(size);
      expect(said).toContain("Audio: aac");
    }
    for (const session of sessions) await rig.ask(`/api/streams/${session}`, { method: "DELETE", headers: { cookie } });
    await expect.poll(() => [media.count, encoders().length], patience).toEqual([0, 0]);
  });

  it("is seen outside as soon as it was told to play there, with every process as a user has it", async () => {
    const scenario = join(tmpdir(), `genkan-media-link-${process.pid}.json`);
    const nodes = [{ objects: [{ class: "0290" }] }];
    writeFileSync(scenario, JSON.stringify({ nodes, bus: { nodes: [{ model: "dv-deck" }] } }));
    const home = await startHome(["--headless", "--scenario", scenario]);
    opened.push(home);
    const deck = "ieee1394-0800460102c46a01-tape0";
    const client = remoteClient(home.addresses);
    await client.login(home.addresses.user, home.password);
    const json = { "content-type": "application/json" };
    const play = () =>
      client.ask("PUT", `/api/devices/${deck}/properties/transport`, { headers: json, body: '"playing"' });
    await expect.poll(async () => (await play()).status, patience).toBe(200);
    const asked = await client.ask("POST", `/api/devices/${deck}/stream`, { headers: json, body: "{}" });
    expect([asked.status, JSON.parse(asked.text).rungs?.[0]?.name]).toEqual([201, "high"]);
    const path = `/api/streams/${JSON.parse(asked.text).session}`;
    const { frames, said } = await decoded(await read(home.addresses.home, client.cookie, `${path}/video`, 400_000));
    expect(frames).toBeGreaterThan(60);
    expect(said).toContain("640x480");
    expect((await client.ask("DELETE", path)).status).toBe(204);
  });
});

/** So many octets of an answer, then the viewer leaves. */
function read(home: string, cookie: string, path: string, octets: number): Promise<Buffer> {
  const { hostname, port } = new URL(home);
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, servername: hostname, rejectUnauthorized: false, agent: false };
    const sent = request({ ...options, path, headers: { host: `${hostname}:${port}`, cookie } }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length < octets) return;
        resolve(Buffer.concat(chunks));
        sent.destroy();
      });
      response.once("end", () => reject(new Error(`the stream ended after ${length} octets`)));
    });
    sent.once("error", reject).end();
  });
}
