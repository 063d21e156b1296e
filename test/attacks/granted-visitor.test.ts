/** A guest of a home at remote MQTT: by app password and by session, with real TLS against the access broker as it ships. */

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openStore } from "../../access-broker/provider.ts";
import { parseGrant } from "../../gateway-core/contract/grant.ts";
import { number, user } from "../access-broker/rig.ts";
import { openRemoteRig, type RemoteRig, type Visit } from "./remote-rig.ts";

const patience = { timeout: 15_000 };
const inside = `homes/${number}/`;
let remote: RemoteRig;
let headers: { readonly cookie: string; readonly origin: string };

beforeAll(async () => {
  remote = await openRemoteRig();
  headers = { cookie: await remote.rig.logIn(), origin: `https://${remote.rig.authority()}` };
  const { home } = remote;
  home.publish("home/devices", JSON.stringify([{ id: "door" }, { id: "lamp" }]), true);
  home.publish("home/devices/lamp/state", '{"power":true,"owner":"hanako"}', true);
  home.publish("home/devices/lamp/properties/power", "true", true);
  home.publish("home/devices/lamp/properties/owner", '"hanako"', true);
  await using store = openStore(remote.rig.provider);
  const grant = parseGrant({ devices: { lamp: { access: "control", properties: ["power"] } } });
  await store.setGrant(number, user, "guest", grant);
}, 60_000);
afterAll(async () => remote?.[Symbol.asyncDispose]());

const ways: readonly [string, () => Promise<Visit>][] = [
  ["an app password over TLS", () => remote.client()],
  ["an app password over WebSocket", () => remote.webClient({ username: `${number}/${user}`, password: remote.app })],
  ["a session over WebSocket", () => remote.webClient({ headers })],
];

describe.each(ways)("A guest, by %s,", (_, visit) => {
  it("is shown what they were granted, whatever they ask for", async () => {
    const { client, heard } = await visit();
    await client.subscribeAsync([`${inside}#`, `${inside}devices/door/#`, `${inside}+/+/+/owner`], { qos: 1 });
    remote.home.publish("home/devices/door/events/rang", "1", false);
    remote.home.publish("home/devices/lamp/result", '{"request":{"kind":"property","name":"owner"},"ok":true}', false);
    remote.home.publish("home/devices/lamp/availability", "online", true);
    const expected = {
      status: "online",
      devices: '[{"id":"lamp","room":null}]',
      "devices/lamp/state": '{"power":true}',
      "devices/lamp/properties/power": "true",
      "devices/lamp/availability": "online",
    };
    const shown = (): unknown =>
      Object.fromEntries([...heard].map(([topic, payload]) => [topic.slice(inside.length), payload]));
    await vi.waitFor(() => expect(shown()).toEqual(expected), patience);
    // What is told after this would have come before its answer.
    await client.subscribeAsync(`${inside}status`, { qos: 0 });
    expect(shown()).toEqual(expected);
  });
  it("commands what they were granted and nothing else", async () => {
    const { client, heard } = await visit();
    await client.subscribeAsync(`${inside}devices/+/result`, { qos: 1 });
    const before = remote.commands.length;
    const command = (rest: string): Promise<unknown> =>
      client.publishAsync(`${inside}devices/${rest}`, "true", { qos: 1 });
    await command("door/properties/isOpen/set");
    await command("lamp/properties/owner/set");
    await vi.waitFor(() => expect([...heard.values()].join()).toContain("unknown-property"), patience);
    await command("lamp/properties/power/set");
    await vi.waitFor(() => expect(remote.commands.length).toBe(before + 1), patience);
    expect(remote.commands.at(-1)?.topic).toBe("home/devices/lamp/properties/power/set");
    expect([...heard.keys()]).toEqual([`${inside}devices/lamp/result`]);
  });
});

describe("A home that is not reached by a method", () => {
  it.each([
    ["mqtts", [5, 0, 0]],
    ["wss", [0, 5, 5]],
  ] as const)(
    "lets nobody in by %s, after they have shown who they are, and takes no command from who is in",
    async (method, expected) => {
      const before = await Promise.all(ways.map(([, visit]) => visit()));
      await using store = openStore(remote.rig.provider);
      const all = ["https", "wss", "mqtts", "proxy", "compact"] as const;
      await store.setHomeRules(number, { methods: all.filter((one) => one !== method) });
      try {
        for (const [index, [, visit]] of ways.entries()) {
          const code = await visit().then(
            () => 0,
            (refused: { readonly code?: number }) => refused.code,
          );
          expect(code).toBe(expected[index]);
          if (code === 0) continue;
          before[index]?.client.publish(`${inside}devices/lamp/properties/power/set`, "true");
          await before[index]?.ended;
        }
        await expect(remote.client({ password: "wrong" })).rejects.toMatchObject({ code: 4 });
      } finally {
        await store.setHomeRules(number, { methods: [...all] });
      }
    },
  );
});

describe("A suspended person", () => {
  it("is let in by nothing, and commands nothing from that moment on", async () => {
    const before = await Promise.all(ways.map(([, visit]) => visit()));
    const commands = remote.commands.length;
    await using store = openStore(remote.rig.provider);
    await store.setSuspended(number, user, true);
    for (const { client, ended } of before) {
      client.publish(`${inside}devices/lamp/properties/power/set`, "true");
      await ended;
    }
    for (const [, visit] of ways) await expect(visit()).rejects.toBeDefined();
    expect(remote.commands.length).toBe(commands);
  });
});
