/** Remote MQTT over WebSocket at a home's origin, with real TLS against the access broker as it ships: what a browser may, and what others make it do. */

import { generate } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { setRequirement } from "../../access-broker/access-broker.ts";
import { bareHost, number, user } from "../access-broker/rig.ts";
import { neighbour, openRemoteRig, type RemoteRig } from "./remote-rig.ts";

const patience = { timeout: 15_000 };
const status = `homes/${number}/status`;
const door = `homes/${number}/devices/door/properties/isOpen`;
let remote: RemoteRig;
let cookie: string;
/** The home's own origin. */
let origin: string;

beforeAll(async () => {
  remote = await openRemoteRig();
  cookie = await remote.rig.logIn();
  origin = `https://${remote.rig.authority()}`;
}, 60_000);
afterAll(async () => remote?.[Symbol.asyncDispose]());

const credentials = (): object => ({ username: `${number}/${user}`, password: remote.app });

describe("A browser at the home's origin", () => {
  it("is let in by its session alone, sees the home and commands it", async () => {
    const { client, heard } = await remote.webClient({ headers: { cookie, origin, "sec-fetch-site": "same-origin" } });
    await client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
    await vi.waitFor(() => expect([heard.get(status), heard.get(door)]).toEqual(["online", "true"]), patience);
    const before = remote.commands.length;
    await client.publishAsync(`${door}/set`, "true", { qos: 1 });
    await vi.waitFor(() => expect(remote.commands.length).toBe(before + 1), patience);
  });

  it("is out as soon as its session has ended", async () => {
    const own = await remote.rig.logIn();
    const { client, ended } = await remote.webClient({ headers: { cookie: own, origin } });
    await client.subscribeAsync(`homes/${number}/#`);
    await remote.rig.ask("/logout", { headers: { cookie: own, origin }, form: {} });
    await ended;
    await expect(remote.webClient({ headers: { cookie: own, origin } })).rejects.toThrow();
  });

  it("may only look where the home's requirement lets it look, and nothing where it asks for more", async () => {
    const { client, heard } = await remote.webClient({ headers: { cookie, origin } });
    await client.subscribeAsync(`homes/${number}/devices/door/result`);
    const before = remote.commands.length;
    try {
      await setRequirement({ ...remote.rig.provider, number, requirement: "view:password" });
      client.publish(`${door}/set`, "true");
      await vi.waitFor(() => expect([...heard.values()].join()).toContain("not-granted"), patience);
      await setRequirement({ ...remote.rig.provider, number, requirement: "passkey" });
      await expect(remote.webClient({ headers: { cookie, origin } })).rejects.toMatchObject({ code: 5 });
    } finally {
      await setRequirement({ ...remote.rig.provider, number, requirement: null });
    }
    expect(remote.commands.length).toBe(before);
  });
});

describe("A program", () => {
  it("is let in by an app password, under the same rules as at the port of its own", async () => {
    const { client, heard, ended } = await remote.webClient(credentials());
    const granted = await client.subscribeAsync({ [status]: { qos: 1 }, "#": { qos: 1 } }).catch(() => []);
    expect(granted.filter(({ qos }) => qos !== 128)).toEqual([]);
    await client.subscribeAsync(status, { qos: 1 });
    await vi.waitFor(() => expect(heard.get(status)).toBe("online"), patience);
    client.publish(status, "forged", { retain: true });
    await ended;
  });
  it("is not let in without any, nor by a session without an Origin", async () => {
    await expect(remote.webClient()).rejects.toMatchObject({ code: 4 });
    await expect(remote.webClient({ ...credentials(), password: "wrong" })).rejects.toMatchObject({ code: 4 });
    expect((await remote.webSocket({ cookie })).status).toBe(403);
  });
  it("is let in to the home that it came to and no other, whatever it knows", async () => {
    const theirs = { username: `${neighbour}/${user}`, password: remote.neighbourApp };
    await expect(remote.webClient(theirs)).rejects.toMatchObject({ code: 4 });
    const { client } = await remote.webClient({ ...theirs, of: neighbour });
    expect(client.connected).toBe(true);
  });
});

describe("A page of somebody else", () => {
  it.each([
    ["another site's", () => ({ origin: "https://evil.example" })],
    ["another home's", () => ({ origin: `https://${remote.rig.authority(`${neighbour}.${bareHost}`)}` })],
    ["the provider's", () => ({ origin: `https://${remote.rig.authority(bareHost)}` })],
    ["a sandboxed", () => ({ origin: "null" })],
    ["the home's, unencrypted,", () => ({ origin: origin.replace("https", "http") })],
    ["another home's, as Fetch says,", () => ({ origin, "sec-fetch-site": "same-site" })],
  ])("(%s origin) does not get in with the cookie of a visitor", async (_, headers) => {
    expect((await remote.webSocket({ cookie, ...headers() })).status).toBe(403);
  });
  it("gets nothing for a cookie of another home", async () => {
    const theirs = await remote.rig.logIn(`${neighbour}.${bareHost}`);
    await expect(remote.webClient({ headers: { cookie: theirs, origin } })).rejects.toMatchObject({ code: 4 });
  });
});

describe("What comes over a WebSocket", () => {
  const closeOf = (socket: import("ws").WebSocket): Promise<number> =>
    new Promise((resolve) => socket.once("close", (code) => resolve(code)));
  const connect = (): Buffer =>
    generate({
      ...{ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clientId: "c", clean: true, keepalive: 60 },
      ...{ username: `${number}/${user}`, password: Buffer.from(remote.app) },
    });

  it("is of the subprotocol mqtt (§6)", async () => {
    expect((await remote.webSocket({}, [])).status).toBe(400);
    expect((await remote.webSocket({}, ["mqttv3.1"])).status).toBe(400);
    const { socket } = await remote.webSocket({}, ["other", "mqtt"]);
    expect(socket.protocol).toBe("mqtt");
  });
  it("is MQTT of the same sizes as at the port of its own: the rest is cut before it is read (A7)", async () => {
    for (const octets of [
      Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f, 0, 0),
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      generate({ cmd: "pingreq" }),
    ]) {
      const { socket } = await remote.webSocket();
      socket.send(octets);
      await closeOf(socket);
    }
    const { socket } = await remote.webSocket();
    socket.send(connect());
    await new Promise((resolve) => socket.once("message", resolve));
    // A PUBLISH that declares 268 MB.
    socket.send(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f));
    await closeOf(socket);
    const large = await remote.webSocket();
    large.socket.send(new Uint8Array(70_000));
    expect(await closeOf(large.socket)).toBe(1009);
  });
  it("may be cut and joined anywhere, and is no text", async () => {
    const cut = await remote.webSocket();
    const answer = new Promise<Buffer>((resolve) => cut.socket.once("message", (data: Buffer) => resolve(data)));
    const octets = connect();
    for (const octet of octets.subarray(0, -1)) cut.socket.send(Uint8Array.of(octet));
    cut.socket.send(Buffer.concat([octets.subarray(-1), generate({ cmd: "pingreq" })]));
    expect((await answer)[3]).toBe(0);
    const text = await remote.webSocket();
    text.socket.send(connect().toString("latin1"));
    expect(await closeOf(text.socket)).toBe(1003);
  });
});
