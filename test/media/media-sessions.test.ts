import { describe, expect, it, onTestFinished } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { AvSource, SourceForm } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { fakeFfmpeg } from "../fakes/fake-ffmpeg.ts";
import { FakeClock, settle } from "../fakes/fake-host.ts";
import { MadeMultiplex } from "./made-multiplex.ts";

/** Sends nothing. */
function silent(form: SourceForm): AvSource {
  const closing = Promise.withResolvers<void>();
  return {
    form,
    octets: (async function* () {
      await closing.promise;
      yield* [];
    })(),
    async [Symbol.asyncDispose]() {
      closing.resolve();
    },
  };
}

/** Letting it go fails, as of a device whose bus has gone. */
function stubborn(): AvSource {
  const source = silent("mpegts");
  return {
    ...source,
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
      throw new Error("the bus has gone");
    },
  };
}

describe("Streams that are being converted", () => {
  it("let their viewers go, and the process live, when their source cannot be let go", async () => {
    const failures: unknown[] = [];
    const hear = (thrown: unknown): void => void failures.push(thrown);
    process.on("unhandledRejection", hear);
    onTestFinished(() => void process.off("unhandledRejection", hear));
    const clock = new FakeClock();
    const ffmpeg = fakeFfmpeg();
    const engine = async () => ({ start: ffmpeg.start, encoder: "libx264" });
    const media = new MediaSessions({ clock, engine, rungs: ladder, idleMs: 1_000, ring: () => new FragmentRing() });
    const hold = await media.hold("deck", async () => stubborn());
    const { body } = (await hold.ring("high")).watch();
    hold[Symbol.dispose]();
    await clock.advance(1_000);
    await settle();
    expect([failures, media.count, clock.pending]).toEqual([[], 0, 0]);
    expect((await body.getReader().read()).done).toBe(true);
    expect(ffmpeg.running).toEqual([]);
    await media[Symbol.asyncDispose]();
  });

  it("have their FFmpeg begun while their source is being connected, and none is left where it cannot be", async () => {
    const clock = new FakeClock();
    const ffmpeg = fakeFfmpeg();
    const engine = async () => ({ start: ffmpeg.start, encoder: "libx264" });
    await using media = new MediaSessions({ clock, engine, rungs: ladder, idleMs: 0, ring: () => new FragmentRing() });
    const hold = await media.hold("deck", async () => silent("dv"));
    expect(ffmpeg.running.map(({ args }) => args.includes("dv"))).toEqual([true]);
    hold[Symbol.dispose]();
    await clock.advance(0);
    expect(ffmpeg.running).toEqual([]);

    const connecting = Promise.withResolvers<AvSource>();
    const opening = media.hold("deck", () => connecting.promise);
    await settle();
    // What it sent the last time is what it will send now.
    expect(ffmpeg.running.map(({ args }) => args.includes("dv"))).toEqual([true]);
    connecting.reject(new HomeError("bus-full", "no room"));
    await expect(opening).rejects.toMatchObject({ code: "bus-full" });
    expect(ffmpeg.running).toEqual([]);
  });

  it("have one FFmpeg waiting where somebody may watch soon, for a while, and none beside one that runs", async () => {
    const clock = new FakeClock();
    const ffmpeg = fakeFfmpeg();
    const engine = async () => ({ start: ffmpeg.start, encoder: "libx264" });
    await using media = new MediaSessions({ clock, engine, rungs: ladder, idleMs: 0, ring: () => new FragmentRing() });
    // What a source will send is not known before one has been opened.
    await media.expect();
    expect(ffmpeg.running).toEqual([]);
    const hold = await media.hold("deck", async () => silent("dv"));
    await media.expect();
    expect(ffmpeg.started).toHaveLength(1);
    hold[Symbol.dispose]();
    await clock.advance(0);
    await settle();

    await media.expect();
    await media.expect();
    expect(ffmpeg.running.map(({ args }) => args.includes("dv"))).toEqual([true]);
    const [waiting] = ffmpeg.running;
    const taken = await media.hold("deck", async () => silent("dv"));
    expect(ffmpeg.running).toEqual([waiting]);
    taken[Symbol.dispose]();
    await clock.advance(0);
    await settle();

    await media.expect();
    expect(ffmpeg.running).toHaveLength(1);
    await clock.advance(60_000);
    expect(ffmpeg.running).toEqual([]);
    await media.expect();
    await media[Symbol.asyncDispose]();
    await media.expect();
    expect([ffmpeg.running, clock.pending]).toEqual([[], 0]);
  });

  it("are begun with what the source sends now, whatever it sent before", async () => {
    const ffmpeg = fakeFfmpeg();
    const engine = async () => ({ start: ffmpeg.start, encoder: "libx264" });
    const clock = new FakeClock();
    await using media = new MediaSessions({ clock, engine, rungs: ladder, idleMs: 0, ring: () => new FragmentRing() });
    for (const form of ["dv", "mpegts"] as const) {
      const hold = await media.hold("deck", async () => silent(form));
      expect(ffmpeg.running.map(({ args }) => args.includes(form))).toEqual([true]);
      hold[Symbol.dispose]();
      await clock.advance(0);
    }
  });

  it.each([
    ["scrambled", 2, 25_000],
    ["no-picture", 0, 400_000],
  ])("end and say so where what comes is %s, and no FFmpeg is begun for it", async (reason, scrambling, count) => {
    const clock = new FakeClock();
    const ffmpeg = fakeFfmpeg();
    const engine = async () => ({ start: ffmpeg.start, encoder: "libx264" });
    await using media = new MediaSessions({ clock, engine, rungs: ladder, idleMs: 0, ring: () => new FragmentRing() });
    const mux = new MadeMultiplex();
    const programme = { number: 1, mapPid: 0x50, streams: [{ pid: 0x100, type: 2 }] };
    const tables = mux.association([programme]).map(programme).take();
    const block = Buffer.concat(
      Array.from({ length: 1_000 }, () => mux.picture(0x100, scrambling !== 0, scrambling).take()),
    );
    async function* octets() {
      yield tables;
      for (let at = 0; at < count; at += 1_000) yield block;
      await new Promise(() => undefined);
    }
    const source = { form: "mpegts" as const, octets: octets(), [Symbol.asyncDispose]: async () => undefined };
    const { over } = await media.hold("tuner", async () => source);
    expect(await over).toMatchObject({ code: "conversion-failed", details: { form: "mpegts", reason } });
    await settle();
    expect(ffmpeg.running).toEqual([]);
    expect(ffmpeg.started.every(({ taken }) => taken.length === 0)).toBe(true);
  });
});
