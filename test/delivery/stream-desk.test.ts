import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { createStreamDesk, isStreamPath } from "../../gateway-core/delivery/stream-desk.ts";
import { FakeClock, FakeIds } from "../fakes/fake-host.ts";
import { FakeStream } from "../fakes/fake-stream.ts";
import { streamDeskLaw } from "../laws/stream-desk.law.ts";

streamDeskLaw("at a desk", async () => {
  const [clock, stream, mostOfViewer] = [new FakeClock(), new FakeStream(), 3];
  const desk = createStreamDesk({
    ...{ clock, ids: new FakeIds(), mostOfViewer },
    async open(device) {
      if (device !== "deck") throw new HomeError("device-unavailable", "the device is not reachable");
      return stream.hold();
    },
  });
  return {
    ...{ clock, stream, mostOfViewer, ask: desk.handler },
    judge: ({ session }, grant) => desk.judge((viewer) => (viewer.session === session ? grant : viewer.grant)),
  };
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
});
