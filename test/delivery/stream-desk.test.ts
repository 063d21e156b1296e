import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { StreamHold } from "../../gateway-core/contract/stream.ts";
import { createStreamDesk, isStreamPath } from "../../gateway-core/delivery/stream-desk.ts";
import { FakeClock, FakeIds } from "../fakes/fake-host.ts";
import { FakeStream } from "../fakes/fake-stream.ts";
import { streamDeskLaw, taro } from "../laws/stream-desk.law.ts";

streamDeskLaw("at a desk", async () => {
  const [clock, stream, mostOfViewer] = [new FakeClock(), new FakeStream(), 3];
  const desk = createStreamDesk({
    ...{ clock, ids: new FakeIds(), mostOfViewer },
    async open(device) {
      if (device !== "deck") throw new HomeError("device-unavailable", "the device is not reachable");
      return stream.hold();
    },
  });
  return { clock, stream, mostOfViewer, ask: desk.handler };
});

describe("The paths of streams", () => {
  it("are told from all others", () => {
    const ours = ["/api/devices/a-1/stream", "/api/streams/x", "/api/streams/x/video", "/api/streams/x/high/12.m4s"];
    const others = [
      "/api/devices/a-1",
      "/api/streams",
      "/api/streams/x/",
      "/api/streams/x/high/",
      "/api/streams/x/../y",
    ];
    expect(ours.map(isStreamPath)).not.toContain(false);
    expect(others.map(isStreamPath)).not.toContain(true);
  });
});

describe("A desk", () => {
  it("that is closed lets everything go, and leaves no timer", async () => {
    const [clock, stream] = [new FakeClock(), new FakeStream()];
    const desk = createStreamDesk({ clock, ids: new FakeIds(), open: async () => stream.hold() });
    const viewer = {
      name: "a",
      from: "local",
      session: "a",
      grant: { devices: { "*": { access: "view", streams: true } } },
    } as const;
    const { session } = (await (
      await desk.handler(new Request("http://home/api/devices/deck/stream", { method: "POST" }), viewer)
    ).json()) as { session: string };
    stream.play(1);
    const { body } = await desk.handler(new Request(`http://home/api/streams/${session}/video`), viewer);
    desk[Symbol.dispose]();
    for await (const _ of body ?? []);
    await clock.advance(1);
    expect([stream.holds, desk.count, clock.pending]).toEqual([0, 0, 0]);
  });

  it("finds a session by where its opening says that it is, and lets it go when it is ended there, or its clock is set back", async () => {
    const [clock, stream] = [new FakeClock(), new FakeStream()];
    const desk = createStreamDesk({ clock, ids: new FakeIds(), open: async () => stream.hold() });
    const begin = async () => {
      const request = new Request("http://home/api/devices/deck/stream", { method: "POST" });
      return desk.find((await desk.handler(request, taro)).headers.get("location") ?? "");
    };
    const found = await begin();
    const why = new HomeError("not-granted", "no more");
    found?.end(why);
    expect([await found?.ended, stream.holds, desk.count]).toEqual([why, 0, 0]);
    expect(["", "/api/streams/x", "/api/streams/x/video"].map((path) => desk.find(path))).toEqual(
      Array(3).fill(undefined),
    );
    await begin();
    clock.set(clock.now() - 60 * 60_000);
    await clock.advance(17_000);
    expect(stream.holds).toBe(0);
  });

  it("opens a stream with the sound that is asked for, and says how many there are", async () => {
    const [stream, asked] = [new FakeStream(), [] as number[]];
    stream.audioCount = 2;
    const desk = createStreamDesk({
      ...{ clock: new FakeClock(), ids: new FakeIds() },
      async open(_device, _signal, audio) {
        asked.push(audio);
        return stream.hold();
      },
    });
    const ask = (path: string, method = "GET") =>
      desk.handler(new Request(`http://home/api/${path}`, { method }), taro);
    await ask("devices/deck/stream", "POST");
    const { session } = (await (await ask("devices/deck/stream?audio=2", "POST")).json()) as { session: string };
    expect(asked).toEqual([1, 2]);
    expect(await (await ask(`streams/${session}`)).json()).toMatchObject({ audio: 2, audioCount: 2 });
    for (const wrong of ["0", "9", "", "1.5", "two"]) {
      expect((await ask(`devices/deck/stream?audio=${wrong}`, "POST")).status).toBe(422);
    }
    expect(asked).toHaveLength(2);
  });

  it("counts the streams of a viewer that are being opened, too", async () => {
    const [stream, gate] = [new FakeStream(), Promise.withResolvers<void>()];
    const desk = createStreamDesk({
      ...{ clock: new FakeClock(), ids: new FakeIds(), mostOfViewer: 2 },
      async open() {
        await gate.promise;
        return stream.hold();
      },
    });
    const asked = Array.from({ length: 9 }, () =>
      desk.handler(new Request("http://home/api/devices/deck/stream", { method: "POST" }), taro),
    );
    gate.resolve();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect([statuses.filter((one) => one === 201).length, statuses.filter((one) => one === 429).length]).toEqual([
      2, 7,
    ]);
    expect([stream.holds, desk.count]).toEqual([2, 2]);
  });

  describe("whose stream needs a while until its pictures come", () => {
    async function waiting() {
      const [clock, stream, gate] = [new FakeClock(), new FakeStream(), Promise.withResolvers<void>()];
      const slow = (hold: StreamHold): StreamHold => ({
        ...{ rungs: hold.rungs, audioCount: hold.audioCount, over: hold.over },
        async ring(rung) {
          await gate.promise;
          return hold.ring(rung);
        },
        [Symbol.dispose]: () => hold[Symbol.dispose](),
      });
      const desk = createStreamDesk({ clock, ids: new FakeIds(), open: async () => slow(stream.hold()) });
      const ask = (path: string, method: string, signal?: AbortSignal) =>
        desk.handler(new Request(`http://home/api/${path}`, { method, ...(signal && { signal }) }), taro);
      const { session } = (await (await ask("devices/deck/stream", "POST")).json()) as { session: string };
      stream.play(1);
      const viewers = () => [...stream.rings.values()].reduce((sum, ring) => sum + ring.viewerCount, 0);
      return { ask, gate, viewers, path: `streams/${session}` };
    }

    it("shows nothing to a viewer whose session has ended meanwhile", async () => {
      const { ask, gate, viewers, path } = await waiting();
      const video = ask(`${path}/video`, "GET");
      await ask(path, "DELETE");
      gate.resolve();
      expect([(await video).status, viewers()]).toEqual([404, 0]);
    });

    it("follows it for nobody who has left meanwhile", async () => {
      const { ask, gate, viewers, path } = await waiting();
      const leaving = new AbortController();
      const video = ask(`${path}/video`, "GET", leaving.signal);
      leaving.abort();
      gate.resolve();
      expect([(await video).ok, viewers()]).toEqual([false, 0]);
    });

    it("counts the answers that wait for it, too", async () => {
      const { ask, gate, path } = await waiting();
      const asked = Array.from({ length: 9 }, () => ask(`${path}/video`, "GET"));
      gate.resolve();
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect([statuses.filter((one) => one === 200).length, statuses.filter((one) => one === 429).length]).toEqual([
        4, 5,
      ]);
    });
  });
});
