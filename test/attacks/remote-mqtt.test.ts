/** The attacks of the design on remote MQTT, each with real TLS against the access broker as it ships; and each rule taken out, to see the attack succeed. */

import { generate } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { setRequirement } from "../../access-broker/access-broker.ts";
import { bareHost, number, user } from "../access-broker/rig.ts";
import { makeApp, neighbour, openRemoteRig, type RemoteRig } from "./remote-rig.ts";

const patience = { timeout: 15_000 };
const status = `homes/${number}/status`;
const door = `homes/${number}/devices/door/properties/isOpen`;
let remote: RemoteRig;

beforeAll(async () => {
  remote = await openRemoteRig();
}, 60_000);
afterAll(async () => remote?.[Symbol.asyncDispose]());

/** Waits for the answer to a CONNECT: its return code; undefined when there was none. */
async function returnCodeOf(octets: Uint8Array, servername = `${number}.${bareHost}`): Promise<number | undefined> {
  const socket = await remote.socket({ servername });
  const answer: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => answer.push(chunk));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(octets);
  await vi.waitFor(() => expect(answer.length > 0 || socket.destroyed).toBe(true), patience);
  const [first] = answer;
  if (first?.[3] !== 0) await closed;
  socket.destroy();
  return first?.[3];
}

const connect = (more: object = {}): Buffer =>
  generate({
    ...{ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clientId: "c", clean: true, keepalive: 60 },
    ...{ username: `${number}/${user}`, password: Buffer.from(remote.app) },
    ...more,
  } as Parameters<typeof generate>[0]);

describe("A visitor with an app password", () => {
  it("sees the home's topics, and news of them", async () => {
    const { client, heard } = await remote.client();
    await client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
    await vi.waitFor(() => expect([heard.get(status), heard.get(door)]).toEqual(["online", "true"]), patience);
    remote.home.publish("home/devices/door/properties/isOpen", "false", true);
    await vi.waitFor(() => expect(heard.get(door)).toBe("false"), patience);
    remote.home.publish("home/devices/door/properties/isOpen", "true", true);
  });

  it("sees the description of a device that has hundreds of properties", async () => {
    const { client, heard } = await remote.client();
    const description = JSON.stringify({ title: "メーター", properties: "x".repeat(150_000) });
    for (const id of ["meter-1", "meter-2"]) remote.home.publish(`home/devices/${id}/description`, description, true);
    await client.subscribeAsync(`homes/${number}/devices/+/description`, { qos: 1 });
    const told = (id: string) => heard.get(`homes/${number}/devices/${id}/description`);
    await vi.waitFor(() => expect([told("meter-1"), told("meter-2")]).toEqual([description, description]), patience);
    for (const id of ["meter-1", "meter-2"]) remote.home.publish(`home/devices/${id}/description`, "", true);
  });

  it("commands, and the home is told once, with an id and an end", async () => {
    const { client } = await remote.client();
    const before = remote.commands.length;
    await client.publishAsync(`homes/${number}/devices/door/properties/isOpen/set`, "true", { qos: 1, retain: true });
    await vi.waitFor(() => expect(remote.commands.length).toBe(before + 1), patience);
    expect(remote.commands.at(-1)).toMatchObject({
      topic: "home/devices/door/properties/isOpen/set",
      payload: "true",
      id: expect.any(String),
      expires: expect.any(Number),
    });
    const later = await remote.client();
    await later.client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
    await vi.waitFor(() => expect(later.heard.get(status)).toBe("online"), patience);
    expect([...later.heard.keys()].filter((topic) => topic.endsWith("/set"))).toEqual([]);
  });
});

describe("Nobody gets in", () => {
  it("with a wrong password, a foreign user, the home's own password, or another home's app password, all alike", async () => {
    for (const password of ["wrong", "correct horse battery", remote.neighbourApp]) {
      expect(await returnCodeOf(connect({ password: Buffer.from(password) }))).toBe(4);
    }
    expect(await returnCodeOf(connect({ username: `${number}/nobody` }))).toBe(4);
    expect(await returnCodeOf(connect({ username: `090-0000-0000/${user}` }), bareHost)).toBe(4);
    expect(await returnCodeOf(connect())).toBe(0);
  });
  it("under another home's name, whatever the user name says", async () => {
    expect(await returnCodeOf(connect(), `${neighbour}.${bareHost}`)).toBe(4);
    expect(await returnCodeOf(connect(), bareHost)).toBe(0);
  });
  it("with MQTT 5, an empty client id and a session to keep, or text that is no UTF-8", async () => {
    expect(await returnCodeOf(connect({ protocolVersion: 5 }))).toBe(1);
    const nameless = connect({ clientId: "" });
    expect(await returnCodeOf(nameless)).toBe(0);
    // The flags (§3.1.2.3) stand behind the protocol's name and level; clean session is bit 1.
    const flags = nameless.indexOf("MQTT") + 5;
    nameless[flags] = (nameless[flags] ?? 0) & ~2;
    expect(await returnCodeOf(nameless)).toBe(2);
    const whole = connect({ clientId: "cc" });
    const at = whole.indexOf("cc");
    whole[at] = 0xff;
    expect(await returnCodeOf(whole)).toBe(2);
  });
  it("with a will, retained or not, wherever it points (A3, A4)", async () => {
    for (const topic of [`homes/${neighbour}/status`, `homes/${number}/#`, `homes/${number}/status`]) {
      expect(await returnCodeOf(connect({ will: { topic, payload: Buffer.from("x"), qos: 1, retain: true } }))).toBe(5);
    }
  });
  it("with a first packet that is too long or no CONNECT: it is closed before it has come (A7)", async () => {
    expect(await returnCodeOf(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f, 0, 0))).toBeUndefined();
    expect(await returnCodeOf(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toBeUndefined();
    expect(await returnCodeOf(generate({ cmd: "pingreq" }))).toBeUndefined();
  });
});

describe("Who is in", () => {
  it.each([
    "#",
    "+/+/#",
    "homes/#",
    "$SYS/#",
    "$share/g/homes/#",
    `homes/${neighbour}/#`,
    `homes/${number}1/#`,
    `homes/+/status`,
    `/homes/${number}/#`,
  ])("cannot subscribe %s, nor what is asked for with it (A1, A5)", async (filter) => {
    const { client, heard } = await remote.client();
    const granted = await client
      .subscribeAsync({ [`homes/${number}/#`]: { qos: 1 }, [filter]: { qos: 1 } })
      .catch(() => []);
    expect(granted.filter(({ qos }) => qos !== 128)).toEqual([]);
    remote.home.publish("home/devices/door/properties/isOpen", "false", true);
    const { client: other, heard: otherHeard } = await remote.client();
    await other.subscribeAsync(`homes/${number}/#`, { qos: 1 });
    await vi.waitFor(() => expect(otherHeard.get(door)).toBe("false"), patience);
    remote.home.publish("home/devices/door/properties/isOpen", "true", true);
    await vi.waitFor(() => expect(otherHeard.get(door)).toBe("true"), patience);
    expect([...heard]).toEqual([]);
  });

  it.each([
    `homes/${number}/status`,
    `homes/${number}/devices/door/properties/isOpen`,
    `homes/${neighbour}/devices/door/properties/isOpen/set`,
    "home/devices/door/properties/isOpen/set",
    "$SYS/x",
    "elsewhere",
  ])("is cut for publishing on %s, and nobody hears it", async (topic) => {
    const [{ client, ended }, watcher] = [await remote.client(), await remote.client()];
    await watcher.client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
    const before = remote.commands.length;
    client.publish(topic, "forged", { qos: 0, retain: true });
    await ended;
    remote.home.publish("home/devices/door/events/rang", "1", false);
    await vi.waitFor(() => expect(watcher.heard.has(`homes/${number}/devices/door/events/rang`)).toBe(true), patience);
    expect([...watcher.heard.values()]).not.toContain("forged");
    expect(remote.commands.length).toBe(before);
  });

  it("keeps no session: who takes a client id gets nothing that was queued, and drives nobody out at another credential (A2, A10)", async () => {
    const first = await remote.client({ clientId: "same", clean: false });
    await first.client.subscribeAsync(`homes/${number}/devices/+/events/+`, { qos: 1 });
    const other = await makeApp(remote.rig, number);
    const second = await remote.client({ clientId: "same", clean: false, password: other });
    expect(first.client.connected).toBe(true);
    first.client.end(true);
    remote.home.publish("home/devices/door/events/rang", "2", false);
    const third = await remote.client({ clientId: "same", clean: false });
    await third.client.subscribeAsync(status, { qos: 1 });
    await vi.waitFor(() => expect(third.heard.get(status)).toBe("online"), patience);
    expect([third.heard.size, second.heard.size]).toEqual([1, 0]);
  });

  it("has at most 64 filters, of at most 16 levels (A9)", async () => {
    const { client } = await remote.client();
    const filters = Array.from({ length: 65 }, (_, at) => `homes/${number}/devices/d${at}/#`);
    for (const filter of filters.slice(0, 64)) expect((await client.subscribeAsync(filter))[0]?.qos).toBe(0);
    const [beyond] = await client.subscribeAsync(filters[64] ?? "").catch(() => [{ qos: 128 }]);
    expect(beyond?.qos).toBe(128);
    await client.unsubscribeAsync(filters[0] ?? "");
    expect((await client.subscribeAsync(filters[64] ?? ""))[0]?.qos).toBe(0);
    const { client: deep, ended } = await remote.client();
    deep.subscribe(`homes/${number}/${"a/".repeat(20)}#`, () => undefined);
    await ended;
  });

  it("is cut for a packet longer than a command may be", async () => {
    const { client, ended } = await remote.client();
    client.publish(`homes/${number}/devices/door/set`, "x".repeat(20_000));
    await ended;
  });

  it("may only look where the home's requirement lets it look, and commands nothing", async () => {
    await setRequirement({ ...remote.rig.provider, number, requirement: "view:password" });
    try {
      const { client, heard } = await remote.client();
      await client.subscribeAsync(status, { qos: 1 });
      await vi.waitFor(() => expect(heard.get(status)).toBe("online"), patience);
      const before = remote.commands.length;
      const result = `homes/${number}/devices/door/result`;
      await client.subscribeAsync(result, { qos: 1 });
      client.publish(`homes/${number}/devices/door/set`, "{}");
      await vi.waitFor(() => expect(heard.get(result)).toContain('"not-granted"'), patience);
      expect(remote.commands.length).toBe(before);
    } finally {
      await setRequirement({ ...remote.rig.provider, number, requirement: null });
    }
  });

  it("is out as soon as the app password is removed, and commands nothing as soon as the home asks for more (A11)", async () => {
    await setRequirement({ ...remote.rig.provider, number, requirement: "passkey" });
    expect(await returnCodeOf(connect())).toBe(5);
    await setRequirement({ ...remote.rig.provider, number, requirement: null });
    const password = await makeApp(remote.rig, number);
    const cookie = await remote.rig.logIn();
    const { client, ended } = await remote.client({ password });
    await client.subscribeAsync(`homes/${number}/#`);
    const { text } = await remote.rig.ask("/account", { headers: { cookie, accept: "application/json" } });
    const id = JSON.parse(text).apps.at(-1).id;
    await remote.rig.ask("/account/apps/remove", { headers: { cookie }, json: { id } });
    await ended;
    expect(await returnCodeOf(connect({ password: Buffer.from(password) }))).toBe(4);
  });
});
