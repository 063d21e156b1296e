import { createPrivateKey } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeCertificateRequest } from "../../gateway-core/access-link/certificate-request.ts";
import type { Registration } from "../../gateway-core/access-link/registration.ts";
import { bareHost, type Joined, openRig, type Rig } from "./rig.ts";

describe("A gateway that means harm", () => {
  let rig: Rig;
  let home: Joined;
  beforeAll(async () => {
    rig = await openRig();
    home = await rig.join(async () => new Response("page"));
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  async function dial({ key, certificate, chain }: Registration): Promise<TLSSocket> {
    const place = { host: "127.0.0.1", port: rig.gatewayPort, servername: `link.${bareHost}`, ca: rig.ca };
    const socket = connect({ ...place, key, cert: [certificate, ...chain].join(""), ALPNProtocols: ["genkan-mqtt/1"] });
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    return socket;
  }
  const hello = generate({
    cmd: "connect",
    clientId: "gateway",
    protocolId: "MQTT",
    protocolVersion: 4,
    clean: true,
    keepalive: 10,
  });
  const count = async (event: string): Promise<number> =>
    (await rig.audit()).filter((entry) => entry.event === event).length;

  it("fills the audit neither by subscribing nor by renewing again and again", async () => {
    // The audit is written a moment after what it tells of.
    await expect.poll(() => count("home-online")).toBe(1);
    const before = 1;
    const socket = await dial(home.registration);
    socket.resume().write(hello);
    for (let messageId = 1; messageId <= 20; messageId++) {
      socket.write(generate({ cmd: "subscribe", messageId, subscriptions: [{ topic: "down/#", qos: 0 }] }));
    }
    const csr = encodeCertificateRequest(createPrivateKey(home.registration.key));
    const renewal = { cmd: "publish", topic: "up/renew", qos: 0, dup: false, retain: false } as const;
    for (let at = 0; at < 20; at++) socket.write(generate({ ...renewal, payload: JSON.stringify({ csr }) }));
    await expect.poll(() => count("certificate-renewed")).toBe(1);
    await pause(300);
    expect(await count("certificate-renewed")).toBe(1);
    // Its own, and the rightful gateway's that comes back meanwhile.
    expect((await count("home-online")) - before).toBeLessThanOrEqual(2);
    socket.destroy();
  });

  it("is cut for a message that is as long as only a description may be", async () => {
    for (const [topic, octets] of [
      ["up/page", 70_000],
      ["up/home", 330_000],
    ] as const) {
      const socket = await dial(home.registration);
      const ended = new Promise((resolve) => socket.once("close", resolve));
      const payload = JSON.stringify({ isOffered: true, more: "x".repeat(octets) });
      socket.resume().write(hello);
      socket.write(generate({ cmd: "publish", topic, payload, qos: 0, dup: false, retain: false }));
      await ended;
    }
  });

  it("whose card's place another took keeps no way in open by holding its CONNECT back", async () => {
    const socket = await dial(home.registration);
    const end = new Promise<string>((resolve) => {
      socket.once("data", (octets: Buffer) => resolve(octets.toString("hex")));
      socket.once("close", () => resolve("closed"));
    });
    await pause(200);
    await rig.join(async () => new Response("the new one"));
    socket.write(hello);
    // CONNACK, not authorized; or cut before it spoke, when the broker looked again meanwhile.
    expect(["20020005", "closed"]).toContain(await end);
    const cookie = await rig.logIn();
    expect(await rig.ask("/", { headers: { cookie } })).toMatchObject({ status: 200, text: "the new one" });
  });
});
