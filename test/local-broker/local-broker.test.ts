import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDevices, type Devices } from "../../gateway-core/devices/devices.ts";
import { thingDescription } from "../../gateway-core/devices/thing-description.ts";
import { type LocalBroker, openLocalBroker } from "../../gateway-core/local-broker/local-broker.ts";
import { systemClock } from "../../host/system-host.ts";
import { type FakeHost, fakeHost, settle } from "../fakes/fake-host.ts";
import { type FakeDevice, FakeSession, lampModel, lampValues, sighting } from "../fakes/fake-session.ts";
import { until } from "../until.ts";

const run = promisify(execFile);

let log: FakeHost["log"];
let session: FakeSession;
let lamp: FakeDevice;
let devices: Devices;
let broker: LocalBroker;
let port: string;
const clients: MqttClient[] = [];

beforeEach(async () => {
  const host = { ...fakeHost(), clock: systemClock };
  log = host.log;
  session = new FakeSession();
  lamp = session.add("lamp-1", { ...lampValues });
  devices = createDevices({ host, sessions: new Map([["fake", session]]), find: () => lampModel });
  broker = await openLocalBroker({
    host,
    address: "127.0.0.1",
    port: 0,
    control: devices.control,
    arrange: devices.arrange,
    describe: (device) => thingDescription(device, { mqtt: broker.url }),
  });
  port = new URL(broker.url).port;
  devices.onEvent(broker.receive);
  devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
  await settle();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  await broker[Symbol.asyncDispose]();
  await devices[Symbol.asyncDispose]();
});

async function connect(options = {}): Promise<MqttClient> {
  const client = await connectAsync(broker.url, { reconnectPeriod: 0, ...options });
  clients.push(client);
  return client;
}

/** Subscribes and gathers what comes. */
async function gather(filter: string, options = {}): Promise<Record<string, string>> {
  const client = await connect(options);
  const messages: Record<string, string> = {};
  client.on("message", (topic, payload) => {
    messages[topic] = payload.toString();
  });
  await client.subscribeAsync(filter, { qos: 1 });
  return messages;
}

const publish = (topic: string, message: string, ...options: string[]) =>
  run("mosquitto_pub", ["-p", port, "-t", topic, "-m", message, "-q", "1", ...options]);

describe("mosquitto's own clients", () => {
  it("see the retained topics of the home", async () => {
    const { stdout } = await run("mosquitto_sub", ["-p", port, "-t", "home/#", "-v", "-C", "10", "-W", "5"]);
    const topics = Object.fromEntries(
      stdout
        .trim()
        .split("\n")
        .map((line) => [line.split(" ", 1)[0], line.slice(line.indexOf(" ") + 1)]),
    );
    expect(topics).toMatchObject({
      "home/status": "online",
      "home/devices/lamp-1/availability": "online",
      "home/devices/lamp-1/properties/power": "false",
      "home/devices/lamp-1/properties/temperature": "20",
    });
    expect(JSON.parse(topics["home/devices/lamp-1/description"] ?? "")).toMatchObject({
      title: "Lamp",
      properties: { power: { forms: expect.arrayContaining([expect.objectContaining({ op: "writeproperty" })]) } },
    });
  });

  it("switch a device, and see the result and the new value", async () => {
    const topics = ["-t", "home/devices/+/result", "-t", "home/status"];
    const watch = spawn("mosquitto_sub", ["-p", port, ...topics, "-C", "2", "-W", "5"]);
    expect(String((await once(watch.stdout, "data"))[0]).trim()).toBe("online");
    const output = once(watch.stdout, "data");
    const values = await gather("home/devices/lamp-1/properties/power");
    await publish("home/devices/lamp-1/properties/power/set", "true");
    await until(() => expect(values["home/devices/lamp-1/properties/power"]).toBe("true"));
    expect(lamp.sent).toEqual([{ power: true }]);
    expect(JSON.parse(String((await output)[0]))).toMatchObject({
      request: { kind: "property", name: "power", value: true },
      ok: true,
      value: true,
    });
  });

  it("learn why a value is out of range, and nothing is sent", async () => {
    const results = await gather("home/devices/+/result");
    await publish("home/devices/lamp-1/properties/brightness/set", '{"$id":"m-1","value":120}');
    await until(() => expect(results).toHaveProperty(["home/devices/lamp-1/result"]));
    expect(JSON.parse(results["home/devices/lamp-1/result"] ?? "")).toMatchObject({
      $id: "m-1",
      ok: false,
      error: { code: "out-of-range", value: 120, minimum: 0, maximum: 100, multipleOf: 1 },
    });
    expect(lamp.sent).toEqual([]);
  });

  it.each([
    ["home/devices/lamp-1/properties/power/set", "on", "lamp-1", "command-invalid"],
    ["home/devices/lamp-1/set", "7", "lamp-1", "command-invalid"],
    ["home/devices/nobody/set", '{"power":true}', "nobody", "unknown-device"],
    ["home/devices/lamp-1/properties/colour/set", "1", "lamp-1", "unknown-property"],
    ["home/devices/lamp-1/actions/explode", "", "lamp-1", "unknown-action"],
  ])("are answered when %s gets %j", async (topic, message, device, code) => {
    const results = await gather("home/devices/+/result");
    await publish(topic, message);
    await until(() => expect(results).toHaveProperty([`home/devices/${device}/result`]));
    expect(JSON.parse(results[`home/devices/${device}/result`] ?? "")).toMatchObject({ ok: false, error: { code } });
  });

  it("cannot speak for the home: the connection ends, the topic stays, and it is logged once for a client", async () => {
    const values = await gather("home/#");
    for (const time of [1, 2, 3]) {
      await publish("home/status", `fake ${time}`, "-i", "liar").catch(() => undefined);
      await publish("home/devices/lamp-1/availability", "offline", "-r", "-i", "liar").catch(() => undefined);
    }
    await until(() => expect(log.events()).toEqual(["mqtt-refused"]));
    expect(values).toMatchObject({ "home/status": "online", "home/devices/lamp-1/availability": "online" });
  });

  it("do a command once even when they want it retained", async () => {
    await publish("home/devices/lamp-1/properties/power/set", "true", "-r");
    await until(() => expect(lamp.sent).toEqual([{ power: true }]));
    const late = await gather("home/devices/lamp-1/properties/power/#");
    await until(() => expect(late).toEqual({ "home/devices/lamp-1/properties/power": "true" }));
  });

  it("have all other topics for themselves", async () => {
    await publish("garden/pump", "on", "-r");
    const values = await gather("garden/#");
    await until(() => expect(values).toEqual({ "garden/pump": "on" }));
    await publish("garden/pump", "", "-r");
    expect(await gather("garden/#")).toEqual({});
  });
});

describe("the local broker", () => {
  it("runs several properties as one command, and actions without input", async () => {
    const client = await connect();
    await client.publishAsync("home/devices/lamp-1/set", '{"power":true,"brightness":3}', { qos: 1 });
    await client.publishAsync("home/devices/lamp-1/actions/blink", "", { qos: 2 });
    await until(() => expect(lamp.invoked).toEqual([{ action: "blink", input: null }]));
    expect(lamp.sent).toEqual([{ power: true, brightness: 3 }]);
  });

  it("gives a repeated $id its result again without a second effect", async () => {
    const client = await connect();
    const results: string[] = [];
    client.on("message", (_, payload) => results.push(payload.toString()));
    await client.subscribeAsync("home/devices/+/result");
    for (const times of [1, 2, 3]) {
      await client.publishAsync("home/devices/lamp-1/properties/power/set", '{"$id":"once","value":true}', { qos: 1 });
      await until(() => expect(results).toHaveLength(times));
    }
    expect(new Set(results).size).toBe(1);
    expect(lamp.sent).toHaveLength(1);
  });

  it("tells a value before the result that was published right after it, to who follows both", async () => {
    const heard: string[] = [];
    const client = await connect();
    client.on("message", (topic, payload) => heard.push(`${topic}=${payload}`));
    await client.subscribeAsync(["home/devices/+/properties/brightness", "home/devices/+/events/+"], { qos: 1 });
    await until(() => expect(heard.splice(0)).toHaveLength(1));
    const device = "lamp-1";
    for (let count = 0; count < 20; count++) {
      broker.receive({ type: "changed", device, property: "brightness", value: count, at: 1 });
      broker.receive({ type: "event", device, name: "pressed", data: count, at: 1 });
    }
    await until(() => expect(heard.at(-1)).toContain("pressed=19"));
    const wanted = Array.from({ length: 20 }, (_, count) => [
      `home/devices/lamp-1/properties/brightness=${count}`,
      `home/devices/lamp-1/events/pressed=${count}`,
    ]);
    expect(heard).toEqual(wanted.flat());
  });

  it("never lets an old value follow the new one that was told while all that is retained is on its way", async () => {
    const told = Array.from({ length: 200 }, (_, at) => `p${at}`);
    const tell = (value: string) => {
      for (const property of told) broker.receive({ type: "changed", device: "lamp-1", property, value, at: 1 });
    };
    tell("old");
    const client = await connect();
    const heard: string[] = [];
    client.once("message", () => tell("new"));
    client.on("message", (topic, payload) => heard.push(`${topic.split("/").at(-1)} ${payload}`));
    await client.subscribeAsync("home/devices/lamp-1/properties/+", { qos: 1 });
    // Each comes as it is kept and as it is told.
    const each = () => told.map((property) => heard.filter((one) => one.startsWith(`${property} `)));
    await until(() => expect(each().filter(({ length }) => length !== 2)).toEqual([]));
    expect(each().filter((values) => !values.at(-1)?.endsWith('"new"'))).toEqual([]);
  });

  it("changes how a device appears, keeps that retained, and tells what became of it", async () => {
    const topics = await gather("home/#");
    await publish("home/devices/lamp-1/appearance/set", '{"name":"Reading lamp","order":2}', "-r");
    await until(() => expect(topics["home/devices/lamp-1/appearance"]).toBe('{"name":"Reading lamp","order":2}'));
    await until(() => expect(topics["home/devices"]).toContain('"title":"Reading lamp"'));
    expect(topics["home/devices/lamp-1/description"]).toContain('"title":"Reading lamp"');
    await publish("home/devices/lamp-1/appearance/set", '{"icon":"rocket"}');
    await until(() => expect(topics["home/devices/lamp-1/result"]).toContain("value-invalid"));
    await publish("home/devices/lamp-1/appearance/set", '{"name":null,"order":null}');
    await until(() => expect(topics["home/devices/lamp-1/appearance"]).toBe(""));
    await until(() => expect(topics["home/devices"]).toContain('"title":"Lamp"'));
  });

  it("moves to the next free port when its own is taken, and says so", async () => {
    const host = fakeHost();
    await using other = await openLocalBroker({
      host,
      address: "127.0.0.1",
      port: Number(port),
      control: devices.control,
      arrange: devices.arrange,
      describe: () => ({}),
    });
    const moved = Number(new URL(other.url).port);
    expect(moved).toBeGreaterThan(Number(port));
    expect(host.log.events("info")).toEqual(["mqtt-port-taken"]);
  });

  it("says address-unusable for an address of another machine", async () => {
    await expect(
      openLocalBroker({
        host: fakeHost(),
        address: "192.0.2.1",
        port: 0,
        control: devices.control,
        arrange: devices.arrange,
        describe: () => ({}),
      }),
    ).rejects.toMatchObject({ code: "address-unusable" });
  });

  it("tells its clients offline before their sockets end", async () => {
    const values = await gather("home/status");
    await until(() => expect(values["home/status"]).toBe("online"));
    await broker[Symbol.asyncDispose]();
    await until(() => expect(values["home/status"]).toBe("offline"));
  });

  it("says offline while no wire leads to it, and still takes commands", async () => {
    const values = await gather("home/#");
    broker.unwire();
    await until(() => expect(values["home/status"]).toBe("offline"));
    await publish("home/devices/lamp-1/properties/power/set", "true");
    await until(() => expect(lamp.sent).toEqual([{ power: true }]));
    broker.receive(devices.snapshot());
    await until(() => expect(values["home/status"]).toBe("online"));
  });

  it("closes at once, whoever is connected", async () => {
    await connect();
    const started = systemClock.now();
    await broker[Symbol.asyncDispose]();
    expect(systemClock.now() - started).toBeLessThan(500);
  });
});
