/**
 * Each rule of the remote namespace is what stops its attack: the same attack on an engine with that rule left out succeeds.
 * The engines here have aedes's own behaviour where a rule is missing; no shipped switch does that.
 */

import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { Aedes, type AedesOptions } from "aedes";
import { MqttClient } from "mqtt";
import { afterEach, describe, expect, it, vi } from "vitest";
import { remoteHooks } from "../../access-broker/remote-mqtt/home-engine.ts";
import type { Visitor } from "../../access-broker/remote-mqtt/visitor.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";

const number = "090-1234-5678";
const patience = { timeout: 15_000 };
let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

const told = (client: MqttClient, event: "connect" | "close"): Promise<void> =>
  new Promise((resolve) => client.once(event, () => resolve()));

type Rule = "authorizePublish" | "authorizeSubscribe" | "authorizeForward";

/** An engine of one home with one visitor behind each client; `without` are left to aedes. */
async function engine(without: readonly Rule[] = []) {
  const visitor: Visitor = {
    user: "hanako",
    source: "127.0.0.1",
    grant: wholeGrant,
    recheck: async () => visitor.grant,
  };
  const commands: string[] = [];
  const hooks: AedesOptions = remoteHooks(
    {
      number,
      now: () => Date.now(),
      onCommand: (topic) => commands.push(topic),
      onRefused: () => undefined,
      mayCommand: () => true,
    },
    () => visitor,
  );
  for (const rule of without) delete hooks[rule];
  const aedes = await Aedes.createBroker({ ...hooks, concurrency: 0 });
  const server = createServer((socket) => aedes.handle(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const clients: MqttClient[] = [];
  opened.defer(async () => {
    for (const client of clients) client.end(true);
    await new Promise<void>((resolve) => aedes.close(resolve));
    server.close();
  });
  const visit = async (options: { clientId?: string; clean?: boolean } = {}) => {
    const client = new MqttClient(() => connect(port, "127.0.0.1"), {
      protocolVersion: 4,
      reconnectPeriod: 0,
      ...options,
    });
    clients.push(client);
    const heard = new Map<string, string>();
    client.on("message", (topic, payload) => heard.set(topic, payload.toString()));
    client.on("error", () => undefined);
    await told(client, "connect");
    return { client, heard, ended: told(client, "close") };
  };
  const publish = (topic: string, payload: string, retain = true): void =>
    aedes.publish({ cmd: "publish", topic, payload, qos: 1, retain, dup: false }, () => undefined);
  return { visit, publish, visitor, commands };
}

/** What a visitor hears who asks for what is theirs and more, in one SUBSCRIBE, and comes again to a session that was kept. */
async function mixedSubscribe(without: readonly Rule[], clean = false): Promise<readonly string[]> {
  const { visit, publish } = await engine(without);
  const kept = { clientId: "kept", clean };
  const mixed = { [`homes/${number}/status`]: { qos: 1 }, "homes/other/#": { qos: 1 } } as const;
  const first = await visit(kept);
  await first.client.subscribeAsync(mixed).catch(() => undefined);
  first.client.end(true);
  await first.ended;
  publish("homes/other/status", "stolen", false);
  const again = await visit(kept);
  if (clean) await again.client.subscribeAsync(mixed).catch(() => undefined);
  await again.client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
  publish("homes/other/status", "stolen", false);
  publish(`homes/${number}/status`, "online");
  await vi.waitFor(() => expect(again.heard.has(`homes/${number}/status`)).toBe(true), patience);
  return [...again.heard.values()];
}

describe("A mixed SUBSCRIBE (A1)", () => {
  it("brings nothing of another home, even where a session is kept", async () => {
    expect(await mixedSubscribe([])).toEqual(["online"]);
  });
  it("is stopped by the check of each filter alone", async () => {
    expect(await mixedSubscribe(["authorizeForward"], true)).toEqual(["online"]);
  });
  it("is stopped by the check of each delivery alone", async () => {
    expect(await mixedSubscribe(["authorizeSubscribe"], true)).toEqual(["online"]);
  });
  it("brings another home's topics without either", async () => {
    expect(await mixedSubscribe(["authorizeSubscribe", "authorizeForward"], true)).toContain("stolen");
  });
});

/** What a second visitor hears after one forged the home's state and left it there. */
async function forge(without: readonly Rule[]): Promise<string | undefined> {
  const { visit, publish } = await engine(without);
  const forger = await visit();
  forger.client.publish(`homes/${number}/status`, "forged", { retain: true });
  if (without.length === 0) await forger.ended;
  else await forger.client.publishAsync(`homes/${number}/devices/a/set`, "{}", { qos: 1 });
  const { client, heard } = await visit();
  await client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
  publish(`homes/${number}/devices/a/state`, "{}");
  await vi.waitFor(() => expect(heard.has(`homes/${number}/devices/a/state`)).toBe(true), patience);
  return heard.get(`homes/${number}/status`);
}

describe("Forged state", () => {
  it("reaches nobody, and would without the check of each publish", async () => {
    expect(await forge([])).toBeUndefined();
    expect(await forge(["authorizePublish"])).toBe("forged");
  });
});

/** What a visitor hears after their right was taken while they were connected. */
async function revoke(without: readonly Rule[]): Promise<string | undefined> {
  const { visit, publish, visitor } = await engine(without);
  const { client, heard } = await visit();
  await client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
  visitor.grant = undefined;
  publish(`homes/${number}/status`, "secret");
  await client.subscribeAsync(`homes/${number}/devices/#`, { qos: 1 });
  return heard.get(`homes/${number}/status`);
}

describe("A right that was taken (A11)", () => {
  it("ends all deliveries at once, which the check of each delivery does", async () => {
    expect(await revoke([])).toBeUndefined();
    expect(await revoke(["authorizeForward"])).toBe("secret");
  });
});

describe("The broker's own topics (A5)", () => {
  it("are told to nobody, and would be without the checks", async () => {
    for (const [without, isHeard] of [
      [[], false],
      [["authorizeSubscribe", "authorizeForward"], true],
    ] as const) {
      const { visit, publish } = await engine(without);
      const { client, heard } = await visit();
      await client.subscribeAsync("$SYS/#", { qos: 1 }).catch(() => undefined);
      publish("$SYS/x", "others", false);
      await client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
      publish(`homes/${number}/status`, "online");
      await vi.waitFor(() => expect(heard.has(`homes/${number}/status`)).toBe(true), patience);
      expect(heard.has("$SYS/x")).toBe(isHeard);
    }
  });
});

describe("Many filters (A9)", () => {
  it("are taken by aedes, and 64 of them here", async () => {
    const granted = async (without: readonly Rule[]): Promise<number> => {
      const { client } = await (await engine(without)).visit();
      let count = 0;
      for (let at = 0; at < 70; at++) {
        const [answer] = await client.subscribeAsync(`homes/${number}/d${at}/#`).catch(() => []);
        if (answer !== undefined && answer.qos !== 128) count++;
      }
      return count;
    };
    expect(await granted([])).toBe(64);
    expect(await granted(["authorizeSubscribe"])).toBe(70);
  });
});
