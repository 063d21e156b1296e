import { generateKeyPairSync } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCertificateMaker, purposes } from "../../access-broker/authority/certificate-maker.ts";
import { createServerCertificates } from "../../access-broker/authority/server-certificates.ts";
import { openProviderAuthority } from "../../access-broker/provider.ts";
import type { Registration } from "../../gateway-core/access-link/registration.ts";
import { homeUrn } from "../../gateway-core/contract/access-number.ts";
import { bareHost, type Joined, number, openRig, type Rig } from "./rig.ts";

describe("At the gateway port", () => {
  let rig: Rig;
  let home: Joined;
  beforeAll(async () => {
    rig = await openRig();
    home = await rig.join(async () => new Response("page"));
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  type Identity = Partial<Pick<Registration, "key" | "certificate" | "chain">>;
  const dial = (identity: Identity, protocol = "genkan-mqtt/1"): TLSSocket => {
    const { key, certificate, chain = [] } = identity;
    const own = key && certificate ? { key, cert: [certificate, ...chain].join("") } : {};
    const place = { host: "127.0.0.1", port: rig.gatewayPort, servername: `link.${bareHost}`, ca: rig.ca };
    return connect({ ...place, ...own, ALPNProtocols: [protocol] });
  };
  /** The error that ends the connection, or "closed", after what was written; "data" when anything was said. */
  const endOf = (socket: TLSSocket, octets?: Uint8Array): Promise<string> =>
    new Promise((resolve) => {
      socket.once("secureConnect", () => octets && socket.write(octets));
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      socket.once("data", () => resolve("data"));
      socket.once("close", () => resolve("closed"));
    });
  const connectPacket = (more = {}) =>
    generate({
      cmd: "connect",
      clientId: "gateway",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      keepalive: 10,
      ...more,
    });

  const foreign = async (folder: string, purpose: (typeof purposes)["client" | "server"]): Promise<Identity> => {
    const maker = await openCertificateMaker(
      { folder, name: "foreign.pem", commonName: "Genkan gateways" },
      Date.now(),
    );
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const spki = publicKey.export({ type: "spki", format: "der" });
    const key = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
    const name = { type: "url", value: homeUrn(number) } as const;
    const made = await maker.make({ publicKey: key, name, purpose, days: 30 }, Date.now());
    return {
      key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      certificate: made.certificatePem,
      chain: [maker.caPem],
    };
  };

  it("no certificate (by an alert), a foreign one and a home's server certificate end in TLS, each logged once", async () => {
    const { log } = rig.provider.host;
    const before = log.lines.length;
    const stranger = await foreign(`${rig.provider.folder}/foreign`, purposes.client);
    const authority = await openProviderAuthority(rig.provider);
    const leafs = await createServerCertificates({
      maker: authority.servers,
      host: bareHost,
      clock: rig.provider.host.clock,
    });
    const { cert, key } = await leafs.pairFor(`${number}.${bareHost}`);
    for (let n = 0; n < 3; n++) expect(await endOf(dial({}))).toBe("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED");
    for (const identity of [stranger, { key, certificate: cert }]) {
      for (let n = 0; n < 3; n++) expect(await endOf(dial(identity), connectPacket())).not.toBe("data");
    }
    const lines = log.lines.slice(before).filter(({ event }) => event === "gateway-refused");
    expect(lines.map(({ facts }) => facts["reason"])).toEqual([
      "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
      "SELF_SIGNED_CERT_IN_CHAIN",
      "INVALID_PURPOSE",
    ]);
  });

  it("a certificate that was never written down, signed though it is by the right authority, opens nothing", async () => {
    const authority = await openProviderAuthority(rig.provider);
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const spki = publicKey.export({ type: "spki", format: "der" });
    const key = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
    const wish = {
      publicKey: key,
      name: { type: "url", value: homeUrn(number) },
      purpose: purposes.client,
      days: 1,
    } as const;
    const { certificatePem } = await authority.gateways.make(wish, Date.now());
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const identity = { key: pem, certificate: certificatePem, chain: [authority.gateways.caPem] };
    const socket = dial(identity);
    socket.write(connectPacket());
    const said: Buffer[] = [];
    socket.on("data", (octets) => said.push(octets)).on("error", () => undefined);
    await new Promise((resolve) => socket.once("close", resolve));
    // CONNACK, not authorized: nothing more.
    expect(Buffer.concat(said).toString("hex")).toBe("20020005");
    expect(await endOf(dial(identity, "genkan-h2/1"), Buffer.from("a ticket\n"))).not.toBe("data");
  });

  it.each([
    ["speaks HTTP", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["declares a CONNECT of 268 MB", Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f)],
    ["claims another client id", connectPacket({ clientId: "other" })],
    ["wants a session to keep", connectPacket({ clean: false })],
    ["leaves a will", connectPacket({ will: { topic: "down/open", payload: Buffer.from("x"), qos: 0, retain: true } })],
    ["brings a password", connectPacket({ username: "a", password: Buffer.from("b") })],
    ["wants no keepalive", connectPacket({ keepalive: 0 })],
    ["speaks MQTT 5", connectPacket({ protocolVersion: 5 })],
  ])("a gateway that %s is cut before any answer", async (_what, octets) => {
    expect(await endOf(dial(home.registration), octets)).not.toBe("data");
  });

  it("a data link without the ticket of this moment is cut", async () => {
    for (const line of ["abcdefghijklmnopqrstuvwxyz012345\n", "\n", "x".repeat(200)]) {
      expect(await endOf(dial(home.registration, "genkan-h2/1"), Buffer.from(line))).not.toBe("data");
    }
  });

  it("a protocol of another name is no link", async () => {
    expect(await endOf(dial(home.registration, "h2"))).not.toBe("data");
  });

  it("an admitted gateway publishes only upward and hears only downward", async () => {
    for (const packet of [
      generate({ cmd: "publish", topic: "down/open", payload: "x", qos: 0, dup: false, retain: false }),
      generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "#", qos: 0 }] }),
      generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "$SYS/#", qos: 0 }] }),
      generate({ cmd: "publish", topic: "up/x", payload: Buffer.alloc(70_000), qos: 0, dup: false, retain: false }),
    ]) {
      const socket = dial(home.registration);
      socket.write(connectPacket());
      await new Promise((resolve) => socket.once("data", resolve));
      const over = endOf(socket);
      socket.resume().write(packet);
      const said = await Promise.race([over, pause(3_000).then(() => "stays")]);
      expect(said).not.toBe("stays");
    }
  }, 20_000);

  it("a gateway that freezes is away within 20 s", async () => {
    await home.link[Symbol.asyncDispose]();
    const socket = dial(home.registration).resume();
    socket.write(connectPacket());
    socket.write(generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "down/#", qos: 1 }] }));
    const begun = performance.now();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(performance.now() - begun).toBeGreaterThan(10_000);
    expect(performance.now() - begun).toBeLessThan(20_000);
  }, 25_000);
});
