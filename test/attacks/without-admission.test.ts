/**
 * What the admission layer, the bounds and the store stop: each attack fails against the reception and the homes as they ship,
 * and succeeds against the same engine built without that rule, as aedes behaves by itself. No shipped switch does that.
 */

import { once } from "node:events";
import { connect } from "node:net";
import type { AedesOptions } from "aedes";
import { generate } from "mqtt-packet";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeClock } from "../fakes/fake-host.ts";
import { closeAll, event, freeze, type Home, number, shipped, status, visit, without } from "./bare-home.ts";

const patience = { timeout: 15_000 };
afterEach(closeAll);

describe("A client id that is another's (A2)", () => {
  const kept = { clientId: "same", clean: false };
  const hijack = async (home: Home): Promise<readonly string[]> => {
    const victim = await visit(home, kept);
    await victim.client.subscribeAsync(event, { qos: 1 });
    const thief = await visit(home, { ...kept, password: "credential 2" });
    await thief.client.subscribeAsync(status, { qos: 1 });
    home.publish(event, "private");
    home.publish(status, "end");
    await vi.waitFor(() => expect(thief.heard.some(([, payload]) => payload === "end")).toBe(true), patience);
    const heard = thief.heard.map(([, payload]) => payload).filter((payload) => payload !== "offline");
    return [victim.client.connected ? "stays" : "driven out", ...heard];
  };
  it("takes nothing and drives nobody out, as ids are bound to credentials and sessions are not kept", async () => {
    expect(await hijack(await shipped())).toEqual(["stays", "end"]);
  });
  it("takes the place and what is meant for it without that", async () => {
    expect(await hijack(await without())).toEqual(["driven out", "private", "end"]);
  });
});

/** What somebody hears of the will of a visitor who was cut off. */
async function leaveWill(home: Home, topic: string): Promise<readonly string[]> {
  const will = { topic, payload: Buffer.from("forged"), qos: 1, retain: true } as const;
  const dying = await visit(home, { will });
  dying.raw.destroy();
  await dying.ended;
  const watcher = await visit(home);
  await watcher.client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
  await vi.waitFor(() => {
    home.publish(event, "end");
    expect(watcher.heard.some(([, payload]) => payload === "end")).toBe(true);
  }, patience);
  return [
    dying.isIn ? "let in" : "refused",
    ...watcher.heard.filter(([, payload]) => payload === "forged").map(([to]) => to),
  ];
}

describe("A will (A3, A4)", () => {
  it.each([status, `homes/${number}/#`])("on %s is refused with its CONNECT", async (topic) => {
    expect((await leaveWill(await shipped(), topic))[0]).toBe("refused");
  });
  it.each([
    [status, status],
    [`homes/${number}/#`, `homes/${number}/#`],
  ])("on %s is let in, kept and told without admission and the check of each publish", async (topic, told) => {
    expect(await leaveWill(await without(["authorizePublish"]), topic)).toEqual(["let in", told]);
  });
});

describe("Home names put in front of topics by hooks, in one engine for all (A6)", () => {
  const mount: AedesOptions = {
    authorizeSubscribe: (client, subscription, done) => {
      subscription.topic = `${client.id}/${subscription.topic}`;
      done(null, subscription);
    },
    authorizePublish: (client, packet, done) => {
      packet.topic = `${client?.id}/${packet.topic}`;
      done(null);
    },
    authorizeForward: (client, packet) => ({ ...packet, topic: packet.topic.slice(`${client.id}/`.length) }),
  };
  it("go on after UNSUBSCRIBE, unheard by aedes", async () => {
    const home = await without(["published"], mount);
    const { client, heard } = await visit(home, { clientId: "a" });
    await client.subscribeAsync("news", { qos: 1 });
    await client.unsubscribeAsync("news");
    await client.publishAsync("news", "after", { qos: 1 });
    await vi.waitFor(() => expect(heard.length).toBe(1), patience);
  });
  it("are not needed where each home has an engine: what is unsubscribed is over", async () => {
    const home = await shipped();
    const { client, heard } = await visit(home);
    await client.subscribeAsync([event, status], { qos: 1 });
    await client.unsubscribeAsync(event);
    home.publish(event, "after");
    home.publish(status, "end");
    await vi.waitFor(() => expect(heard.at(-1)).toEqual([status, "end"]), patience);
    expect(heard.map(([, payload]) => payload)).not.toContain("after");
  });
});

describe("A first packet of 268 MB (A7)", () => {
  const flood = async (home: Home, first: number): Promise<string> => {
    const socket = connect(home.port, "127.0.0.1").resume();
    socket.on("error", () => undefined);
    const ended = new Promise<string>((resolve) => socket.once("close", () => resolve("cut")));
    socket.write(Uint8Array.of(first, 0xff, 0xff, 0xff, 0x7f));
    socket.write(new Uint8Array(2 ** 20));
    const taken = vi.waitFor(() => expect(home.taken()).toBeGreaterThan(2 ** 20), patience).then(() => "taken in");
    taken.catch(() => undefined);
    return Promise.race([ended, taken]);
  };
  it.each([0x10, 0x30])("is cut by its header, whichever type it says (%i)", async (first) => {
    expect(await flood(await shipped(), first)).toBe("cut");
  });
  it.each([0x10, 0x30])("is taken in by aedes, megabyte by megabyte (%i)", async (first) => {
    expect(await flood(await without(), first)).toBe("taken in");
  });
});

describe("A client that stops reading (A8)", () => {
  /** Whether another hears a thing while the frozen one is told 40 MB. */
  const flood = async (home: Home, isBlocked: () => boolean): Promise<string> => {
    await freeze(home, event);
    const other = await visit(home);
    await other.client.subscribeAsync(status, { qos: 1 });
    other.heard.length = 0;
    const large = "x".repeat(40_000);
    for (let count = 0; count < 1_000 && !isBlocked(); count++) {
      home.publish(event, large);
      if (count % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    home.publish(status, "end");
    // The broker answers this after what it has to tell, if it tells anything.
    for (let turn = 0; turn < 5; turn++) await other.client.subscribeAsync(`${status}/${turn}`, { qos: 1 });
    return other.heard.some(([, payload]) => payload === "end") ? "served" : "held up";
  };
  it("is cut, and nobody waits for it", async () => {
    const home = await shipped();
    expect(await flood(home, () => home.refused.length > 0)).toBe("served");
    expect(home.refused).toEqual(["does not read"]);
  });
  it("holds up all others of the same engine without that", async () => {
    const forward: AedesOptions = { authorizeForward: (_client, packet) => packet };
    const home = await without([], forward);
    const waiting: { readonly length: number } = Reflect.get(home.aedes, "mq");
    expect(await flood(home, () => waiting.length > 100)).toBe("held up");
  });
});

describe("Messages for somebody who is away (A10)", () => {
  const queue = async (home: Home, awaited: number): Promise<number> => {
    const kept = { clientId: "away", clean: false };
    const before = await visit(home, kept);
    await before.client.subscribeAsync(event, { qos: 1 });
    before.client.end(true);
    await before.ended;
    const stay = await visit(home);
    await stay.client.subscribeAsync(status, { qos: 1 });
    for (let count = 0; count < 500; count++) home.publish(event, "x".repeat(100));
    const after = await visit(home, kept);
    await after.client.subscribeAsync(status, { qos: 1 });
    await vi.waitFor(() => {
      home.publish(status, "end");
      expect(after.heard.some(([, payload]) => payload === "end")).toBe(true);
    }, patience);
    const count = (): number => after.heard.filter(([topic]) => topic === event).length;
    await vi.waitFor(() => expect(count()).toBeGreaterThanOrEqual(awaited), patience);
    return count();
  };
  it("are kept for nobody, as the store keeps no session", async () => {
    expect(await queue(await shipped(), 0)).toBe(0);
  });
  it("are kept without end by aedes's own store", async () => {
    expect(await queue(await without(), 500)).toBe(500);
  });
});

describe("What visitors want retained (A10)", () => {
  it("is not, and would be without the check of each publish", async () => {
    for (const [home, expected] of [
      [await shipped(), 0],
      [await without(["authorizePublish"]), 50],
    ] as const) {
      const { client } = await visit(home);
      const topic = (at: number): string => `homes/${number}/devices/d${at}/set`;
      for (let at = 0; at < 50; at++) client.publish(topic(at), "{}", { qos: 1, retain: true });
      await client.publishAsync(topic(0), "{}", { qos: 1, retain: true });
      const kept: unknown = "aedes" in home ? Reflect.get(home.aedes, "persistence") : undefined;
      const all = kept === undefined ? [] : await retainedOf(kept);
      expect(all.length).toBe(expected);
      const later = await visit(home);
      await later.client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
      home.publish(status, "end");
      await vi.waitFor(() => expect(later.heard.some(([, payload]) => payload === "end")).toBe(true), patience);
      expect(later.heard.filter(([to]) => to.endsWith("/set"))).toEqual([]);
    }
  });
});

async function retainedOf(store: unknown): Promise<readonly unknown[]> {
  const { createRetainedStream } = store as { createRetainedStream(filter: string): AsyncIterable<unknown> };
  const all: unknown[] = [];
  for await (const packet of createRetainedStream.call(store, "#")) all.push(packet);
  return all;
}

describe("A connection that never finishes its CONNECT", () => {
  it("has five seconds, whatever keepalive it means to ask for (CVE-2020-13849)", async () => {
    const clock = new FakeClock();
    const home = await shipped(clock);
    const socket = connect(home.port, "127.0.0.1").resume();
    const ended = once(socket, "close");
    const packet = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId: "c" } as const;
    const part = generate({ ...packet, keepalive: 65_535 }).subarray(0, -1);
    socket.write(part);
    await vi.waitFor(() => expect(home.taken()).toBe(part.length), patience);
    expect(clock.pending).toBe(1);
    await clock.advance(5_000);
    await ended;
  });
});
