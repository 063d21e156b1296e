/** A picture from the home to somebody outside, through the whole chain: source, encoder, media link, second firewall, viewer. */

import { describe, expect, it } from "vitest";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock } from "../../host/system-host.ts";
import { number, openRig } from "../access-broker/rig.ts";
import { openStream, sessionOf, watchStream } from "../access-broker/stream-viewer.ts";
import { decoded, encoders, ffmpeg, madeStream, paced } from "../media/clips.ts";
import { use } from "../use.ts";

const patience = { timeout: 60_000 };

describe.skipIf(ffmpeg === undefined)("A deck that plays", () => {
  it("is seen by many outside from one encode and one link, and nothing goes on after the last of them", async () => {
    const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
    const made = madeStream("mpegts", 4);
    const ring = () => new FragmentRing();
    const media = new MediaSessions({ clock: systemClock, rungs: ladder, engine, idleMs: 100, ring });
    const rig = await openRig();
    for (const one of [rig, media]) await use(one);
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
});
