/** The known attacks that concern a broker on loopback, against the real one. */

import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { generate } from "mqtt-packet";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Command, Control } from "../../gateway-core/contract/messages.ts";
import { type LocalBroker, openLocalBroker } from "../../gateway-core/local-broker/local-broker.ts";
import { systemClock } from "../../host/system-host.ts";
import { type FakeHost, fakeHost } from "../fakes/fake-host.ts";
import { until } from "../until.ts";

let log: FakeHost["log"];
let broker: LocalBroker;
let commands: Command[];
const clients: MqttClient[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  const host = { ...fakeHost(), clock: systemClock };
  log = host.log;
  commands = [];
  const control: Control = {
    async execute(command) {
      commands.push(command);
      return { ...command, ok: true, value: null };
    },
    onResult: () => () => undefined,
  };
  broker = await openLocalBroker({
    host,
    address: "127.0.0.1",
    port: 0,
    control,
    arrange: () => ({}),
    describe: () => ({}),
  });
  broker.receive({ type: "snapshot", devices: [] });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  for (const socket of sockets.splice(0)) socket.destroy();
  await broker[Symbol.asyncDispose]();
});

async function connect(options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(broker.url, { reconnectPeriod: 0, ...options });
  client.on("error", () => undefined);
  clients.push(client);
  return client;
}

function gather(client: MqttClient): string[] {
  const topics: string[] = [];
  client.on("message", (topic, payload) => topics.push(`${topic}=${payload}`));
  return topics;
}

async function raw(...octets: Uint8Array[]): Promise<Socket> {
  const socket = connectSocket(Number(new URL(broker.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  sockets.push(socket);
  await once(socket, "connect");
  for (const part of octets) socket.write(part);
  return socket;
}

/** A message back and forth shows that all before it has been dealt with. */
async function roundTrip(): Promise<void> {
  const client = await connect();
  const topics = gather(client);
  await client.subscribeAsync("echo");
  client.publish("echo", "1");
  await until(() => expect(topics).toHaveLength(1));
}

const hello = (clientId: string, clean = true) =>
  generate({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean, clientId, keepalive: 0 });

describe("the local broker withstands", () => {
  it("an HTTP request, as a browser under another's control can send it", async () => {
    const socket = await raw(Buffer.from("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    await once(socket, "close");
    await roundTrip();
  });

  it("a CONNECT that promises 268 MB (A7)", async () => {
    const socket = await raw(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f), new Uint8Array(1_000));
    await once(socket, "close");
    await roundTrip();
  });

  it("wills outside what may be published, refused at CONNECT (A3, A4)", async () => {
    for (const topic of ["home/status", "home/#", "$SYS/x", "a/+"]) {
      const payload = Buffer.from("gone");
      const will = { topic, payload, retain: true, qos: 1 as const };
      await expect(connect({ will }), topic).rejects.toThrow(/[Nn]ot authorized|topic/);
    }
  });

  it("a will on a command topic, done once and never retained", async () => {
    const topic = "home/devices/lamp-1/actions/blink";
    const client = await connect({ will: { topic, payload: Buffer.from(""), retain: true, qos: 1 } });
    client.stream.destroy();
    await until(() => expect(commands).toHaveLength(1));
    const late = await connect();
    const topics = gather(late);
    await late.subscribeAsync("home/devices/+/actions/#");
    await roundTrip();
    expect(topics).toEqual([]);
  });

  it("curiosity about other clients, at once and after a new start of the session (A1, A5)", async () => {
    const spy = await connect({ clientId: "spy", clean: false });
    const topics = gather(spy);
    const granted = await spy.subscribeAsync({ "free/#": { qos: 1 }, "$SYS/#": { qos: 1 } }).catch(() => []);
    expect(granted).toEqual([]);
    await roundTrip();
    spy.end(true);
    const back = await connect({ clientId: "spy", clean: false });
    const later = gather(back);
    await roundTrip();
    expect([...topics, ...later]).toEqual([]);
  });

  it("another's client id: no session is there to be taken over (A2, A10)", async () => {
    const first = await connect({ clientId: "flow", clean: false });
    await first.subscribeAsync("private", { qos: 1 });
    first.end(true);
    await (await connect()).publishAsync("private", "for the first", { qos: 1 });
    const second = await raw(hello("flow", false));
    const answers: Uint8Array[] = [];
    second.on("data", (octets) => answers.push(octets));
    await roundTrip();
    // CONNACK, no session present, accepted; and nothing queued after it.
    expect([...Buffer.concat(answers)]).toEqual([0x20, 2, 0, 0]);
  });

  it("an empty client id that wants a session", async () => {
    const connectFlags = 0;
    const socket = await raw(Uint8Array.of(0x10, 12, 0, 4, 77, 81, 84, 84, 4, connectFlags, 0, 0, 0, 0));
    const [answer] = await once(socket, "data");
    expect([...answer]).toEqual([0x20, 2, 0, 2]);
  });

  it("more filters than anyone needs (A9)", async () => {
    const client = await connect();
    for (let number = 0; number < 64; number++) await client.subscribeAsync(`many/${number}`);
    await expect(client.subscribeAsync("many/64")).rejects.toThrow();
    await client.unsubscribeAsync("many/0");
    await client.subscribeAsync("many/64");
  });

  it("a flood of retained messages (A10)", async () => {
    const client = await connect();
    for (let number = 0; number < 1_005; number++) client.publish(`flood/${number}`, "x", { retain: true });
    await client.publishAsync("flood/long", "x".repeat(20_000), { retain: true, qos: 1 });
    const late = await connect();
    const topics = gather(late);
    await late.subscribeAsync("flood/#");
    await until(() => expect(topics.length).toBeGreaterThanOrEqual(1_000));
    await roundTrip();
    expect(topics).toHaveLength(1_000);
  });

  it("a subscriber that stops reading: it is cut, and nobody waits for it (A8)", async () => {
    const frozen = await raw(
      hello("frozen"),
      generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "busy/#", qos: 0 }] }),
    );
    frozen.pause();
    const other = await connect();
    const topics = gather(other);
    await other.subscribeAsync("calm");
    const publisher = await connect();
    const load = "x".repeat(100_000);
    const started = systemClock.now();
    for (let number = 0; number < 200; number++) await publisher.publishAsync("busy/topic", load, { qos: 1 });
    publisher.publish("calm", "1");
    await until(() => expect(topics).toEqual(["calm=1"]));
    expect(systemClock.now() - started).toBeLessThan(3_000);
    await until(() => expect(log.lines.map(({ facts }) => facts["reason"])).toEqual(["does not read"]));
  });

  it("topics of a hundred levels and of no valid name", async () => {
    for (const topic of ["a/".repeat(60), "a\0b"]) {
      const socket = await raw(
        hello("deep"),
        generate({ cmd: "publish", topic, payload: "x", qos: 0, dup: false, retain: false }),
      );
      await once(socket.resume(), "close");
    }
    await roundTrip();
  });

  it("a command as deep as a stack, answered and not crashed", async () => {
    const client = await connect();
    const topics = gather(client);
    await client.subscribeAsync("home/devices/+/result");
    await client.publishAsync("home/devices/lamp-1/properties/x/set", "[".repeat(6_000) + "]".repeat(6_000), {
      qos: 1,
    });
    await until(() => expect(topics[0]).toContain("command-invalid"));
    expect(commands).toEqual([]);
  });

  it("MQTT 5, which it refuses rather than half speaks", async () => {
    await expect(connectAsync(broker.url, { protocolVersion: 5, reconnectPeriod: 0 })).rejects.toThrow();
  });
});
