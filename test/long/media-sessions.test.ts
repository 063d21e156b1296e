import { afterEach, describe, expect, it } from "vitest";
import type { StreamHold } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock } from "../../host/system-host.ts";
import { clip, decoded, encoders, ffmpeg, madeStream, paced } from "../media/clips.ts";

const sessions: MediaSessions[] = [];
function opened(idleMs: number): MediaSessions {
  const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
  const made = new MediaSessions({ clock: systemClock, rungs: ladder, engine, idleMs, ring: () => new FragmentRing() });
  sessions.push(made);
  return made;
}

async function mediaType({ ring, over }: StreamHold, rung: string): Promise<string> {
  const first = await Promise.race([ring(rung).then((one) => one.init()), over]);
  if (first instanceof Error) throw first;
  return first.mediaType;
}

async function read(body: ReadableStream<Uint8Array>, isEnough: (octets: number) => boolean): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let octets = 0;
  const reader = body.getReader();
  while (!isEnough(octets)) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    octets += value.length;
  }
  await reader.cancel();
  return Buffer.concat(parts);
}

describe.skipIf(ffmpeg === undefined)("A stream that is being converted", () => {
  afterEach(() => Promise.all(sessions.splice(0).map((one) => one[Symbol.asyncDispose]())));
  const made = madeStream("mpegts", 4);

  it("plays in every rung, with sound, from one encoder, however many watch", async () => {
    const media = opened(200);
    const source = async () => paced("mpegts", made, 4);
    const [first, second] = await Promise.all([media.hold("deck", source), media.hold("deck", source)]);
    expect(await mediaType(first, "high")).toMatch(/^video\/mp4; codecs="avc1\.4d[0-9a-f]{4}, mp4a\.40\.2"$/);
    expect([media.count, encoders().length]).toEqual([1, 1]);
    const [high, low] = await Promise.all([
      read((await first.ring("high")).watch().body, (octets) => octets > 150_000),
      read((await second.ring("low")).watch().body, (octets) => octets > 60_000),
    ]);
    const [highSeen, lowSeen] = await Promise.all([decoded(high), decoded(low)]);
    expect(highSeen.frames).toBeGreaterThan(15);
    expect(highSeen.said).toMatch(/640x480[\s\S]*Audio: aac/);
    expect(lowSeen.said).toMatch(/320x240[\s\S]*Audio: aac/);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    await expect.poll(() => [media.count, encoders().length]).toEqual([0, 0]);
  });

  it("goes on for who watches when its encoder is killed, on one time line", async () => {
    const media = opened(200);
    using hold = await media.hold("deck", async () => paced("mpegts", made, 4));
    await mediaType(hold, "low");
    const [pid] = encoders();
    setTimeout(() => process.kill(pid ?? 0, "SIGKILL"), 500);
    const whole = await read((await hold.ring("low")).watch().body, (octets) => octets > 120_000);
    expect([encoders().length, encoders().includes(pid ?? 0)]).toEqual([1, false]);
    expect((await decoded(whole)).frames).toBeGreaterThan(60);
  });

  it("is begun anew when its encoder is stuck, while its source is playing", async () => {
    const media = opened(200);
    using hold = await media.hold("deck", async () => paced("mpegts", made, 4));
    await mediaType(hold, "low");
    const [pid] = encoders();
    process.kill(pid ?? 0, "SIGSTOP");
    await expect.poll(() => [encoders().length > 0, encoders().includes(pid ?? 0)]).toEqual([true, false]);
  });

  it("of a source that ends is played to its end, and then is over", async () => {
    const media = opened(60_000);
    using hold = await media.hold("tape", async () => paced("mpegts", made, 1, false));
    const whole = await read((await hold.ring("low")).watch().body, () => false);
    expect((await decoded(whole)).frames).toBeGreaterThan(100);
    await expect.poll(() => media.count).toBe(0);
  });

  it("that is no stream at all is given up, and says why", async () => {
    const media = opened(200);
    const noise = new TextEncoder().encode("#EXTM3U\nfile:///etc/passwd\n".repeat(2_000));
    using hold = await media.hold("noise", async () => paced("mpegts", noise, 0.2, false));
    await expect(mediaType(hold, "low")).rejects.toMatchObject({ code: "conversion-failed" });
    await expect.poll(() => encoders()).toEqual([]);
  });

  it("may be DV, or a real broadcast that is joined in the middle", async () => {
    const media = opened(200);
    using dv = await media.hold("camera", async () => paced("dv", madeStream("dv", 2), 2));
    expect(await mediaType(dv, "low")).toContain("mp4a.40.2");
    const broadcast = clip("dvb-mpeg2-576i.ts");
    if (broadcast === undefined) return;
    using tuner = await media.hold("tuner", async () => paced("mpegts", broadcast, 3.3));
    expect(await mediaType(tuner, "high")).toContain("mp4a.40.2");
  });
});
