/** The attacks of the design on enrolment and on the gateway port (OpenSSL and MQTT literature), each with real TLS against the access broker as it ships. */

import { generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueCard, subscribe } from "../../access-broker/access-broker.ts";
import { openCertificateMaker, purposes } from "../../access-broker/authority/certificate-maker.ts";
import { openProviderAuthority, openStore } from "../../access-broker/provider.ts";
import { encodeCertificateRequest } from "../../gateway-core/access-link/certificate-request.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import type { Registration } from "../../gateway-core/access-link/registration.ts";
import { homeUrn } from "../../gateway-core/contract/access-number.ts";
import { bareHost, number, openRig, password, type Rig, realHost, user } from "../access-broker/rig.ts";

const neighbour = "090-8765-4321";
const day = 86_400_000;
const ecdsa = { name: "ECDSA", namedCurve: "P-256" } as const;
const withSha256 = { name: "ECDSA", hash: "SHA-256" } as const;
const hello = generate({
  cmd: "connect",
  clientId: "gateway",
  protocolId: "MQTT",
  protocolVersion: 4,
  clean: true,
  keepalive: 10,
});

let rig: Rig;
let registration: Registration;
beforeAll(async () => {
  rig = await openRig();
  await subscribe({ ...rig.provider, number: neighbour, user, password, isOneTime: false });
  registration = await enrol(await issueCard({ ...rig.provider, number }), realHost());
});
afterAll(async () => rig?.[Symbol.asyncDispose]());

const tokenOf = async (of = number): Promise<string> => (await issueCard({ ...rig.provider, number: of })).token;
const post = (body: unknown) => rig.ask("/enrol", { name: `link.${bareHost}`, json: body });
const codeOf = async (body: unknown): Promise<unknown> => JSON.parse((await post(body)).text).code;
const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
const newKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

/** What the gateway port says to whoever shows this: the return code of its CONNACK, or undefined when it says nothing. */
function returnCodeOf({ key, certificate, chain }: Pick<Registration, "key" | "certificate" | "chain">) {
  return new Promise<number | undefined>((resolve) => {
    const place = { host: "127.0.0.1", port: rig.gatewayPort, servername: `link.${bareHost}`, ca: rig.ca };
    const cert = [certificate, ...chain].join("");
    const socket = connect({ ...place, key, cert, ALPNProtocols: ["genkan-mqtt/1"] });
    socket.once("secureConnect", () => socket.write(hello));
    socket.once("data", (octets: Buffer) => {
      resolve(octets[3]);
      socket.destroy();
    });
    socket.on("error", () => undefined).once("close", () => resolve(undefined));
  });
}

/** A certificate by the provider's own authority, as only a broken one would sign it. */
async function signed(of: string, serialOf: string | undefined, now = Date.now()) {
  const { gateways } = await openProviderAuthority(rig.provider);
  const { publicKey, privateKey } = await crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
  const name = { type: "url", value: homeUrn(of) } as const;
  const made = await gateways.make({ publicKey, name, purpose: purposes.client, days: 30 }, now);
  await using store = openStore(rig.provider);
  if (serialOf !== undefined)
    await store.addCertificate({ serial: made.serial, number: serialOf, expiresAt: made.expiresAt });
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", privateKey)).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
  return { key, certificate: made.certificatePem, chain: [gateways.caPem] };
}

describe("At enrolment", () => {
  it("a token that was used is worth nothing, whichever key comes with it", async () => {
    const token = await tokenOf();
    const csr = encodeCertificateRequest(newKey());
    expect((await post({ token, csr })).status).toBe(200);
    for (const again of [csr, encodeCertificateRequest(newKey())])
      expect(await codeOf({ token, csr: again })).toBe("card-used");
    // The tests below go on with a gateway that is known.
    registration = await enrol(await issueCard({ ...rig.provider, number }), realHost());
  });

  it("a token makes a gateway of its own home and of no other, whatever the request says", async () => {
    const keys = await crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
    const csr = await Pkcs10CertificateRequestGenerator.create({
      name: `CN=${homeUrn(number)}`,
      keys,
      signingAlgorithm: withSha256,
      extensions: [
        new SubjectAlternativeNameExtension([{ type: "url", value: homeUrn(number) }]),
        new BasicConstraintsExtension(true, 3, true),
      ],
    });
    const body = { token: await tokenOf(neighbour), csr: csr.toString("pem"), number };
    const made = new X509Certificate(JSON.parse((await post(body)).text).certificate);
    expect([made.subject, made.subjectAltName, made.ca]).toEqual([undefined, `URI:${homeUrn(neighbour)}`, false]);
  });

  it.each<[string, () => KeyObject]>([
    ["RSA of 1024 bits", () => generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey],
    ["RSA of 2048 bits", () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
    ["P-192", () => generateKeyPairSync("ec", { namedCurve: "prime192v1" }).privateKey],
    ["secp256k1", () => generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey],
  ])("a key of %s is refused, and the card stays good", async (_what, make) => {
    const token = await tokenOf(neighbour);
    expect(await codeOf({ token, csr: encodeCertificateRequest(make()) })).toBe("certificate-refused");
    expect((await post({ token, csr: encodeCertificateRequest(newKey()) })).status).toBe(200);
  });

  it("a request for a key that the sender does not have is refused", async () => {
    const csr = encodeCertificateRequest(newKey());
    const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ""), "base64");
    der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    expect(await codeOf({ token: await tokenOf(), csr: forged })).toBe("certificate-refused");
  });
});

describe("At the gateway port", () => {
  it("a known gateway is let in: what is refused below is refused for its fault", async () => {
    expect(await returnCodeOf(registration)).toBe(0);
  });

  it("a gateway's certificate signs no other: it is no authority", async () => {
    const keys = await crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
    const own = Buffer.from(registration.key.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const signingKey = await crypto.subtle.importKey("pkcs8", own, ecdsa, false, ["sign"]);
    const forged = await X509CertificateGenerator.create({
      serialNumber: "4a4b",
      subject: "",
      issuer: "",
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + day),
      signingAlgorithm: withSha256,
      publicKey: keys.publicKey,
      signingKey,
      extensions: [new SubjectAlternativeNameExtension([{ type: "url", value: homeUrn(neighbour) }], true)],
    });
    const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
    const key = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
    const certificate = `${forged.toString("pem")}\n`;
    const { certificate: above, chain } = registration;
    expect(await returnCodeOf({ key, certificate, chain: [above, ...chain] })).toBeUndefined();
  });

  it("another authority of the very same name is not ours", async () => {
    const plan = { folder: `${rig.provider.folder}/stranger`, name: "ca.pem", commonName: "Genkan gateways" };
    const maker = await openCertificateMaker(plan, Date.now());
    const { publicKey, privateKey } = await crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
    const name = { type: "url", value: homeUrn(number) } as const;
    const { certificatePem } = await maker.make({ publicKey, name, purpose: purposes.client, days: 30 }, Date.now());
    const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", privateKey)).toString("base64");
    const key = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
    // No TLS alert either: Node judges after the handshake, and closes.
    expect(await returnCodeOf({ key, certificate: certificatePem, chain: [maker.caPem] })).toBeUndefined();
  });

  it("the name in a certificate counts only with the serial that was written down for it", async () => {
    expect(await returnCodeOf(await signed(number, number))).toBe(0);
    // Never written down; written down for another home.
    expect(await returnCodeOf(await signed(number, undefined))).toBe(5);
    expect(await returnCodeOf(await signed(number, neighbour))).toBe(5);
    // No name of ours at all.
    expect(await returnCodeOf(await signed("x", number))).toBeUndefined();
    expect(await returnCodeOf(await signed(`${number},URI:${homeUrn(neighbour)}`, number))).toBeUndefined();
  });

  it("a certificate that is over, or does not yet hold, opens nothing, though its serial is known", async () => {
    expect(await returnCodeOf(await signed(number, number, Date.now() - 31 * day))).toBeUndefined();
    expect(await returnCodeOf(await signed(number, number, Date.now() + day))).toBeUndefined();
  });

  it("a certificate without its key is worth nothing", async () => {
    const { certificate } = registration;
    const other = pemOf(newKey());
    expect(() => connect({ key: other, cert: certificate })).toThrow("key values mismatch");
    // And a late renewal asked for with it is refused.
    const csr = encodeCertificateRequest(newKey());
    const { text } = await rig.ask("/renew", { name: `link.${bareHost}`, json: { csr, certificate } });
    expect(JSON.parse(text).code).toBe("certificate-refused");
  });
});
