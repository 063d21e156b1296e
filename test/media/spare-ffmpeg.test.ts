import { describe, expect, it } from "vitest";
import { createSpareFfmpeg } from "../../gateway-core/media/spare-ffmpeg.ts";
import { fakeFfmpeg } from "../fakes/fake-ffmpeg.ts";
import { settle } from "../fakes/fake-host.ts";

describe("An FFmpeg that was begun ahead", () => {
  it("is the one that whoever starts it gets, once", () => {
    const { start, started } = fakeFfmpeg();
    const spare = createSpareFfmpeg(start);
    spare.prepare(["-f", "mpegts"], 2);
    spare.prepare(["-f", "mpegts"], 2);
    expect(started).toHaveLength(1);
    expect(spare.start(["-f", "mpegts"], 2)).toBe(started[0]);
    expect(spare.start(["-f", "mpegts"], 2)).toBe(started[1]);
    expect(started).toHaveLength(2);
  });

  it("gives way to one for other arguments, and is not left running", () => {
    const ffmpeg = fakeFfmpeg();
    const spare = createSpareFfmpeg(ffmpeg.start);
    spare.prepare(["-f", "mpegts"], 2);
    spare.prepare(["-f", "dv"], 2);
    expect(ffmpeg.running.map(({ args }) => args)).toEqual([["-f", "dv"]]);
    const other = spare.start(["-f", "dv"], 1);
    expect(ffmpeg.running).toEqual([other]);
  });

  it("is not handed out when it has ended already", async () => {
    const { start, started } = fakeFfmpeg();
    const spare = createSpareFfmpeg(start);
    spare.prepare(["-f", "mpegts"], 2);
    started[0]?.end({ code: 1, said: ["no such encoder"] });
    await settle();
    expect(spare.start(["-f", "mpegts"], 2)).toBe(started[1]);
  });

  it("ends with who held it", () => {
    const ffmpeg = fakeFfmpeg();
    const spare = createSpareFfmpeg(ffmpeg.start);
    spare.prepare([], 1);
    spare[Symbol.dispose]();
    expect(ffmpeg.running).toEqual([]);
  });
});
