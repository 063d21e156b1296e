import { X509Certificate } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, describe, expect, it, vi } from "vitest";
import { openAccessBroker } from "../../../access-broker/access-broker.ts";
import { openCertificateMaker } from "../../../access-broker/authority/certificate-maker.ts";
import { createServerCertificates } from "../../../access-broker/authority/server-certificates.ts";
import { parseAccessBrokerSettings } from "../../../access-broker/settings.ts";
import { realHost } from "../rig.ts";

const host = "home.example";
const ownName = `090-1234-5678.${host}`;
const folder = mkdtempSync(join(tmpdir(), "genkan-reload-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** A key and certificate of an authority that a browser might know. */
async function freshPair(name = ownName) {
  const plan = { folder, name: `ca-${files++}.pem`, commonName: "A public authority" };
  const maker = await openCertificateMaker(plan, Date.now());
  const clock = realHost().clock;
  return (await createServerCertificates({ maker, host, clock })).pairFor(name);
}

/** As a renewing program does it: a new file takes the old one's name. */
function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

async function openBroker(hosts: readonly object[] = []) {
  const home = mkdtempSync(join(folder, "state-"));
  const paths = { certificate: join(home, "cert.pem"), key: join(home, "key.pem") };
  const first = await freshPair();
  put(paths.certificate, first.cert);
  put(paths.key, first.key);
  const ports = { userPort: 0, gatewayPort: 0, remoteMqttPort: 0, proxyPort: 0, operator: { port: 0 } };
  const settings = parseAccessBrokerSettings({ host, ...ports, tls: { ...paths, hosts } });
  const provider = { settings, host: realHost(), folder: home };
  const broker = await openAccessBroker(provider);
  const port = Number(new URL(broker.addresses.users).port);
  return { broker, port, paths, first, log: provider.host.log };
}

function dial(port: number, servername = ownName): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      servername,
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    });
    socket.once("secureConnect", () => resolve(socket)).once("error", reject);
  });
}

async function shownAt(port: number, servername?: string): Promise<string> {
  const socket = await dial(port, servername);
  const { fingerprint256 = "" } = socket.getPeerX509Certificate() ?? {};
  socket.destroy();
  return fingerprint256;
}

const markOf = ({ cert }: { readonly cert: string }): string => new X509Certificate(cert).fingerprint256;

function ask(socket: TLSSocket): Promise<string> {
  socket.write(`GET /login HTTP/1.1\r\nHost: ${ownName}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    socket.once("data", (octets: Buffer) => resolve(octets.toString("latin1"))).once("error", reject);
  });
}

describe("A certificate by file", () => {
  it("is seen by new connections once its files have changed, while open ones live on", async () => {
    const { broker, port, paths, first, log } = await openBroker();
    await using _broker = broker;
    expect(await shownAt(port)).toBe(markOf(first));
    const before = await dial(port);
    const second = await freshPair();
    put(paths.certificate, second.cert);
    put(paths.key, second.key);
    await vi.waitFor(async () => expect(await shownAt(port)).toBe(markOf(second)), { timeout: 30_000 });
    expect(log.events("info")).toContain("certificate-read");
    expect(before.getPeerX509Certificate()?.fingerprint256).toBe(markOf(first));
    const answer = await ask(before);
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(answer.toLowerCase()).toContain("strict-transport-security: max-age=31536000");
    before.destroy();
    // Asked to (systemctl reload), it waits for no word of the file system.
    const third = await freshPair();
    put(paths.certificate, third.cert);
    put(paths.key, third.key);
    broker.reload();
    expect(await shownAt(port)).toBe(markOf(third));
  });

  it.each([
    ["is no certificate", async () => ({ cert: "nothing", key: "nothing" })],
    ["has another one's key", async () => ({ ...(await freshPair()), key: (await freshPair()).key })],
  ])("that %s leaves the one before in place, and is told once", async (_what, bad) => {
    const { broker, port, paths, first, log } = await openBroker();
    await using _broker = broker;
    const { cert, key } = await bad();
    put(paths.certificate, cert);
    put(paths.key, key);
    const told = () => log.events("error").filter((event) => event === "certificate-unusable");
    await vi.waitFor(() => expect(told()).toHaveLength(1), { timeout: 30_000 });
    expect(await shownAt(port)).toBe(markOf(first));
    // A sign of life of the folder, and nothing new: nothing more is said.
    put(join(paths.key, "..", "other.pem"), "x");
    const third = await freshPair();
    put(paths.certificate, third.cert);
    put(paths.key, third.key);
    await vi.waitFor(async () => expect(await shownAt(port)).toBe(markOf(third)), { timeout: 30_000 });
    expect(told().length).toBeLessThanOrEqual(2);
  });

  it("of a home of its own stands beside the one for all", async () => {
    const special = await freshPair(`090-9999-9999.${host}`);
    const paths = { certificate: join(folder, "special.pem"), key: join(folder, "special.key") };
    put(paths.certificate, special.cert);
    put(paths.key, special.key);
    const { broker, port, first } = await openBroker([{ name: `090-9999-9999.${host}`, ...paths }]);
    await using _broker = broker;
    expect(await shownAt(port, `090-9999-9999.${host}`)).toBe(markOf(special));
    expect(await shownAt(port)).toBe(markOf(first));
    expect(await shownAt(port, `link.${host}`)).not.toBe(markOf(first));
  });
});
