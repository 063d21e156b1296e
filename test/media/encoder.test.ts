import { afterEach, describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { Encoder } from "../../gateway-core/media/encoder.ts";
import { fakeFfmpeg } from "../fakes/fake-ffmpeg.ts";
import { FakeClock, settle } from "../fakes/fake-host.ts";

const octets = Uint8Array.of(0x47, 1, 2, 3);
/** A whole box that is no fragment: FFmpeg is heard, and that is all. */
const sign = Uint8Array.of(0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65);

describe("An encoder is watched", () => {
  let encoder: Encoder;
  afterEach(() => encoder.stop());

  function opened() {
    const clock = new FakeClock();
    const ffmpeg = fakeFfmpeg();
    const told: string[] = [];
    const givenUp: HomeError[] = [];
    encoder = new Encoder({
      ...{ clock, start: ffmpeg.start, arguments: () => ["-i", "pipe:0"], outputCount: 1, preroll: () => octets },
      onPiece: () => undefined,
      onGivenUp: (reason) => givenUp.push(reason),
      onRestart: (why) => told.push(why),
    });
    /** The source sends so long, and the newest FFmpeg writes, or not. */
    const play = async (ms: number, isWriting: boolean): Promise<void> => {
      for (let at = 0; at < ms; at += 50) {
        encoder.write(octets);
        if (isWriting) ffmpeg.started.at(-1)?.outputs[0]?.write(sign);
        await clock.advance(50);
      }
    };
    return { clock, ffmpeg, told, givenUp, play };
  }

  it("and replaced within two seconds and a tenth when it stands still while its source plays", async () => {
    const { ffmpeg, told, play } = opened();
    await play(12_000, true);
    await play(1_700, false);
    expect([told, ffmpeg.started.length]).toEqual([[], 1]);
    await play(400, false);
    expect([told, ffmpeg.started.length]).toEqual([["stuck"], 2]);
    expect(ffmpeg.running).toHaveLength(1);
    expect([...(ffmpeg.started[1]?.taken[0] ?? [])]).toEqual([...octets]);
  });

  it("but left alone when its source is silent, and when it plays again: that was a pause", async () => {
    const { clock, ffmpeg, told, play } = opened();
    await play(1_000, true);
    await clock.advance(600_000);
    expect([told, ffmpeg.running.length]).toEqual([[], 1]);
    await play(1_700, false);
    expect(told).toEqual([]);
  });

  it("and not taken for stuck while it begins, though that may take it some seconds", async () => {
    const { told, play } = opened();
    await play(4_500, false);
    expect(told).toEqual([]);
    await play(1_000, false);
    expect(told).toEqual(["stuck"]);
  });

  it("and given twice as long to begin after each that gave nothing, up to twenty seconds, until five have", async () => {
    const { clock, ffmpeg, told, givenUp, play } = opened();
    const livedMs: number[] = [];
    for (let at = 0; at < 5; at++) {
      while (ffmpeg.running.length === 0) await play(50, false);
      const begunAt = clock.now();
      while (ffmpeg.running.length > 0) await play(50, false);
      livedMs.push(clock.now() - begunAt);
    }
    expect(livedMs.map((ms) => Math.round(ms / 1_000))).toEqual([5, 10, 20, 20, 20]);
    expect([told.length, givenUp.length]).toEqual([4, 1]);
    await play(5_000, false);
    expect(ffmpeg.started).toHaveLength(5);
  });

  it("and let catch up with what waits when it begins late; one that runs and falls behind is replaced", async () => {
    const { clock, ffmpeg, told } = opened();
    const mebibyte = new Uint8Array(1 << 20);
    encoder.write(octets);
    const [first] = ffmpeg.started;
    first?.stdin.cork();
    for (let at = 0; at < 20; at++) encoder.write(mebibyte);
    // Eight and the one that found room last.
    expect([told, first?.stdin.writableLength]).toEqual([[], 9 << 20]);
    first?.outputs[0]?.write(sign);
    await clock.advance(1_500);
    first?.outputs[0]?.write(sign);
    encoder.write(mebibyte);
    expect(told).toEqual([]);
    await clock.advance(1_000);
    encoder.write(mebibyte);
    expect(told).toEqual(["overrun"]);
  });

  it("and given the first time again once one has begun", async () => {
    const { ffmpeg, told, play } = opened();
    await play(5_500, false);
    await play(9_000, false);
    expect([told, ffmpeg.running.length]).toEqual([["stuck"], 1]);
    await play(12_000, true);
    await play(2_000, false);
    while (ffmpeg.running.length === 0) await play(50, false);
    await play(4_700, false);
    expect(told).toEqual(["stuck", "stuck"]);
    await play(700, false);
    expect(told).toEqual(["stuck", "stuck", "stuck"]);
  });

  it("and replaced at once when one that ran has ended, and after ever longer waits when the next do at their beginning", async () => {
    const { clock, ffmpeg, play } = opened();
    await play(4_000, true);
    const waitedMs: number[] = [];
    for (let failure = 0; failure < 4; failure++) {
      ffmpeg.running[0]?.end({ code: 1, said: [] });
      await settle();
      const endedAt = clock.now();
      while (ffmpeg.running.length === 0) {
        encoder.write(octets);
        await clock.advance(10);
      }
      waitedMs.push(clock.now() - endedAt);
    }
    expect(waitedMs).toEqual([10, 100, 200, 500]);
  });

  it("and given up, with its own words, when it fails again and again", async () => {
    const { ffmpeg, told, givenUp, play } = opened();
    for (let failure = 0; failure < 5; failure++) {
      await play(2_500, false);
      ffmpeg.running[0]?.end({ code: 1, said: ["Invalid data"] });
      await settle();
    }
    expect(told).toEqual(["ended", "ended", "ended", "ended"]);
    expect(givenUp[0]).toBeInstanceOf(HomeError);
    expect(givenUp[0]).toMatchObject({ code: "conversion-failed", message: expect.stringContaining("Invalid data") });
    await play(5_000, false);
    expect(ffmpeg.running).toEqual([]);
  });

  it("and waited for at its end while it writes; one that stands still then is no reason to wait for ever", async () => {
    const { clock, ffmpeg, play } = opened();
    await play(3_000, true);
    let isOver = false;
    void encoder.finish().then(() => {
      isOver = true;
    });
    for (let at = 0; at < 6; at++) {
      await clock.advance(15_000);
      ffmpeg.running[0]?.outputs[0]?.write(sign);
    }
    expect([isOver, ffmpeg.running.length]).toEqual([false, 1]);
    await clock.advance(20_000);
    expect([isOver, ffmpeg.running.length, clock.pending]).toEqual([true, 0, 0]);
  });

  it("and takes a multiplex that goes on without its programme for a pause", async () => {
    const { clock, ffmpeg, told, play } = opened();
    await play(3_000, true);
    for (let at = 0; at < 1_200; at++) {
      encoder.write(new Uint8Array(0));
      await clock.advance(50);
    }
    expect([told, ffmpeg.running.length]).toEqual([[], 1]);
  });
});
