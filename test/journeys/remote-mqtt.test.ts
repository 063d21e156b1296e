/** Real mosquitto clients over TLS from outside. They name an address, so that the access number comes from the user name alone. */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bothWays, type Home, startHome, until } from "./home.ts";
import { untilFurnished } from "./home-states.ts";
import { subscribe } from "./mosquitto.ts";
import { panel } from "./panel.ts";
import { remoteClient } from "./remote-client.ts";

/** Runs a mosquitto client to its end. */
function mosquitto(name: "mosquitto_sub" | "mosquitto_pub", args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(name, args, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part) => {
        text += part;
      });
    }
    child.on("close", (code) => resolve(`${code} ${text}`));
  });
}

describe.each(bothWays)("Real MQTT clients outside a home %s", (_how, args) => {
  let home: Home;
  let lamp: string;
  let password: string;
  /** Address, authority and credential, as a client takes them. */
  let words: (secret?: string) => string[];

  beforeAll(async () => {
    home = await startHome(args);
    const { addresses } = home;
    const devices = await untilFurnished(addresses.lan);
    lamp = devices["light"]?.id ?? "";
    const browser = remoteClient(addresses);
    await browser.login(addresses.user, home.password);
    const made = await browser.ask("POST", "/account/apps", {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ label: "mosquitto" }),
    });
    const told = JSON.parse(made.text) as { readonly username: string; readonly password: string };
    password = told.password;
    words = (secret = password) => [
      ...["-h", "127.0.0.1", "-p", new URL(addresses.remoteMqtt).port, "--cafile", addresses.ca, "--insecure"],
      ...["-u", told.username, "-P", secret, "-V", "mqttv311"],
    ];
  });
  afterAll(async () => home?.[Symbol.asyncDispose]());

  it("see the lamp and switch it", async () => {
    const { number } = home.addresses;
    const switches = panel(home.addresses.panel);
    using all = subscribe(home.addresses.remoteMqtt, `homes/${number}/#`, words());
    await all.see(`homes/${number}/status`, (payload) => payload === "online");
    const power = `homes/${number}/devices/${lamp}/properties/power`;
    const isOn = (await all.see(power, () => true)) === "true";
    await mosquitto("mosquitto_pub", [...words(), "-t", `${power}/set`, "-m", String(!isOn), "-q", "1"]);
    await all.see(power, (payload) => payload === String(!isOn));
    const result = await all.see(`homes/${number}/devices/${lamp}/result`, () => true);
    expect(JSON.parse(result)).toMatchObject({ ok: true, value: !isOn });
    await until(async () => (await switches.read("0290", "80")) === (isOn ? "31" : "30"), 10_000, "the lamp itself");
  });

  it("come in by WebSocket at the users' port too, and switch the lamp", async () => {
    const { number, ca, home: address } = home.addresses;
    const { hostname, host, port } = new URL(address);
    const wsOptions = { servername: hostname, headers: { host } };
    const client = await connectAsync(`wss://127.0.0.1:${port}/mqtt`, {
      ...{ username: `${number}/${home.addresses.user}`, password, ca: readFileSync(ca), reconnectPeriod: 0 },
      wsOptions,
    });
    try {
      const power = `homes/${number}/devices/${lamp}/properties/power`;
      const told: string[] = [];
      client.on("message", (topic, payload) => topic === power && told.push(payload.toString()));
      await client.subscribeAsync(`homes/${number}/#`);
      await until(() => told.length > 0, 15_000, "the lamp's state by WebSocket");
      const wished = told.at(-1) === "true" ? "false" : "true";
      await client.publishAsync(`${power}/set`, wished, { qos: 1 });
      await until(() => told.at(-1) === wished, 15_000, "the lamp's new state by WebSocket");
    } finally {
      await client.endAsync(true);
    }
  });

  it("are told of all that the local broker tells, in the same words", async () => {
    const { number, mqtt, remoteMqtt } = home.addresses;
    using outside = subscribe(remoteMqtt, `homes/${number}/#`, words());
    using inside = subscribe(mqtt, "home/#");
    const told = ({ messages }: typeof inside, prefix: string): Record<string, string> =>
      Object.fromEntries(
        messages
          // A description names the addresses at which its reader finds the home.
          .filter(({ topic, isRetained }) => isRetained && !topic.endsWith("/description"))
          .map(({ topic, payload }) => [topic.slice(prefix.length), payload]),
      );
    await until(
      () => {
        const [here, there] = [told(inside, "home/"), told(outside, `homes/${number}/`)];
        const names = Object.keys(here);
        return (
          names.length > 20 && names.length === Object.keys(there).length && names.every((n) => here[n] === there[n])
        );
      },
      15_000,
      "the same topics outside",
    );
  });

  it("are refused another home's topics, all topics at once, and a wrong password", async () => {
    for (const filter of ["homes/090-8765-4321/#", "#", "$SYS/#"]) {
      expect(await mosquitto("mosquitto_sub", [...words(), "-t", filter, "-W", "5"])).toMatch(/denied/);
    }
    const { number } = home.addresses;
    const wrong = await mosquitto("mosquitto_sub", [
      ...words("no-such-password"),
      "-t",
      `homes/${number}/#`,
      "-W",
      "5",
    ]);
    expect(wrong).toMatch(/^[1-9]\d* .*(bad user name or password|not authorised|refused)/is);
  });
});
