import { mkdtempSync, rmSync } from "node:fs";
import { performServerHandshake } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAuthority } from "../../../access-broker/authority/authority.ts";
import { createServerCertificates } from "../../../access-broker/authority/server-certificates.ts";
import { type DataLink, openDataLink } from "../../../access-broker/gateways/data-link.ts";
import { systemClock } from "../../../host/system-host.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const host = "genkan.localhost";
const request = {
  method: "GET",
  authority: host,
  target: "/",
  headers: new Headers(),
  body: new Uint8Array(0),
  signal: new AbortController().signal,
};

describe("A data link", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-link-"));
  let pair: { cert: string; key: string };
  beforeAll(async () => {
    const { servers } = await openAuthority(folder, host, Date.now());
    pair = await (await createServerCertificates({ maker: servers, host, clock: systemClock })).pairFor(host);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The broker's end over a fake clock, and the connection as the gateway holds it. */
  async function open(): Promise<{ link: DataLink; clock: FakeClock; gateway: TLSSocket; changes: () => number }> {
    const clock = new FakeClock();
    let changes = 0;
    const server = createServer(pair);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const accepted = new Promise<TLSSocket>((resolve) => server.once("secureConnection", resolve));
    const { port } = server.address() as AddressInfo;
    const gateway = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    gateway.on("error", () => undefined);
    const link = openDataLink(await accepted, { clock, onChange: () => changes++, onOctets: () => undefined });
    server.close();
    return { link, clock, gateway, changes: () => changes };
  }

  it("whose other end answers no ping is dead within 20 s, and so is what was asked over it", async () => {
    const { link, clock, gateway, changes } = await open();
    gateway.resume();
    const asked = link.request(request);
    asked.catch(() => undefined);
    await clock.advance(10_000);
    expect([link.isOpen, link.busy]).toEqual([true, 1]);
    await clock.advance(10_000);
    expect(link.isOpen).toBe(false);
    await expect(asked).rejects.toMatchObject({ code: "home-away" });
    expect(changes()).toBeGreaterThan(0);
    expect(clock.pending).toBe(0);
    await expect(link.request(request)).rejects.toMatchObject({ code: "home-away" });
  });

  it("that answers its pings lives on; a request without an answer is given up after 20 s", async () => {
    const { link, clock, gateway } = await open();
    const session = performServerHandshake(gateway);
    session.on("error", () => undefined);
    session.on("stream", (stream) => stream.on("error", () => undefined));
    const pings = { count: 0 };
    session.on("ping", () => pings.count++);
    const asked = link.request(request);
    asked.catch(() => undefined);
    for (let beat = 1; beat <= 3; beat++) {
      await clock.advance(10_000);
      // And the one that told the line's own delay.
      await expect.poll(() => pings.count).toBe(beat + 1);
      // The answer is on its way back.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(link.isOpen).toBe(true);
    await expect(asked).rejects.toMatchObject({ code: "home-away" });
    expect(link.busy).toBe(0);
    link.destroy();
  });

  it("that cannot be used for a request says so, whatever the headers hold", async () => {
    const { link } = await open();
    const headers = new Headers({ connection: "close" });
    await expect(link.request({ ...request, headers })).rejects.toMatchObject({ code: "home-away" });
    link.destroy();
  });
});
