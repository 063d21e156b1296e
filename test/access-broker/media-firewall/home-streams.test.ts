import { PassThrough } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import {
  createHomeStreams,
  type EndedLink,
  type HomeStreams,
} from "../../../access-broker/media-firewall/home-streams.ts";
import { createMediaBudgets, type MediaLimits } from "../../../access-broker/media-firewall/media-budget.ts";
import { encodeMediaFrame, type MediaFrame } from "../../../gateway-core/bytes/media-frames.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";
import type { MediaAsk } from "../../../gateway-core/contract/media-link.ts";
import type { Piece } from "../../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../../gateway-core/delivery/fragment-ring.ts";
import { FakeClock, settle } from "../../fakes/fake-host.ts";

const limits: MediaLimits = {
  ...{ kbpsPerHome: 8_000, octetsPerDay: 50_000, linksAtOnce: 3, viewersAtOnce: 9, longestSeconds: 3_600 },
};
const rungs = ["high", "low"].map((name) => ({ name, height: 480, videoKbps: 800, audioKbps: 64 }));
const head = (rung = "high", audioCount = 1): MediaFrame => ({ kind: "head", head: { rungs, rung, audioCount } });
const mediaType = 'video/mp4; codecs="avc1.4d401e"';
const init: MediaFrame = {
  kind: "piece",
  piece: { init: { octets: Uint8Array.of(9), mediaType, hasVideo: true, hasAudio: false } },
};
const fragment = (start: number, octets = 10): MediaFrame => ({
  kind: "piece",
  piece: { fragment: { octets: new Uint8Array(octets), isKey: true, start, duration: 0.5 } },
});
const beat: MediaFrame = { kind: "beat" };

/** The home's end of a link. */
class HomeEnd extends PassThrough {
  readonly ask: MediaAsk;
  constructor(ask: MediaAsk) {
    super();
    this.ask = ask;
  }
  say(...frames: readonly MediaFrame[]): void {
    for (const frame of frames) if (!this.destroyed) this.push(encodeMediaFrame(frame));
  }
  // What the broker says to the home is not heard here.
  override _transform(_chunk: unknown, _encoding: unknown, done: () => void): void {
    done();
  }
}

describe("The streams of a home at the access broker", () => {
  let clock: FakeClock;
  let links: HomeEnd[];
  let ended: EndedLink[];
  let streams: HomeStreams;
  let refusal: HomeError | undefined;
  beforeEach(() => {
    clock = new FakeClock();
    [links, ended, refusal] = [[], [], undefined];
    streams = createHomeStreams({
      ...{ clock, limits, budget: createMediaBudgets(clock, limits)("090"), ring: () => new FragmentRing() },
      async dial(ask) {
        if (refusal !== undefined) throw refusal;
        const link = new HomeEnd(ask);
        links.push(link);
        return link;
      },
      onEnded: (link) => ended.push(link),
    });
  });
  const { signal } = new AbortController();
  const isOpen = (): boolean[] => links.map(({ destroyed }) => !destroyed);
  /** One hold, whose home has said its first word. */
  async function begun(device = "deck") {
    const opening = streams.open(device, signal);
    await settle();
    links.at(-1)?.say(head());
    return await opening;
  }
  /** Seconds in which the home gives signs of life. */
  async function pass(seconds: number): Promise<void> {
    for (let at = 0; at < seconds * 10; at++) {
      if (at % 50 === 0) for (const link of links) link.say(beat);
      await clock.advance(100);
    }
  }

  it("are asked for once however many want them, and each rung by itself", async () => {
    const all = [streams.open("deck", signal), streams.open("deck", signal)];
    await settle();
    links[0]?.say(head());
    const [one, two] = await Promise.all(all);
    expect([links.map(({ ask }) => ask), one?.rungs]).toEqual([[{ device: "deck" }], rungs]);
    await Promise.all([one?.ring("high"), two?.ring("high")]);
    expect(links).toHaveLength(1);
    const low = one?.ring("low");
    await settle();
    links[1]?.say(head("low"));
    await low;
    expect(links[1]?.ask).toEqual({ device: "deck", rung: "low" });
    await expect(one?.ring("huge")).rejects.toMatchObject({ code: "not-found" });
  });

  it("with another of the device's sounds are asked for by themselves, and say how many there are as it changes", async () => {
    const first = await begun();
    const opening = streams.open("deck", signal, 2);
    await settle();
    links[1]?.say(head("high", 0));
    const second = await opening;
    expect(links.map(({ ask }) => ask)).toEqual([{ device: "deck" }, { device: "deck", audio: 2 }]);
    const low = second.ring("low");
    await settle();
    expect(links[2]?.ask).toEqual({ device: "deck", audio: 2, rung: "low" });
    links[2]?.say(head("low", 0));
    await low;
    links[1]?.say(head("high", 2));
    await settle();
    expect([first.audioCount, second.audioCount]).toEqual([1, 2]);
  });

  it("go on while anybody follows, and end within a second of the last, to begin anew for the next", async () => {
    const hold = await begun();
    const ring = await hold.ring("high");
    const stops = [ring.follow(() => undefined), ring.follow(() => undefined)];
    await pass(60);
    expect(isOpen()).toEqual([true]);
    for (const stop of stops) stop();
    await clock.advance(500);
    const back = ring.follow(() => undefined);
    await clock.advance(2_000);
    expect(isOpen()).toEqual([true]);
    back();
    back();
    await clock.advance(1_000);
    expect([isOpen(), ended]).toEqual([[false], [expect.objectContaining({ device: "deck", error: undefined })]]);
    const told: Piece[] = [];
    (await Promise.all([hold.ring("high"), settle().then(() => links[1]?.say(head()))]))[0].follow((piece) =>
      told.push(piece),
    );
    links[1]?.say(init, fragment(7));
    await settle();
    expect(told).toHaveLength(2);
    expect(isOpen()).toEqual([false, true]);
  });

  it("that nobody takes up, or that nobody holds any more, end by themselves", async () => {
    const hold = await begun();
    await pass(9);
    expect(isOpen()).toEqual([true]);
    await pass(2);
    expect(isOpen()).toEqual([false]);
    const again = await begun("camera");
    again[Symbol.dispose]();
    again[Symbol.dispose]();
    hold[Symbol.dispose]();
    await clock.advance(1_000);
    expect([isOpen(), streams.isIdle]).toEqual([[false, false], true]);
  });

  it("are followed from the oldest that is kept, where that is asked for", async () => {
    const ring = await (await begun()).ring("high");
    links[0]?.say(init, fragment(0), fragment(0.5), fragment(1));
    await settle();
    const [newest, all]: [Piece[], Piece[]] = [[], []];
    ring.follow((piece) => newest.push(piece));
    ring.follow((piece) => all.push(piece), true);
    expect([newest.length, all.length]).toEqual([2, 4]);
  });

  it("are watched as they are followed", async () => {
    const hold = await begun();
    const ring = await hold.ring("high");
    links[0]?.say(init, fragment(0));
    await settle();
    const watching = ring.watch();
    const reader = watching.body.getReader();
    expect((await reader.read()).value).toEqual(Uint8Array.of(9));
    await pass(30);
    expect([isOpen(), watching.skippedSeconds]).toEqual([[true], 0]);
    await reader.cancel();
    await clock.advance(1_000);
    expect(isOpen()).toEqual([false]);
  });

  it("tell every viewer why the home has ended them, and are asked for anew afterwards", async () => {
    const hold = await begun();
    links[0]?.say({ kind: "end", error: new HomeError("device-unavailable", "unplugged") });
    expect((await hold.over).code).toBe("device-unavailable");
    expect((await begun()).rungs).toEqual(rungs);
    expect(ended.map(({ error }) => error?.code)).toEqual(["device-unavailable"]);
  });

  it("end when the home breaks off, is silent, or never says a word", async () => {
    const broken = await begun("a");
    links[0]?.destroy();
    expect((await broken.over).code).toBe("home-away");
    const silent = await begun("b");
    (await silent.ring("high")).follow(() => undefined);
    await clock.advance(15_000);
    expect((await silent.over).code).toBe("home-away");
    const mute = streams.open("c", signal);
    const refused = expect(mute).rejects.toMatchObject({ code: "device-silent" });
    await pass(26);
    await refused;
    refusal = new HomeError("home-away", "the home is away");
    await expect(streams.open("d", signal)).rejects.toMatchObject({ code: "home-away" });
    await clock.advance(1_000);
    expect([streams.isIdle, streams.links]).toEqual([true, 0]);
  });

  it("are let go when who asked for them leaves before they have begun", async () => {
    const leaving = new AbortController();
    const opening = streams.open("deck", leaving.signal);
    await settle();
    leaving.abort();
    await expect(opening).rejects.toMatchObject({ code: "device-unavailable" });
    await clock.advance(1_000);
    expect([isOpen(), streams.isIdle]).toEqual([[false], true]);
    await expect(streams.open("deck", leaving.signal)).rejects.toMatchObject({ code: "device-unavailable" });
  });

  it("are no more than the home may have at once, in a day, and for how long", async () => {
    const all = [await begun("a"), await begun("b"), await begun("c")];
    await expect(streams.open("d", signal)).rejects.toMatchObject({
      code: "stream-quota-reached",
      details: { reason: "links-at-once" },
    });
    (await all[0]?.ring("high"))?.follow(() => undefined);
    links[0]?.say(init, fragment(0, 60_000));
    expect(await all[0]?.over).toMatchObject({ code: "stream-quota-reached", details: { reason: "octets-per-day" } });
    for (const hold of all) hold[Symbol.dispose]();
    await clock.advance(1_000);
    await expect(streams.open("e", signal)).rejects.toMatchObject({ details: { reason: "octets-per-day" } });
    await clock.advance(24 * 60 * 60_000);
    const long = await begun("f");
    (await long.ring("high")).follow(() => undefined);
    let isOver = false;
    void long.over.then(() => {
      isOver = true;
    });
    for (let minute = 0; minute < 59; minute++)
      for (let at = 0; at < 6; at++) {
        links.at(-1)?.say(beat);
        await clock.advance(10_000);
      }
    expect(isOver).toBe(false);
    for (let at = 0; at < 7; at++) {
      links.at(-1)?.say(beat);
      await clock.advance(10_000);
    }
    expect(await long.over).toMatchObject({ details: { reason: "longest-seconds" } });
  });
});
