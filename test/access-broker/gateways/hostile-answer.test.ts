import { mkdtempSync, rmSync } from "node:fs";
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

  /** A link whose home answers the one request with these frames (RFC 9113 §4.1), as no well-bred server would. */
  async function open(...answer: readonly Buffer[]) {
    const server = createServer(pair);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const accepted = new Promise<TLSSocket>((resolve) => server.once("secureConnection", resolve));
    const { port } = server.address() as AddressInfo;
    const gateway = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    gateway.on("error", () => undefined);
    gateway.once("secureConnect", () => gateway.write(frame(types.settings, 0)));
    let asked = Buffer.alloc(0);
    gateway.on("data", (octets: Buffer) => {
      const wasAsked = hasHeaders(asked);
      asked = Buffer.concat([asked, octets]);
      if (!wasAsked && hasHeaders(asked)) gateway.write(Buffer.concat(answer));
    });
    const link = openDataLink(await accepted, {
      clock: new FakeClock(),
      onChange: () => undefined,
      onOctets: () => undefined,
    });
    server.close();
    return link;
  }

  it("a status that is none is as good as away, and its stream is given up", async () => {
    for (const status of ["600", "999", "000"]) {
      const link = await open(head(status), frame(types.data, 1, Buffer.from("endless")));
      await expect(link.request(request), status).rejects.toMatchObject({ code: "home-away" });
      await expect.poll(() => link.busy).toBe(0);
      link.destroy();
    }
  });

  it("a body where none belongs is not listened to", async () => {
    const link = await open(head("205"), frame(types.data, 1, Buffer.from("endless")));
    const answer = await link.request(request);
    expect([answer.status, answer.body]).toEqual([205, null]);
    await expect.poll(() => link.busy).toBe(0);
    link.destroy();
  });
});

const types = { data: 0, headers: 1, settings: 4 };
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length;

function frame(type: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const start = Buffer.alloc(9);
  start.writeUIntBE(payload.length, 0, 3);
  start.writeUInt8(type, 3);
  start.writeUInt8(type === types.headers ? 0x04 : 0, 4);
  start.writeUInt32BE(stream, 5);
  return Buffer.concat([start, payload]);
}

/** END_HEADERS, and `:status` as a literal of HPACK's eighth name (RFC 7541 §6.2.2, appendix A). */
const head = (status: string): Buffer =>
  frame(types.headers, 1, Buffer.concat([Buffer.from([0x08, status.length]), Buffer.from(status)]));

/** Whether the client's octets hold a HEADERS frame whole enough to be answered. */
function hasHeaders(octets: Buffer): boolean {
  for (let at = preface; at + 9 <= octets.length; at += 9 + octets.readUIntBE(at, 3)) {
    if (octets[at + 3] === types.headers) return true;
  }
  return false;
}
