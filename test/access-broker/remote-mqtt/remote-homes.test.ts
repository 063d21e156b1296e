/** The remote namespaces with visitors of different grants, each a real MQTT client at a real socket; the home is told from the test. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { duplexPair } from "node:stream";
import { MqttClient } from "mqtt";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createRemoteHomes } from "../../../access-broker/remote-mqtt/remote-homes.ts";
import { createWindowWatch, openNow, type Visitor } from "../../../access-broker/remote-mqtt/visitor.ts";
import { type Grant, viewOnly, wholeGrant } from "../../../gateway-core/contract/grant.ts";
import type { RemoteDown } from "../../../gateway-core/contract/remote-link.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const number = "090-1234-5678";
const patience = { timeout: 15_000 };
const child: Grant = { devices: { lamp: { access: "control", properties: ["power"] } } };
let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

async function open() {
  const clock = new FakeClock();
  const told: RemoteDown[] = [];
  const refused: string[] = [];
  const commanded: (readonly [string, string, string])[] = [];
  const waiting: Visitor[] = [];
  let ids = 0;
  const homes = opened.use(
    createRemoteHomes({
      clock,
      ids: { fresh: () => `id${ids++}` },
      tell: (_, message) => told.push(message) > 0,
      onRefused: (_, __, reason) => refused.push(reason),
      onCommand: (number, { user }, topic) => commanded.push([number, user, topic]),
    }),
  );
  const server = createServer((socket) => {
    const visitor = waiting.shift();
    if (visitor === undefined) socket.destroy();
    else void homes.serve(number, socket, visitor).then((isServed) => isServed || socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.defer(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const hear = (topic: string, payload: string, isRetained = true): void =>
    homes.hear(number, { topic: "up/home", body: { topic, payload, isRetained } });
  /** `grant` may be changed: it is what the table holds. */
  const visit = async (grant: Grant | undefined) => {
    const table = { grant };
    waiting.push({ user: "u", source: "s", grant, recheck: async () => table.grant });
    const client = new MqttClient(() => connect(port, "127.0.0.1"), { protocolVersion: 4, reconnectPeriod: 0 });
    opened.defer(() => void client.end(true));
    const heard = new Map<string, string>();
    client.on("message", (topic, payload) => heard.set(topic.slice(`homes/${number}/`.length), payload.toString()));
    client.on("error", () => undefined);
    const ended = new Promise<void>((resolve) => client.once("close", () => resolve()));
    const connected = new Promise<void>((resolve) => client.once("connect", () => resolve()));
    await Promise.race([connected, ended]);
    return { client, heard, ended, table };
  };
  /** One who comes by a line that keeps no more than 16 KiB under way: what is not read waits at the broker. */
  const visitByLine = async (onTopic: (topic: string) => void) => {
    const [near, far] = duplexPair({ highWaterMark: 16 * 1024 });
    void homes.serve(number, near, { user: "u", source: "s", grant: wholeGrant, recheck: async () => wholeGrant });
    const client = new MqttClient(() => far, { protocolVersion: 4, reconnectPeriod: 0 });
    opened.defer(() => void client.end(true));
    client.on("message", (topic) => onTopic(topic.slice(`homes/${number}/`.length)));
    client.on("error", () => undefined);
    await new Promise<void>((resolve) => client.once("connect", () => resolve()));
    return { client, near, far };
  };
  return { commanded, clock, homes, told, refused, hear, visit, visitByLine };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const all = `homes/${number}/#`;
const tellHome = (hear: Awaited<ReturnType<typeof open>>["hear"]): void => {
  hear("home/devices", JSON.stringify([{ id: "lamp" }, { id: "door" }]));
  for (const device of ["lamp", "door"]) {
    hear(`home/devices/${device}/state`, JSON.stringify({ power: true, secret: device }));
    hear(`home/devices/${device}/properties/power`, "true");
    hear(`home/devices/${device}/properties/secret`, `"${device}"`);
  }
  hear("home/devices/lamp/properties/power", "false");
};

describe("Visitors of one home", () => {
  it("never hear an old value after the new one that was told while all that is kept is on its way", async () => {
    const { hear, visit } = await open();
    const told = Array.from({ length: 200 }, (_, at) => `devices/lamp/properties/p${at}`);
    const tell = (value: string) => {
      for (const topic of told) hear(`home/${topic}`, value);
    };
    // Nothing is kept of a home that nobody looks into.
    await visit(wholeGrant);
    tell("1");
    const { client } = await visit(wholeGrant);
    const heard: string[] = [];
    client.once("message", () => tell("2"));
    client.on("message", (topic, payload) => heard.push(`${topic.slice(`homes/${number}/`.length)} ${payload}`));
    await client.subscribeAsync(`homes/${number}/devices/#`, { qos: 1 });
    // Each comes as it is kept and as it is told.
    const each = () => told.map((topic) => heard.filter((one) => one.startsWith(`${topic} `)));
    await vi.waitFor(() => expect(each().filter(({ length }) => length !== 2)).toEqual([]), patience);
    expect(each().filter((values) => !values.at(-1)?.endsWith(" 2"))).toEqual([]);
  });

  it("are each shown what they were granted, kept or new, by whatever filter they ask", async () => {
    const { hear, visit } = await open();
    const owner = await visit(wholeGrant);
    const early = await visit(child);
    await Promise.all([owner, early].map(({ client }) => client.subscribeAsync(all, { qos: 1 })));
    tellHome(hear);
    const late = await visit(child);
    const filters = [all, `homes/${number}/devices/door/+`, `homes/${number}/devices/+/properties/secret`];
    await late.client.subscribeAsync(filters, { qos: 1 });
    const expected = {
      status: "offline",
      devices: '[{"id":"lamp","room":null}]',
      "devices/lamp/state": '{"power":true}',
      "devices/lamp/properties/power": "false",
    };
    for (const { heard } of [early, late]) {
      await vi.waitFor(() => expect(Object.fromEntries(heard)).toEqual(expected), patience);
    }
    await vi.waitFor(() => expect(owner.heard.size).toBe(8), patience);
  });

  it.each([0, 1] as const)(
    "hear by QoS %s all that a large home tells of itself, and none of it waits in memory until they have read it",
    async (qos) => {
      const { homes, hear, refused, visitByLine } = await open();
      const heard = new Map<string, number>();
      let most = 0;
      const { client, near, far } = await visitByLine((topic) => {
        heard.set(topic, (heard.get(topic) ?? 0) + 1);
        most = Math.max(most, near.writableLength);
      });
      await client.subscribeAsync(all, { qos });
      // They read nothing while it tells, and all of it after that.
      far.pause();
      const description = (id: string): string => JSON.stringify({ id, text: "x".repeat(16_000) });
      homes.hear(number, { topic: "up/snapshot", body: { end: "first" } });
      for (let device = 0; device < 200; device++) {
        hear(`home/devices/d${device}/description`, description(`d${device}`));
        for (const name of ["power", "mode"]) hear(`home/devices/d${device}/properties/${name}`, "true");
        await turn();
      }
      // What changes meanwhile is told as it is now, though not each time.
      for (let times = 0; times < 1_000; times++) hear("home/devices/d199/properties/mode", String(times));
      hear("home/status", "online");
      homes.hear(number, { topic: "up/snapshot", body: { end: "last" } });
      expect(near.writableLength).toBeLessThan(256 * 1024);
      far.resume();
      await vi.waitFor(() => expect(heard.size).toBe(601), patience);
      expect(heard.get("devices/d199/properties/mode")).toBeLessThan(10);
      expect(refused).toEqual([]);
      expect(most).toBeLessThan(256 * 1024);
    },
  );

  it("who do not read what happens in the home are cut, though they were told all of it before", async () => {
    const { homes, hear, refused, visitByLine } = await open();
    const { client, near, far } = await visitByLine(() => undefined);
    await client.subscribeAsync(all, { qos: 0 });
    homes.hear(number, { topic: "up/snapshot", body: { end: "first" } });
    hear("home/status", "online");
    homes.hear(number, { topic: "up/snapshot", body: { end: "last" } });
    far.pause();
    for (let times = 0; !near.destroyed && times < 10_000; times++) {
      hear("home/devices/lamp/events/rang", `"${"x".repeat(10_000)}"`, false);
      await turn();
    }
    expect(near.destroyed).toBe(true);
    expect(refused).toEqual(["does not read"]);
  });

  it("command what they were granted, and are answered what was not; nobody else is", async () => {
    const { hear, visit, told, refused, commanded } = await open();
    const [owner, one] = [await visit(wholeGrant), await visit(child)];
    tellHome(hear);
    await Promise.all([owner, one].map(({ client }) => client.subscribeAsync(all, { qos: 1 })));
    const publish = (rest: string, payload: string) =>
      one.client.publishAsync(`homes/${number}/devices/${rest}`, payload, { qos: 1 });
    await publish("lamp/properties/power/set", "true");
    await publish("lamp/properties/secret/set", "1");
    await publish("door/properties/power/set", "true");
    await vi.waitFor(() => expect(one.heard.get("devices/lamp/result")).toContain("unknown-property"), patience);
    await vi.waitFor(() => expect(refused).toEqual(["unknown-property", "unknown-device"]), patience);
    const commands = told.filter(({ topic }) => topic === "down/command");
    expect(commands.map(({ body }) => body)).toMatchObject([
      { topic: "home/devices/lamp/properties/power/set", grant: child },
    ]);
    expect(commanded).toEqual([[number, "u", "home/devices/lamp/properties/power/set"]]);
    expect([...owner.heard.keys()].filter((topic) => topic.endsWith("result"))).toEqual([]);
    expect([...one.heard.keys()].filter((topic) => topic.startsWith("devices/door"))).toEqual([]);
  });

  it("go when what they are shown changes, and stay when only what they may do does", async () => {
    const { hear, visit, homes, told } = await open();
    const [changed, looking, gone] = [await visit(child), await visit(wholeGrant), await visit(child)];
    changed.table.grant = { devices: { door: { access: "view" } } };
    looking.table.grant = viewOnly(wholeGrant);
    gone.table.grant = undefined;
    await homes.recheck(number);
    await Promise.all([changed.ended, gone.ended]);
    await looking.client.subscribeAsync(all, { qos: 1 });
    tellHome(hear);
    await looking.client.publishAsync(`homes/${number}/devices/lamp/set`, "{}", { qos: 1 });
    await vi.waitFor(() => expect(looking.heard.get("devices/lamp/result")).toContain("not-granted"), patience);
    expect(told.some(({ topic }) => topic === "down/command")).toBe(false);
  });

  it("are let in with a grant only, and at most 128 of them", async () => {
    const { visit } = await open();
    const nobody = await visit(undefined);
    await nobody.ended;
    const many = await Promise.all(Array.from({ length: 128 }, () => visit(wholeGrant)));
    expect(many.every(({ client }) => client.connected)).toBe(true);
    await (await visit(wholeGrant)).ended;
  });
});

describe("A window of time", () => {
  const until = new Date(1_800_000_060_000).toISOString();
  const timed: Grant = { ...wholeGrant, window: { until } };

  it("ends all deliveries when it closes, and then the connection", async () => {
    const { hear, visit, clock } = await open();
    const { client, heard, ended, table } = await visit(timed);
    await client.subscribeAsync(all, { qos: 1 });
    hear("home/devices/lamp/properties/power", "1");
    await vi.waitFor(() => expect(heard.get("devices/lamp/properties/power")).toBe("1"), patience);
    await clock.advance(60_000);
    hear("home/devices/lamp/properties/power", "2");
    table.grant = openNow({ rights: "all", grant: timed }, clock.now());
    await clock.advance(10_000);
    await ended;
    expect(heard.get("devices/lamp/properties/power")).toBe("1");
  });
  it("is asked again each second at most", () => {
    let now = 1_800_000_059_500;
    const isOpen = createWindowWatch(() => now);
    expect([isOpen(wholeGrant), isOpen(timed)]).toEqual([true, true]);
    now = 1_800_000_060_000;
    expect(isOpen(timed)).toBe(true);
    now = 1_800_000_060_500;
    expect(isOpen(timed)).toBe(false);
  });
  it("opens what the home's requirement lets be done, and nothing when it is closed", () => {
    const now = 1_800_000_000_000;
    expect(openNow({ rights: "all", grant: timed }, now)).toBe(timed);
    expect(openNow({ rights: "view", grant: timed }, now)).toEqual(viewOnly(timed));
    expect(openNow({ rights: "none", grant: timed }, now)).toBeUndefined();
    expect(openNow({ rights: "all", grant: timed }, now + 60_000)).toBeUndefined();
  });
});
