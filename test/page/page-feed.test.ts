import { describe, expect, it } from "vitest";
import { type Grant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { PageEvent } from "../../gateway-core/contract/page.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { createPageFeed } from "../../gateway-core/page/page-feed.ts";
import { fakeHost, settle } from "../fakes/fake-host.ts";
import { lamp } from "../fakes/page-home.ts";

const device = buildPageDevice(lamp());
const snapshot = (seq: number, epoch = "e1"): PageEvent => ({
  type: "snapshot",
  epoch,
  seq,
  isLive: true,
  devices: [device],
});
const change = (seq: number, value: number | string = seq, epoch = "e1"): PageEvent => ({
  ...{ type: "change", epoch, seq, device: "lamp" },
  ...{ property: "brightness", value, at: seq },
});

const newcomer = { lastEventId: undefined, grant: wholeGrant, signal: new AbortController().signal };

/** Reads a stream as it comes; `take()` gives the events since the last time, as `id event`. */
function follow(stream: ReadableStream<Uint8Array>) {
  const decoder = new TextDecoder();
  let text = "";
  let isEnded = false;
  void (async () => {
    for await (const chunk of stream) text += decoder.decode(chunk);
    isEnded = true;
  })();
  return {
    get isEnded() {
      return isEnded;
    },
    async raw() {
      await settle();
      const taken = text;
      text = "";
      return taken;
    },
    async take() {
      const blocks = (await this.raw()).split("\n\n").filter((block) => block !== "");
      return blocks.map((block) => {
        const id = /^id: (.*)$/m.exec(block)?.[1];
        return [id, /^event: (.*)$/m.exec(block)?.[1]].filter(Boolean).join(" ") || block;
      });
    },
  };
}

function open(ring?: number) {
  const host = fakeHost();
  const feed = createPageFeed({ host, ...(ring === undefined ? {} : { ring }) });
  const view = (lastEventId?: string, leaving = new AbortController()) =>
    follow(feed.open({ lastEventId, grant: wholeGrant, signal: leaving.signal }));
  return { host, feed, view };
}

describe("A feed", () => {
  it("is offered by its first snapshot, and by nothing else", () => {
    const { feed } = open();
    feed.receive(change(1));
    expect(feed.isOffered).toBe(false);
    feed.receive(snapshot(1));
    expect(feed.isOffered).toBe(true);
    expect(feed.state).toMatchObject({ epoch: "e1", seq: 1 });
  });

  it("gives a newcomer a snapshot, then each event as it happens", async () => {
    const { feed, view } = open();
    feed.receive(snapshot(1));
    const viewer = view();
    expect(await viewer.take()).toEqual(["e1:1 snapshot"]);
    feed.receive(change(2));
    expect(await viewer.raw()).toBe(
      'id: e1:2\nevent: change\ndata: {"device":"lamp","property":"brightness","value":2,"at":2}\n\n',
    );
  });

  it("gives who comes back exactly what it missed", async () => {
    const { feed, view } = open();
    feed.receive(snapshot(1));
    for (const seq of [2, 3, 4]) feed.receive(change(seq));
    expect(await view("e1:2").take()).toEqual(["e1:3 change", "e1:4 change"]);
    expect(await view("e1:4").take()).toEqual([]);
  });

  it.each([
    ["e1:1", "the ring does not reach back so far"],
    ["e0:4", "the gateway has started anew"],
    ["e1:99", "the future is not known"],
    ["nonsense", "it is no id of ours"],
  ])("resets who comes back with %s: %s", async (lastEventId) => {
    const { feed, view } = open(2);
    feed.receive(snapshot(1));
    for (const seq of [2, 3, 4]) feed.receive(change(seq));
    expect(await view(lastEventId).take()).toEqual(["reset", "e1:4 snapshot"]);
  });

  it("ignores what comes twice: two wires tell the same", async () => {
    const { feed, view } = open();
    feed.receive(snapshot(1));
    const viewer = view();
    for (const seq of [2, 2, 1]) feed.receive(change(seq, `second ${seq}`));
    feed.receive(snapshot(1));
    expect(await viewer.take()).toEqual(["e1:1 snapshot", "e1:2 change"]);
  });

  it("takes a repeated snapshot without a word to its viewers: a deploy does not flicker", async () => {
    const { feed, view } = open();
    feed.receive(snapshot(1));
    feed.receive(change(2));
    const viewer = view("e1:2");
    feed.receive(snapshot(2));
    expect(await viewer.take()).toEqual([]);
    expect(await view("e1:1").take()).toEqual(["e1:2 change"]);
  });

  it("tells its viewers a snapshot after a gap, and replays nothing across it", async () => {
    const { feed, view } = open();
    feed.receive(snapshot(1));
    const viewer = view("e1:1");
    feed.receive(snapshot(9));
    expect(await viewer.take()).toEqual(["e1:9 snapshot"]);
    expect(await view("e1:5").take()).toEqual(["reset", "e1:9 snapshot"]);
  });

  it("begins anew with another epoch, but only by its snapshot", async () => {
    const { feed, view } = open();
    feed.receive(snapshot(5));
    const viewer = view("e1:5");
    feed.receive(change(6, 1, "e2"));
    feed.receive(snapshot(1, "e2"));
    expect(await viewer.take()).toEqual(["e2:1 snapshot"]);
  });

  it("lets its viewers go when it is unwired, and offers the page again with the next snapshot", async () => {
    const { feed, view } = open();
    feed.receive(snapshot(1));
    const viewer = view();
    feed.unwire();
    await settle();
    expect([feed.isOffered, viewer.isEnded]).toEqual([false, true]);
    feed.receive(change(2));
    feed.receive(snapshot(3));
    expect(feed.state.seq).toBe(3);
  });
});

describe("The viewers of a feed", () => {
  const onlyLamp: Grant = { devices: { lamp: { access: "view" } } };
  const nothing: Grant = { devices: { door: { access: "control" } } };
  /** The next pieces of a stream, as the very objects that were put into it. */
  const pieces = async (stream: ReadableStream<Uint8Array>, count: number): Promise<(Uint8Array | undefined)[]> => {
    const reader = stream.getReader();
    const read: (Uint8Array | undefined)[] = [];
    while (read.length < count) read.push((await reader.read()).value);
    return read;
  };

  it("who were granted the same are told the same octets, encoded once", async () => {
    const { feed } = open();
    feed.receive(snapshot(1));
    const streams = [onlyLamp, { ...onlyLamp }].map((grant) => feed.open({ ...newcomer, grant }));
    feed.receive({ type: "found", epoch: "e1", seq: 2, device });
    const [one, other] = await Promise.all(streams.map((stream) => pieces(stream, 2)));
    expect(one?.[0]).toBe(other?.[0]);
    expect(one?.[1]).toBe(other?.[1]);
    expect(new TextDecoder().decode(one?.[1])).toMatch(/^id: e1:2\nevent: found\n/);
  });

  it("who may see an event as it is are told the octets of those who see everything", async () => {
    const { feed } = open();
    feed.receive(snapshot(1));
    const streams = [onlyLamp, wholeGrant].map((grant) => feed.open({ ...newcomer, grant, lastEventId: "e1:1" }));
    feed.receive(change(2));
    const [one, other] = await Promise.all(streams.map((stream) => pieces(stream, 1)));
    expect(one?.[0]).toBe(other?.[0]);
  });

  it("are told nothing of what they may not see, and come back by the numbers of what they saw", async () => {
    const { feed } = open();
    feed.receive(snapshot(1));
    const viewer = follow(feed.open({ ...newcomer, grant: nothing }));
    feed.receive(change(2));
    feed.receive({ type: "live", epoch: "e1", seq: 3, isLive: false });
    expect(await viewer.take()).toEqual(["e1:1 snapshot", "e1:3 live"]);
    const back = follow(feed.open({ ...newcomer, grant: nothing, lastEventId: "e1:1" }));
    expect(await back.take()).toEqual(["e1:3 live"]);
  });

  it("are let go when the window of their grant closes, by the next sign of life", async () => {
    const { feed, host } = open();
    feed.receive(snapshot(1));
    const window = { until: new Date(host.clock.now() + 20_000).toISOString() };
    const guest = follow(feed.open({ ...newcomer, grant: { ...wholeGrant, window } }));
    const owner = follow(feed.open(newcomer));
    await host.clock.advance(15_000);
    expect([guest.isEnded, owner.isEnded]).toEqual([false, false]);
    await host.clock.advance(15_000);
    expect([guest.isEnded, owner.isEnded]).toEqual([true, false]);
    expect(host.clock.pending).toBe(1);
  });
});

describe("A viewer's stream", () => {
  it("carries a comment every 15 seconds", async () => {
    const { host, feed, view } = open();
    feed.receive(snapshot(1));
    const viewer = view("e1:1");
    await host.clock.advance(45_000);
    expect(await viewer.raw()).toBe(":\n\n".repeat(3));
  });

  it("ends when the viewer leaves, and nothing of it stays", async () => {
    const { host, feed, view } = open();
    feed.receive(snapshot(1));
    const leaving = new AbortController();
    const viewer = view(undefined, leaving);
    leaving.abort();
    await settle();
    expect([viewer.isEnded, host.clock.pending]).toEqual([true, 0]);
    const gone = follow(feed.open({ ...newcomer, signal: AbortSignal.abort() }));
    await settle();
    expect([gone.isEnded, host.clock.pending]).toEqual([true, 0]);
  });

  it("stops when its reader cancels", async () => {
    const { host, feed } = open();
    feed.receive(snapshot(1));
    await feed.open(newcomer).cancel();
    expect(host.clock.pending).toBe(0);
    feed.receive(change(2));
  });

  it("drops a viewer that does not read, without holding up the others", async () => {
    const { host, feed, view } = open();
    feed.receive(snapshot(1));
    const slow = feed.open(newcomer);
    const quick = view("e1:1");
    for (let seq = 2; seq < 40; seq++) {
      feed.receive(change(seq, "x".repeat(60_000)));
      await quick.raw();
    }
    expect(host.clock.pending).toBe(1);
    expect(quick.isEnded).toBe(false);
    let octets = 0;
    for await (const chunk of slow) octets += chunk.byteLength;
    expect(octets).toBeLessThan(1.2 * 2 ** 20);
  });
});
