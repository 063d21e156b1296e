import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import "reflect-metadata";
import { BasicConstraintsExtension, Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueCard, subscribe } from "../../access-broker/access-broker.ts";
import { openStore } from "../../access-broker/provider.ts";
import { openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import { encodeCertificateRequest } from "../../gateway-core/access-link/certificate-request.ts";
import { enrol, parseCard } from "../../gateway-core/access-link/enrol.ts";
import { isRenewalDue, readRegistration } from "../../gateway-core/access-link/registration.ts";
import type { Card } from "../../gateway-core/contract/link.ts";
import { bareHost, number, openRig, password, type Rig, realHost, untilState, user } from "./rig.ts";

describe("Enrolment", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  const newCard = (of = number): Promise<Card> => issueCard({ ...rig.provider, number: of });
  const newCsr = (): string => encodeCertificateRequest(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
  const post = (body: unknown, name = bareHost) =>
    rig.ask("/enrol", { body: JSON.stringify(body), name, headers: { "content-type": "application/json" } });
  const codeOf = (thrown: Promise<unknown>): Promise<unknown> =>
    thrown.then(
      () => "none",
      (error) => error.code,
    );

  it("gives the key of a request a certificate for the card's home, good for 30 days and for nothing but a link", async () => {
    const { token } = await newCard();
    const { status, text } = await post({ token, csr: newCsr() });
    expect(status).toBe(200);
    const { certificate, chain } = JSON.parse(text);
    const x509 = new X509Certificate(certificate);
    expect(x509.subjectAltName).toBe(`URI:urn:genkan:home:${number}`);
    expect(x509.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(x509.ca).toBe(false);
    expect(x509.checkIssued(new X509Certificate(chain[0]))).toBe(true);
    expect(x509.validToDate.getTime() - Date.now()).toBeLessThanOrEqual(30 * 86_400_000);
  });

  it("takes nothing from a request but its key", async () => {
    const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const csr = await Pkcs10CertificateRequestGenerator.create({
      name: "CN=urn:genkan:home:090-0000-0000, O=Somebody",
      keys,
      signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
      extensions: [new BasicConstraintsExtension(true, 9, true)],
    });
    const { token } = await newCard();
    const x509 = new X509Certificate(JSON.parse((await post({ token, csr: csr.toString("pem") })).text).certificate);
    expect([x509.ca, x509.subject, x509.subjectAltName]).toEqual([false, undefined, `URI:urn:genkan:home:${number}`]);
  });

  it("uses a card once, even when it is shown many times at once", async () => {
    const { token } = await newCard();
    const answers = await Promise.all(Array.from({ length: 3 }, () => post({ token, csr: newCsr() })));
    const codes = answers.map(({ status, text }) => (status === 200 ? "good" : JSON.parse(text).code));
    expect(codes.sort()).toEqual(["card-used", "card-used", "good"]);
  });

  it("leaves a card good when the request with it was not", async () => {
    const { token } = await newCard();
    const rsa = await crypto.subtle.generateKey(
      { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: Uint8Array.of(1, 0, 1), modulusLength: 1024 },
      true,
      ["sign", "verify"],
    );
    const weak = await Pkcs10CertificateRequestGenerator.create({
      name: "",
      keys: rsa,
      signingAlgorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    });
    const forged = newCsr().split("\n");
    const other = newCsr().split("\n");
    forged[3] = other[3] ?? "";
    for (const csr of [weak.toString("pem"), forged.join("\n"), "-----BEGIN CERTIFICATE REQUEST-----", 7]) {
      const { status, text } = await post({ token, csr });
      expect([status, JSON.parse(text).code], String(csr)).toEqual([403, "certificate-refused"]);
    }
    expect((await post({ token, csr: newCsr() })).status).toBe(200);
  });

  it("refuses unknown tokens, other bodies and whoever goes on guessing", async () => {
    await using own = await openRig();
    const ask = (body: string, type = "application/json") =>
      own.ask("/enrol", { body, name: `link.${bareHost}`, headers: { "content-type": type } });
    const token = "a".repeat(43);
    expect(JSON.parse((await ask(JSON.stringify({ token, csr: newCsr() }))).text).code).toBe("card-invalid");
    expect(JSON.parse((await ask("{")).text).code).toBe("card-invalid");
    expect((await ask("x=1", "application/x-www-form-urlencoded")).status).toBe(415);
    expect((await ask("x".repeat(20_000))).status).toBe(413);
    for (let n = 0; n < 5; n++) await ask(JSON.stringify({ token, csr: newCsr() }));
    expect((await ask(JSON.stringify({ token, csr: newCsr() }))).status).toBe(429);
    const events = (await own.audit()).map(({ event }) => event);
    expect(events).toContain("enrolment-refused");
  });

  it("is not to be had at a home's own origin", async () => {
    const { token } = await newCard();
    const { status } = await post({ token, csr: newCsr() }, `${number}.${bareHost}`);
    expect(status).toBe(401);
  });

  it("knows an expired card from a good one, at both ends", async () => {
    const card = await newCard();
    const late = realHost();
    const clock = { ...late.clock, now: () => Date.parse(card.expires) };
    expect(await codeOf(enrol(card, { ...late, clock }))).toBe("card-expired");
    await using store = openStore(rig.provider);
    await store.addCard({
      tokenHash: "e9f9d1b5c2d7d1e6f0a3b4c5d6e7f8090a1b2c3d4e5f60718293a4b5c6d7e8f9",
      number,
      expiresAt: 1,
      usedAt: null,
    });
    await expect(issueCard({ ...rig.provider, number: "090-9999-9999" })).rejects.toMatchObject({ code: "not-found" });
  });

  it("of a gateway whose card was tampered with fails: another home's number, another authority", async () => {
    await subscribe({ ...rig.provider, number: "neighbour", user, password, isOneTime: false });
    expect(await codeOf(enrol({ ...(await newCard()), number: "neighbour" }, realHost()))).toBe("certificate-refused");
    const host = realHost();
    const other = { ...(await newCard()), caSha256: "0".repeat(64) };
    expect(await codeOf(enrol(other, host))).toBe("not-registered-broker");
    expect(readRegistration(host.memory)).toBeUndefined();
  });

  it("keeps the key at the gateway", async () => {
    const host = realHost();
    const registration = await enrol(parseCard(JSON.stringify(await newCard())), host);
    expect(readRegistration(host.memory)).toEqual(registration);
    expect(registration.key).toContain("PRIVATE KEY");
    const secret = registration.key.split("\n")[1] ?? "";
    await using store = openStore(rig.provider);
    expect(JSON.stringify([await store.readAudit(1_000), rig.provider.host.log.lines])).not.toContain(secret);
    expect(JSON.stringify(host.log.lines)).not.toContain(secret);
  });

  it("renews itself over the link when a third of the certificate's life is over", async () => {
    const host = realHost();
    const registration = await enrol(await newCard(), host);
    expect(isRenewalDue(registration, Date.now())).toBe(false);
    const offset = 10 * 86_400_000;
    const later = { ...host, clock: { ...host.clock, now: () => Date.now() + offset } };
    expect(isRenewalDue(registration, later.clock.now())).toBe(true);
    await using link = openAccessLink({ host: later, registration, handler: async () => new Response("page") });
    await untilState(link, "online");
    await expect.poll(() => readRegistration(host.memory)?.certificate).not.toBe(registration.certificate);
    const renewed = readRegistration(host.memory);
    expect(renewed?.key).toBe(registration.key);
    // Both are good for a while: what is under way with the older one goes on.
    await using store = openStore(rig.provider);
    for (const pem of [registration.certificate, renewed?.certificate ?? ""]) {
      expect(await store.findCertificate(new X509Certificate(pem).serialNumber)).toMatchObject({ number });
    }
  });
});

describe("The registered-broker rule", () => {
  it("keeps a gateway from any other broker, says so once and goes on trying its own", async () => {
    await using rig = await openRig();
    await using impostor = await openRig();
    await using home = await rig.join(async () => new Response("page"));
    const host = realHost();
    const registration = {
      ...home.registration,
      broker: `https://${bareHost}:${impostor.port}`,
      gatewayPort: impostor.gatewayPort,
    };
    await using link = openAccessLink({ host, registration, handler: async () => new Response("page") });
    await untilState(link, "offline");
    await pause(1_500);
    expect(link.state).not.toBe("online");
    expect(host.log.lines.filter(({ level }) => level === "warn")).toMatchObject([
      { event: "access-link-refused", facts: { code: "not-registered-broker" } },
    ]);
  });

  it("lets a gateway find its broker whose link port has moved", async () => {
    await using rig = await openRig();
    await using home = await rig.join(async () => new Response("page"));
    await home.link[Symbol.asyncDispose]();
    const host = realHost();
    const stale = { ...home.registration, gatewayPort: 1 };
    await using link = openAccessLink({ host, registration: stale, handler: async () => new Response("page") });
    await untilState(link, "online");
    expect(readRegistration(host.memory)?.gatewayPort).toBe(rig.gatewayPort);
  });
});
