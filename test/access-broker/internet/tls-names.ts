/** Certificates for names at a broker's host, and connections to them on loopback. */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import { openAuthority } from "../../../access-broker/authority/authority.ts";
import { createServerCertificates } from "../../../access-broker/authority/server-certificates.ts";
import { systemClock } from "../../../host/system-host.ts";

export const host = "genkan.localhost";
export const number = "090-1234-5678";

const folder = mkdtempSync(join(tmpdir(), "genkan-names-"));
const { servers } = await openAuthority(folder, host, Date.now());
rmSync(folder, { recursive: true, force: true });
const certificates = await createServerCertificates({ maker: servers, host, clock: systemClock });

export const contextFor = (name: string): Promise<SecureContext> => certificates.contextFor(name);

export async function connectTls(port: number, servername: string): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port, servername, ca: servers.caPem, ALPNProtocols: ["http/1.1"] });
  socket.on("error", () => undefined);
  await once(socket, "secureConnect");
  return socket;
}
