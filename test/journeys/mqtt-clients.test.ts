import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bothWays, type Home, startHome, until } from "./home.ts";
import { type HomeDevice, untilFurnished } from "./home-states.ts";
import { publish, type Subscription, subscribe } from "./mosquitto.ts";
import { type Panel, panel } from "./panel.ts";

interface Result {
  readonly ok: boolean;
  readonly $id?: string;
  readonly value?: unknown;
  readonly error?: {
    readonly code: string;
    readonly value: unknown;
    readonly minimum: number;
    readonly maximum: number;
  };
}

describe.each(bothWays)("Real MQTT clients of a home %s", (_how, args) => {
  let home: Home;
  let devices: Readonly<Record<string, HomeDevice>>;
  let switches: Panel;
  let all: Subscription;
  const topic = (kind: string, rest: string): string => `home/devices/${devices[kind]?.id}/${rest}`;

  beforeAll(async () => {
    home = await startHome(args);
    devices = await untilFurnished(home.addresses.lan);
    switches = panel(home.addresses.panel);
    all = subscribe(home.addresses.mqtt, "home/#");
  });
  afterAll(async () => {
    all?.[Symbol.dispose]();
    await home?.[Symbol.asyncDispose]();
  });

  it("see the retained status, list, descriptions, availability and values", async () => {
    await all.see("home/status", (payload) => payload === "online");
    await all.see("home/devices", (payload) => (JSON.parse(payload) as unknown[]).length === 4);
    const thing = JSON.parse(await all.see(topic("airConditioner", "description"), () => true)) as object;
    expect(thing).toMatchObject({ title: expect.any(String), properties: { power: { type: "boolean" } } });
    await all.see(topic("airConditioner", "availability"), (payload) => payload === "online");
    await all.see(topic("sensor", "state"), (payload) => Object.keys(JSON.parse(payload) as object).length > 0);
    expect(all.messages.every(({ isRetained }) => isRetained)).toBe(true);
  });

  it("change the device and are told the result", async () => {
    await publish(home.addresses.mqtt, topic("airConditioner", "properties/targetTemperature/set"), "23");
    const result = JSON.parse(await all.see(topic("airConditioner", "result"), () => true)) as Result;
    expect(result).toMatchObject({ ok: true, value: 23 });
    await until(async () => (await switches.read("0130", "b3")) === "17", 5_000, "23 °C at the device");
    await all.see(topic("airConditioner", "properties/targetTemperature"), (payload) => payload === "23");
  });

  it("are told what is out of range, with the range, and the device hears nothing", async () => {
    const before = await switches.read("0130", "b3");
    const wrapped = JSON.stringify({ $id: "too-hot", value: 99 });
    await publish(home.addresses.mqtt, topic("airConditioner", "properties/targetTemperature/set"), wrapped);
    const told = await all.see(topic("airConditioner", "result"), (payload) => payload.includes("too-hot"));
    const result = JSON.parse(told) as Result;
    expect(result).toMatchObject({ ok: false, error: { code: "out-of-range", value: 99 } });
    expect(result.error?.maximum).toBeLessThan(99);
    expect(await switches.read("0130", "b3")).toBe(before);
  });

  it("set several properties at once and get one result", async () => {
    const value = { power: true, mode: "cool", targetTemperature: 26 };
    await publish(home.addresses.mqtt, topic("airConditioner", "set"), JSON.stringify({ $id: "several", value }));
    const told = await all.see(topic("airConditioner", "result"), (payload) => payload.includes("several"));
    expect(JSON.parse(told)).toMatchObject({ ok: true, request: { kind: "set", value } });
    expect(await switches.read("0130", "80")).toBe("30");
  });

  it("are answered for a message that is no JSON, and nothing breaks", async () => {
    await publish(home.addresses.mqtt, topic("light", "properties/power/set"), "{no json");
    const told = await all.see(topic("light", "result"), (payload) => payload.includes("command-invalid"));
    expect(JSON.parse(told)).toMatchObject({ ok: false });
    await publish(home.addresses.mqtt, topic("light", "properties/power/set"), "true");
    await all.see(topic("light", "properties/power"), (payload) => payload === "true");
  });
});
