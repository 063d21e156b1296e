/** The way of a descriptor from the provider's command to a gateway, over real TLS. */

import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  issueCard,
  publishDescriptors,
  subscribe,
  wantedDescriptors,
  withdrawDescriptor,
} from "../../access-broker/access-broker.ts";
import { openProviderAuthority } from "../../access-broker/provider.ts";
import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import { type Access, openAccess } from "../../gateway-core/access-link/access.ts";
import { openControlClient } from "../../gateway-core/access-link/control-client.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import { readRegistration } from "../../gateway-core/access-link/registration.ts";
import type { DescriptorEvent, LookUp } from "../../gateway-core/contract/descriptor-events.ts";
import { providerKey } from "../fakes/provider-key.ts";
import { lampKey, shippedLamp } from "../fakes/shipped-descriptor.ts";
import { bareHost, number, openRig, password, type Rig, realHost, type TestHost, user } from "./rig.ts";

const lamp = (version: string) => shippedLamp({ version: { model: version } });

interface Gateway extends AsyncDisposable {
  readonly access: Access;
  readonly events: readonly DescriptorEvent[];
  version(): string | undefined;
  stateOf(): LookUp | undefined;
}

/** A gateway that wants the descriptor of a lamp. */
function openGateway(host: TestHost): Gateway {
  const events: DescriptorEvent[] = [];
  const access = openAccess({
    host,
    isEnabled: true,
    cards: { file: undefined, folders: [] },
    gateway: { model: "home-gateway", version: "0.1.0" },
    handlerAt: () => async () => new Response("page"),
    parse: parseDescriptor,
    onDescriptor: (event) => events.push(event),
    onCommand: () => undefined,
  });
  access.receive({ type: "wanted", protocol: "echonet", wanted: [{ key: lampKey, matched: 0 }] });
  return {
    access,
    events,
    version() {
      const snapshot = access.snapshot();
      return snapshot.type === "learned" ? snapshot.descriptors[0]?.version.model : undefined;
    },
    stateOf: () => events.flatMap((event) => (event.type === "asked" ? [event.asked] : [])).at(-1)?.[0]?.state,
    [Symbol.asyncDispose]: () => access[Symbol.asyncDispose](),
  };
}

describe("A gateway with a device that nobody here knows", { timeout: 60_000 }, () => {
  let rig: Rig;
  let host: TestHost;
  let gateway: Gateway;
  const wait = { timeout: 20_000 };
  const publish = (descriptor: object, gateways = {}) =>
    publishDescriptors({ ...rig.provider, descriptors: [descriptor], gateways });

  beforeAll(async () => {
    rig = await openRig();
    host = realHost();
    await enrol(await issueCard({ ...rig.provider, number }), host);
    gateway = openGateway(host);
  });
  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    await rig?.[Symbol.asyncDispose]();
  });

  it("asks its provider, is told that it is not known, and stands on the worklist without a name", async () => {
    expect(gateway.stateOf()).toBe("asking");
    await expect.poll(gateway.stateOf, wait).toBe("unknown");
    const wanted = await wantedDescriptors(rig.provider);
    expect(wanted).toEqual([{ key: lampKey, homes: 1 }]);
    expect(JSON.stringify(wanted)).not.toContain(number);
  });

  it("learns what is published while the broker runs", async () => {
    expect(await publish(lamp("1.0.0"))).toEqual([{ type: "echonet:0290", version: "1.0.0", isNew: true }]);
    await expect.poll(gateway.version, wait).toBe("1.0.0");
    expect(gateway.events.at(-1)).toEqual({ type: "asked", asked: [] });
    expect(await wantedDescriptors(rig.provider)).toEqual([]);
  });

  it("follows the next version, is rolled back, and forgets what is withdrawn", async () => {
    await publish(lamp("1.1.0"));
    await expect.poll(gateway.version, wait).toBe("1.1.0");
    await withdrawDescriptor({ ...rig.provider, type: "echonet:0290", version: "1.1.0" });
    await expect.poll(gateway.version, wait).toBe("1.0.0");
    await withdrawDescriptor({ ...rig.provider, type: "echonet:0290", version: undefined });
    await expect.poll(gateway.version, wait).toBeUndefined();
    expect(gateway.events).toContainEqual({ type: "withdrawn", descriptorType: "echonet:0290" });
    await expect.poll(gateway.stateOf, wait).toBe("unknown");
    const events = (await rig.audit()).map(({ event }) => event);
    expect(events.filter((event) => event.startsWith("descriptor-"))).toHaveLength(4);
  });

  it("is offered what is for gateways like it, and nothing else", async () => {
    await publish(lamp("2.0.0"), { model: "other" });
    await publish(lamp("1.2.0"), { model: "home-gateway", below: "0.2.0" });
    await expect.poll(gateway.version, wait).toBe("1.2.0");
  });

  it("keeps what it learned when both start anew and the broker stays away", async () => {
    await gateway[Symbol.asyncDispose]();
    await rig.stop();
    gateway = openGateway(host);
    expect(gateway.version()).toBe("1.2.0");
    expect(gateway.access.state).not.toBe("online");
    await rig.start();
    await expect.poll(() => gateway.access.state, { timeout: 40_000 }).toBe("online");
    expect(gateway.version()).toBe("1.2.0");
    expect(host.log.events("warn")).not.toContain("descriptor-refused");
  });

  it("has a fault of the provider's command told before anything is published", async () => {
    await expect(publish({ ...lamp("3.0.0"), properties: 1 })).rejects.toMatchObject({ code: "descriptor-invalid" });
    await expect(publish(lamp("3.0.0"), { colour: "red" })).rejects.toMatchObject({ code: "descriptor-invalid" });
    expect(gateway.version()).toBe("1.2.0");
  });
});

describe("A home", () => {
  it("of which a gateway floods the broker with questions is answered so many and no more", async () => {
    await using rig = await openRig();
    await using home = await rig.join(async () => new Response("page"));
    const { key, certificate, chain } = home.registration;
    await home.link[Symbol.asyncDispose]();
    const place = { host: "127.0.0.1", port: rig.gatewayPort, servername: `link.${bareHost}`, ca: rig.ca };
    const socket = connect({ ...place, key, cert: [certificate, ...chain].join(""), ALPNProtocols: ["genkan-mqtt/1"] });
    socket.on("error", () => undefined);
    const answers: string[] = [];
    const client = await openControlClient({
      socket,
      greeting: { topic: "up/page", body: { isOffered: false } },
      onMessage: (message) => message.topic === "down/descriptor" && answers.push(message.body.id),
      onRefused: () => undefined,
    });
    const gateway = { id: "g", model: "m", version: "1.0.0" };
    for (let n = 0; n < 400; n++) {
      const body = { id: `q${n}`, gateway, key: { protocol: "x", n: `${n}` }, matched: 0, has: null };
      client.tell({ topic: "up/descriptor", body });
    }
    await expect.poll(() => answers.length, { timeout: 30_000 }).toBe(240);
    const refused = () => rig.provider.host.log.lines.filter(({ event }) => event === "gateway-refused");
    await expect.poll(() => refused().length, { timeout: 10_000 }).toBe(1);
    expect(refused()[0]?.facts["reason"]).toBe("too many questions about descriptors");
    expect((await wantedDescriptors(rig.provider)).length).toBe(100);
    socket.destroy();
  }, 60_000);

  it("whose card says no key for descriptors gets it with its certificate; a card's own key stays", async () => {
    await using rig = await openRig();
    const { descriptorKey } = await openProviderAuthority(rig.provider);
    await subscribe({ ...rig.provider, number, user, password, isOneTime: false });
    const { descriptorKey: _, ...early } = await issueCard({ ...rig.provider, number });
    const host = realHost();
    await enrol(early, host);
    expect(readRegistration(host.memory)?.descriptorKey).toBe(descriptorKey);
    const other = providerKey().descriptorKey;
    const registration = await enrol({ ...(await issueCard({ ...rig.provider, number })), descriptorKey: other }, host);
    expect(registration.descriptorKey).toBe(other);
  });

  it("that was enrolled by a version without such a key is still enrolled", () => {
    const { memory } = realHost();
    const kept = { number: "090-1234-5678", broker: "https://b", gatewayPort: 1, ca: "c", key: "k", certificate: "c" };
    memory.write("registration", { v: 1, ...kept, chain: [] });
    expect(readRegistration(memory)).toEqual({ v: 1, ...kept, chain: [] });
  });
});

describe("A broker that means harm", () => {
  it("is cut off by the length that it declares, before any of it is kept", async () => {
    await using rig = await openRig();
    const { servers } = await openProviderAuthority(rig.provider);
    const maker = await import("../../access-broker/authority/server-certificates.ts");
    const { clock } = rig.provider.host;
    const pairs = await maker.createServerCertificates({ maker: servers, host: bareHost, clock });
    const server = createServer(await pairs.pairFor(bareHost));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const accepted = new Promise<TLSSocket>((resolve) => server.once("secureConnection", resolve));
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    socket.on("error", () => undefined);
    const refused: string[] = [];
    const opening = openControlClient({
      socket,
      greeting: { topic: "up/page", body: { isOffered: false } },
      onMessage: () => undefined,
      onRefused: ({ code }) => refused.push(code),
    });
    const broker = await accepted;
    broker.on("error", () => undefined).resume();
    broker.write(generate({ cmd: "connack", returnCode: 0, sessionPresent: false }));
    // 268 MB are declared, of which not one octet comes.
    broker.write(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f));
    await expect(opening).rejects.toMatchObject({ code: "home-away" });
    expect(refused).toEqual(["frame-too-long"]);
    server.close();
  });
});
