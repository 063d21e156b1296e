/** The access broker behind a balancer at 127.0.0.7, which hands connections on as HAProxy does with `send-proxy` and `send-proxy-v2`. */

import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { issueCard, parseAccessBrokerSettings, setRequirement } from "../../access-broker/access-broker.ts";
import { openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import { codeOf, number, openRig, password, type Rig, realHost, untilState, user } from "./rig.ts";

const balancer = "127.0.0.7";
const form = { user, password };
const line = (source: string): Buffer => Buffer.from(`PROXY TCP4 ${source} 192.0.2.2 56324 443\r\n`);
const binary = (command: number, source: string): Buffer =>
  Buffer.concat([
    Buffer.from("0d0a0d0a000d0a515549540a", "hex"),
    Buffer.from([command, 0x11, 0, 15, ...source.split(".").map(Number), 192, 0, 2, 2, 1, 2, 1, 187, 4, 0, 0]),
  ]);

describe("Behind a balancer", () => {
  let rig: Rig;
  const closing: (() => void)[] = [];
  beforeAll(async () => {
    rig = await openRig(undefined, { balancers: [`${balancer}/32`] });
  });
  afterAll(() => rig[Symbol.asyncDispose]());
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  /** Hands on what comes to it, its first words before that; from another address it is no balancer. */
  async function balance(to: number, first: readonly Uint8Array[], from = balancer): Promise<number> {
    const server = createServer((near) => {
      const far: Socket = connect({ port: to, host: "127.0.0.1", localAddress: from });
      for (const words of first) far.write(words);
      near.pipe(far).pipe(near);
      for (const [one, other] of [[near, far] as const, [far, near] as const]) {
        one.on("error", () => undefined).on("close", () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    return (server.address() as AddressInfo).port;
  }
  /** Of the newest. */
  const sourceOf = async (event: string): Promise<string | null | undefined> =>
    (await rig.audit()).find((entry) => entry.event === event)?.source;

  it.each([
    ["version 1", [line("203.0.113.1")]],
    ["version 2", [binary(0x21, "203.0.113.1")]],
    ["parts of it", [line("203.0.113.1").subarray(0, 9), line("203.0.113.1").subarray(9)]],
  ])("a viewer comes from where its header says: by %s", async (_, first) => {
    const port = await balance(rig.port, first);
    expect((await rig.ask("/login", { port, form })).status).toBe(303);
    await expect.poll(() => sourceOf("login")).toBe("203.0.113.1");
  });

  it("the networks that a home requires, and who is locked out, go by the true source", async () => {
    await setRequirement({ ...rig.provider, number, requirement: "password@203.0.113.0/24" });
    try {
      const inside = await balance(rig.port, [line("203.0.113.9")]);
      const outside = await balance(rig.port, [line("198.51.100.9")]);
      expect((await rig.ask("/login", { port: inside, form })).status).toBe(303);
      expect(codeOf(await rig.ask("/login", { port: outside, form }))).toBe("login-refused");
      const wrong = { port: outside, form: { user, password: "nonsense, again and again" } };
      let told = "";
      for (let tries = 0; tries < 12 && told !== "too-many-attempts"; tries++) {
        told = String(codeOf(await rig.ask("/login", wrong)));
      }
      expect(told).toBe("too-many-attempts");
      expect((await rig.ask("/login", { port: inside, form })).status).toBe(303);
    } finally {
      await setRequirement({ ...rig.provider, number, requirement: "password" });
    }
  });

  it("the balancer's own questions, and who comes past it, come from where they come from", async () => {
    const health = await balance(rig.port, [binary(0x20, "203.0.113.1")]);
    expect((await rig.ask("/login", { port: health, form })).status).toBe(303);
    await expect.poll(() => sourceOf("login")).toBe(balancer);
    expect((await rig.ask("/login", { from: "127.0.0.8", form })).status).toBe(303);
    await expect.poll(() => sourceOf("login")).toBe("127.0.0.8");
  });

  it("nobody else's header counts, and none of the balancer's is left out", async () => {
    const forged = await balance(rig.port, [line("203.0.113.1")], "127.0.0.8");
    await expect(rig.ask("/login", { port: forged, form })).rejects.toThrow();
    const silent = await balance(rig.port, []);
    await expect(rig.ask("/login", { port: silent, form })).rejects.toThrow();
    const { lines } = rig.provider.host.log;
    expect(lines.filter(({ event }) => event === "balancer-refused").map(({ facts }) => facts["balancer"])).toEqual([
      balancer,
    ]);
  });

  it("a program of remote MQTT and a home's gateway come from where theirs says, too", async () => {
    const host = realHost();
    const registration = await enrol(await issueCard({ ...rig.provider, number }), host);
    const gatewayPort = await balance(rig.gatewayPort, [binary(0x21, "203.0.113.77")]);
    const handler = async (): Promise<Response> => new Response();
    const link = openAccessLink({ host, registration: { ...registration, gatewayPort }, handler });
    closing.push(() => void link[Symbol.asyncDispose]());
    await untilState(link, "online");
    await expect.poll(() => sourceOf("home-online")).toBe("203.0.113.77");

    const port = await balance(rig.remotePort, [line("203.0.113.78")]);
    const servername = `${number}.genkan.localhost`;
    const wire = () => connectTls({ host: "127.0.0.1", port, ca: rig.ca, servername });
    const client = new MqttClient(wire, {
      ...{ protocolVersion: 4, username: `${number}/${user}`, password: "no app password", reconnectPeriod: 0 },
    });
    closing.push(() => void client.end(true));
    await new Promise((resolve) => client.once("error", resolve));
    await expect.poll(() => sourceOf("login-refused")).toBe("203.0.113.78");
  });
});

it("Balancers are named by their networks, or the broker does not open", async () => {
  await expect(openRig(undefined, { balancers: ["10.0.0.0/4"] })).rejects.toMatchObject({
    code: "settings-invalid",
    details: { key: "accessBroker.balancers" },
  });
  expect(parseAccessBrokerSettings({}).balancers).toBeUndefined();
});
