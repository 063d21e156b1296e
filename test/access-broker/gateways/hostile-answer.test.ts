import { mkdtempSync, rmSync } from "node:fs";
import { performServerHandshake, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAuthority } from "../../../access-broker/authority/authority.ts";
import { createServerCertificates } from "../../../access-broker/authority/server-certificates.ts";
import { openDataLink } from "../../../access-broker/gateways/data-link.ts";
import { systemClock } from "../../../host/system-host.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const host = "genkan.localhost";
const { signal } = new AbortController();
const request = {
  method: "GET",
  authority: host,
  target: "/",
  headers: new Headers(),
  body: new Uint8Array(0),
  signal,
};

describe("A home that answers with", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-link-"));
  let pair: { cert: string; key: string };
  beforeAll(async () => {
    const { servers } = await openAuthority(folder, host, Date.now());
    pair = await (await createServerCertificates({ maker: servers, host, clock: systemClock })).pairFor(host);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function open(answer: (stream: ServerHttp2Stream) => void) {
    const server = createServer(pair);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const accepted = new Promise<TLSSocket>((resolve) => server.once("secureConnection", resolve));
    const { port } = server.address() as AddressInfo;
    const gateway = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    gateway.on("error", () => undefined);
    gateway.once("secureConnect", () => {
      const session = performServerHandshake(gateway);
      session.on("error", () => undefined);
      session.on("stream", (stream) => {
        stream.on("error", () => undefined);
        answer(stream);
      });
    });
    const link = openDataLink(await accepted, new FakeClock(), () => undefined);
    server.close();
    return link;
  }

  it("a status that is none is as good as away, and its stream is given up", async () => {
    for (const status of [600, 999]) {
      const link = await open((stream) => {
        stream.respond({ ":status": status });
        stream.write("endless");
      });
      await expect(link.request(request), `${status}`).rejects.toMatchObject({ code: "home-away" });
      await expect.poll(() => link.busy, `${status}`).toBe(0);
      link.destroy();
    }
  });

  it("a body where none belongs is not listened to", async () => {
    for (const [status, method] of [
      [205, "GET"],
      [200, "HEAD"],
    ] as const) {
      const link = await open((stream) => {
        // Frames by hand: Node's server would write no body here either.
        Object.defineProperty(stream, "headRequest", { value: false });
        stream.respond({ ":status": status });
        if (!stream.writableEnded) stream.write("endless");
      });
      const answer = await link.request({ ...request, method });
      expect([answer.status, answer.body]).toEqual([status, null]);
      await expect.poll(() => link.busy, `${status}`).toBe(0);
      link.destroy();
    }
  });
});
