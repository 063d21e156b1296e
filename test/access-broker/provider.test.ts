import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import {
  caCertificatePem,
  issueCard,
  listTable,
  openAccessBroker,
  parseAccessBrokerSettings,
  subscribe,
} from "../../access-broker/access-broker.ts";
import { communicationMethods } from "../../gateway-core/contract/communication-method.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import { bareHost, openRig, realHost } from "./rig.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function newProvider(settings: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), "genkan-provider-"));
  folders.push(folder);
  return {
    folder,
    host: realHost(),
    settings: parseAccessBrokerSettings({
      ...{ userPort: 0, gatewayPort: 0, remoteMqttPort: 0, proxyPort: 0, operator: { port: 0 } },
      ...settings,
    }),
  };
}
const long = "correct horse battery";

describe("The provider", () => {
  it("subscribes people, and the table shows them without their passwords", async () => {
    const provider = newProvider();
    await subscribe({ ...provider, number: "090-1", user: "hanako", password: long, isOneTime: false });
    await subscribe({ ...provider, number: "090-1", user: "taro", password: long, isOneTime: true });
    const plain = {
      ...{ requirement: "password|passkey|key", factors: [], grant: wholeGrant, methods: communicationMethods },
      ...{ isSuspended: false, proxy: "off", isEnrolled: false },
    };
    expect(await listTable(provider)).toEqual([
      { number: "090-1", user: "hanako", role: "owner", state: "password", ...plain },
      { number: "090-1", user: "taro", role: "guest", state: "one-time", ...plain },
    ]);
  });

  it.each([
    [{ number: "No Number" }, "value-invalid"],
    [{ user: "" }, "value-invalid"],
    [{ user: "a\nb" }, "value-invalid"],
    [{ password: "short" }, "password-unsuitable"],
  ])("is refused with %j", async (change, code) => {
    const asked = { ...newProvider(), number: "090-1", user: "hanako", password: long, isOneTime: false, ...change };
    await expect(subscribe(asked)).rejects.toMatchObject({ code });
  });

  it("has one authority, however many ask for it at once, and its keys are for the owner's eyes", async () => {
    const provider = newProvider();
    const pems = await Promise.all(Array.from({ length: 4 }, () => caCertificatePem(provider)));
    expect(new Set(pems).size).toBe(1);
    for (const name of [`server-ca.${bareHost}.pem`, "gateway-ca.pem", "descriptor-key.pem"]) {
      expect(statSync(join(provider.folder, "authority", name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(join(provider.folder, "authority")).mode & 0o777).toBe(0o700);
  });

  it("issues cards that name the port which the broker really took", async () => {
    const provider = newProvider();
    await subscribe({ ...provider, number: "090-1", user: "hanako", password: long, isOneTime: false });
    await using broker = await openAccessBroker(provider);
    const card = await issueCard({ ...provider, number: "090-1" });
    expect(card.broker).toBe(`https://${bareHost}:${new URL(broker.addresses.users).port}`);
    expect(Date.parse(card.expires)).toBeGreaterThan(Date.now());
  });
});

describe("The ports", () => {
  it("move to the next free one, and it is said", async () => {
    const blocker = createServer();
    const port = await new Promise<number>((resolve) =>
      blocker.listen(0, "127.0.0.1", () => resolve((blocker.address() as { port: number }).port)),
    );
    const provider = newProvider({ userPort: port });
    await using broker = await openAccessBroker(provider);
    blocker.close();
    expect(Number(new URL(broker.addresses.users).port)).toBeGreaterThan(port);
    expect(provider.host.log.lines).toMatchObject([{ event: "port-moved", facts: { what: "users", wanted: port } }]);
  });

  it("stay the same over a restart", async () => {
    const provider = newProvider();
    const first = await openAccessBroker(provider);
    const { addresses } = first;
    await first[Symbol.asyncDispose]();
    await using second = await openAccessBroker(provider);
    expect(second.addresses).toEqual(addresses);
  });
});

describe("The bare host", () => {
  it("leads to a home's own address, whether or not there is one", async () => {
    await using rig = await openRig();
    const go = (typed: string) => rig.ask(`/?number=${encodeURIComponent(typed)}`, { name: bareHost });
    for (const typed of ["090-1234-5678", "０９０－１２３４－５６７８", " 090ー1234ー5678 "]) {
      const { status, headers } = await go(typed);
      expect([status, headers.location]).toEqual([303, `https://090-1234-5678.${bareHost}:${rig.port}/`]);
    }
    expect((await go("090-0000-0000")).headers.location).toBe(`https://090-0000-0000.${bareHost}:${rig.port}/`);
    expect((await go("a.evil.example")).status).toBe(422);
    expect((await go("link")).status).toBe(422);
    const page = await rig.ask("/", { name: bareHost });
    expect(page.status).toBe(200);
    expect(page.headers["content-security-policy"]).toContain(`form-action 'self' https://*.${bareHost}:${rig.port}`);
    expect((await rig.ask("/login", { name: bareHost })).status).toBe(404);
  });
});

describe("A real certificate", () => {
  it("answers for the homes, while gateways still see the authority that they pinned", async () => {
    await using own = await openRig();
    const provider = newProvider();
    const { openProviderAuthority } = await import("../../access-broker/provider.ts");
    const { createServerCertificates } = await import("../../access-broker/authority/server-certificates.ts");
    const { servers } = await openProviderAuthority(own.provider);
    const leafs = await createServerCertificates({ maker: servers, host: bareHost, clock: provider.host.clock });
    const pair = await leafs.pairFor(`090-1234-5678.${bareHost}`);
    const [cert, key] = [join(provider.folder, "cert.pem"), join(provider.folder, "key.pem")];
    writeFileSync(cert, pair.cert);
    writeFileSync(key, pair.key);
    const tls = { ...provider.settings.tls, certificate: cert, key };
    const withReal = { ...provider, settings: { ...provider.settings, tls } };
    await subscribe({ ...withReal, number: "090-1234-5678", user: "hanako", password: long, isOneTime: false });
    await using broker = await openAccessBroker(withReal);
    const { request } = await import("node:https");
    const answer = await new Promise<readonly unknown[]>((resolve, reject) => {
      const name = `090-1234-5678.${bareHost}`;
      const { port } = new URL(broker.addresses.users);
      const headers = { host: `${name}:${port}` };
      request(
        { host: "127.0.0.1", port, servername: name, ca: servers.caPem, path: "/login", agent: false, headers },
        ({ statusCode, headers, socket }) => {
          const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.fingerprint256 : undefined;
          socket.destroy();
          resolve([statusCode, headers["strict-transport-security"], shown]);
        },
      )
        .once("error", reject)
        .end();
    });
    // A developer's name: no browser is bound to it.
    expect(answer).toEqual([200, undefined, new X509Certificate(pair.cert).fingerprint256]);
    const { enrol } = await import("../../gateway-core/access-link/enrol.ts");
    const card = await issueCard({ ...withReal, number: "090-1234-5678" });
    expect((await enrol(card, realHost())).number).toBe("090-1234-5678");
  });

  it("that cannot be read is refused at start, with its name", async () => {
    const provider = newProvider({ tls: { certificate: "/nowhere.pem", key: "/nowhere.key" } });
    await expect(openAccessBroker(provider)).rejects.toMatchObject({ code: "settings-invalid" });
  });
});

describe("Settings", () => {
  it.each([
    [{ host: "Evil Host" }],
    [{ listen: "somewhere" }],
    [{ userPort: 70_000 }],
    [{ userPort: "8443" }],
    [{ tls: { certificate: "a.pem" } }],
    [{ tls: { hosts: [{ name: "a.example" }] } }],
    [{ unknown: 1 }],
    [[]],
    ["x"],
  ])("%j are refused", (input) => {
    expect(() => parseAccessBrokerSettings(input)).toThrow(expect.objectContaining({ code: "settings-invalid" }));
  });

  it("have defaults", () => {
    expect(parseAccessBrokerSettings({})).toEqual({
      host: "genkan.localhost",
      listen: "127.0.0.1",
      userPort: 8443,
      gatewayPort: 8444,
      proxyPort: 8445,
      proxy: {
        ...{ allow: [], deny: [], openAtOnce: 128, octetsPerDay: 50 * 1024 ** 3 },
        ...{ idleSeconds: 300, longestSeconds: 12 * 60 * 60 },
      },
      remoteMqttPort: 8883,
      media: {
        ...{ kbpsPerHome: 8_000, linksAtOnce: 8, viewersAtOnce: 64 },
        ...{ octetsPerDay: 50 * 1024 ** 3, longestSeconds: 12 * 60 * 60 },
      },
      tls: { hosts: [], hstsSeconds: 31_536_000 },
      operator: {
        ...{ listen: "127.0.0.1", port: 8446, drainSeconds: 10 },
        ...{ atBareHost: false, requirement: "password+totp|passkey" },
      },
    });
  });
});
