/** A gateway's certificate from its first day to long after its last: real TLS, whose own idea of time is the machine's; the broker's clock is set beside it. */

import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { issueCard, revokeGateway } from "../../access-broker/access-broker.ts";
import { openStore } from "../../access-broker/provider.ts";
import { type AccessLink, openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import { encodeCertificateRequest } from "../../gateway-core/access-link/certificate-request.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import { isRenewalDue, type Registration, readRegistration } from "../../gateway-core/access-link/registration.ts";
import { number, openRig, type Rig, realHost, type TestHost, untilState } from "./rig.ts";

const day = 86_400_000;
const handler = async (): Promise<Response> => new Response("page");

/** What a gateway asks when it is late. */
const requestOf = ({ key, certificate }: Registration) => ({
  csr: encodeCertificateRequest(createPrivateKey(key)),
  certificate,
});

describe("A gateway's certificate", () => {
  let opened = new AsyncDisposableStack();
  afterEach(async () => {
    await opened.disposeAsync();
    opened = new AsyncDisposableStack();
  });

  const rigAt = async (now?: () => number): Promise<Rig> => opened.use(await openRig(now));
  const enrolAt = async (rig: Rig, host: TestHost): Promise<Registration> =>
    enrol(await issueCard({ ...rig.provider, number }), host);
  const linkOf = (host: TestHost, registration: Registration, offset = 0): AccessLink => {
    const clock = { ...host.clock, now: () => host.clock.now() + offset };
    return opened.use(openAccessLink({ host: { ...host, clock }, registration, handler }));
  };

  it("is renewed after ten of its thirty days; the link that the older one opened stays, and both open one", async () => {
    const rig = await rigAt();
    const host = realHost();
    const first = await enrolAt(rig, host);
    const { validFromDate } = new X509Certificate(first.certificate);
    expect(isRenewalDue(first, validFromDate.getTime() + 9 * day)).toBe(false);
    const link = linkOf(host, first, 11 * day);
    await untilState(link, "online");
    await expect.poll(() => readRegistration(host.memory)?.certificate).not.toBe(first.certificate);
    expect(link.state).toBe("online");
    const renewed = readRegistration(host.memory);
    expect(renewed?.key).toBe(first.key);
    await link[Symbol.asyncDispose]();
    for (const registration of [first, renewed ?? first]) {
      await using again = linkOf(realHost(), registration);
      await untilState(again, "online");
    }
  });

  it("ends the links that it opened on the day that it ends", async () => {
    let offset = 0;
    const rig = await rigAt(() => Date.now() + offset);
    const host = realHost();
    const link = linkOf(host, await enrolAt(rig, host));
    await untilState(link, "online");
    offset = 29 * day;
    await pause(2_500);
    expect(link.state).toBe("online");
    offset = 30 * day;
    await untilState(link, "offline");
  });

  it("that is over opens no link, and renews itself at the user port: a home that was away comes back by itself", async () => {
    let offset = -50 * day;
    const rig = await rigAt(() => Date.now() + offset);
    const host = realHost();
    const past = { ...host, clock: { ...host.clock, now: () => Date.now() + offset } };
    const old = await enrolAt(rig, past);
    expect(new X509Certificate(old.certificate).validToDate.getTime()).toBeLessThan(Date.now());
    offset = 0;
    const link = linkOf(host, old);
    await untilState(link, "online");
    const renewed = readRegistration(host.memory);
    expect(renewed?.certificate).not.toBe(old.certificate);
    await expect
      .poll(() => rig.audit())
      .toContainEqual(expect.objectContaining({ event: "certificate-renewed", number, facts: { isLate: true } }));
    // TLS itself turned the old one away.
    expect(rig.provider.host.log.lines).toContainEqual(
      expect.objectContaining({
        event: "gateway-refused",
        facts: expect.objectContaining({ reason: "CERT_HAS_EXPIRED" }),
      }),
    );
  });

  it("renews itself late only for half a year, by its own key, at its own authority and unless it was revoked", async () => {
    const rig = await rigAt();
    const registration = await enrolAt(rig, realHost());
    const { serialNumber: serial } = new X509Certificate(registration.certificate);
    await using store = openStore(rig.provider);
    const endAt = async (expiresAt: number): Promise<void> => {
      await store.removeCertificates(number);
      await store.addCertificate({ serial, number, expiresAt });
    };
    const other = await rigAt();
    const foreign = await enrolAt(other, realHost());
    const ask = async (json: unknown) => {
      const { status, text } = await rig.ask("/renew", { name: "link.genkan.localhost", json });
      return status === 200 ? "good" : JSON.parse(text).message;
    };
    const request = requestOf(registration);
    const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    expect(await ask({ ...request, csr: encodeCertificateRequest(stranger) })).toContain(
      "not of the certificate's key",
    );
    expect(await ask(requestOf(foreign))).toContain("none of ours");
    expect(await ask({ certificate: request.certificate })).toContain("awaited");
    await endAt(Date.now() - 179 * day);
    expect(await ask(request)).toBe("good");
    await endAt(Date.now() - 180 * day);
    expect(await ask(request)).toContain("half a year");
    await revokeGateway({ ...rig.provider, number });
    expect(await ask(request)).toContain("no longer known");
  });

  it("is good at a gateway whose clock is an hour slow, and at one whose clock is a day fast", async () => {
    const rig = await rigAt();
    for (const skew of [-59 * 60_000, day]) {
      const host = realHost();
      const registration = await enrol(await issueCard({ ...rig.provider, number }), {
        ...host,
        clock: { ...host.clock, now: () => Date.now() + skew },
      });
      const { validFromDate } = new X509Certificate(registration.certificate);
      expect(validFromDate.getTime()).toBeLessThanOrEqual(Date.now() + skew);
      await using link = linkOf(host, registration, skew);
      await untilState(link, "online");
    }
  });

  it("is revoked by another process: open links end within seconds, and the gateway is told why it gets no new one", async () => {
    const rig = await rigAt();
    const { link, host } = await rig.join(handler);
    const cookie = await rig.logIn();
    expect((await rig.ask("/", { headers: { cookie } })).text).toBe("page");
    // As the command line does it: by the store alone.
    expect(await revokeGateway({ ...rig.provider, number })).toBeGreaterThan(0);
    await untilState(link, "offline");
    await expect.poll(() => host.log.lines.map(({ facts }) => facts["code"])).toContain("certificate-refused");
    expect((await rig.ask("/api/home", { headers: { cookie } })).status).toBe(503);
    await using store = openStore(rig.provider);
    expect((await store.readAudit(50)).map(({ event }) => event)).toContain("gateway-revoked");
    // A new card is the way back.
    await rig.join(handler);
    expect((await rig.ask("/", { headers: { cookie } })).text).toBe("page");
  });

  it("of a number that nobody has cannot be revoked", async () => {
    const rig = await rigAt();
    await expect(revokeGateway({ ...rig.provider, number: "090-0000-0000" })).rejects.toMatchObject({
      code: "not-found",
    });
  });
});
