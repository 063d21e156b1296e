/** A data link whose gateway writes its own frames: the broker's end over a fake clock, and the connection as the gateway holds it. */

import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import { openAuthority } from "../../../access-broker/authority/authority.ts";
import { createServerCertificates } from "../../../access-broker/authority/server-certificates.ts";
import { type DataLink, openDataLink } from "../../../access-broker/gateways/data-link.ts";
import { systemClock } from "../../../host/system-host.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const host = "genkan.localhost";
const folder = mkdtempSync(join(tmpdir(), "genkan-link-"));
const { servers } = await openAuthority(folder, host, Date.now());
rmSync(folder, { recursive: true, force: true });
const pair = await (await createServerCertificates({ maker: servers, host, clock: systemClock })).pairFor(host);

export interface RawGateway {
  readonly link: DataLink;
  readonly clock: FakeClock;
  readonly gateway: TLSSocket;
}

export async function openRawGateway(): Promise<RawGateway> {
  const clock = new FakeClock();
  const server = createServer(pair);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const accepted = new Promise<TLSSocket>((resolve) => server.once("secureConnection", resolve));
  const { port } = server.address() as AddressInfo;
  const gateway = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  gateway.on("error", () => undefined);
  await new Promise((resolve) => gateway.once("secureConnect", resolve));
  const link = openDataLink(await accepted, { clock, onChange: () => undefined, onOctets: () => undefined });
  server.close();
  return { link, clock, gateway };
}
