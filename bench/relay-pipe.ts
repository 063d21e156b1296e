/**
 * Run by benches: the least that relays: HTTP/2 in reverse over a connection that the home dialled, piped to whoever asks by
 * HTTPS, with no questions asked. Argument: a folder; prints its ports as a line of JSON.
 */

import { type ClientHttp2Session, connect } from "node:http2";
import { createServer as createHttps } from "node:https";
import type { Server } from "node:net";
import { createServer as createTls } from "node:tls";
import { openAuthority } from "../access-broker/authority/authority.ts";
import { createServerCertificates } from "../access-broker/authority/server-certificates.ts";
import { windowOctets } from "../gateway-core/contract/link.ts";
import { systemClock as clock } from "../host/system-host.ts";

const [, , folder = ""] = process.argv;
const { servers } = await openAuthority(`${folder}/authority`, "bare.localhost", clock.now());
const certificates = await createServerCertificates({ maker: servers, host: "bare.localhost", clock });
const pair = await certificates.pairFor("bare.localhost");

let session: ClientHttp2Session | undefined;
const homes = createTls({ ...pair, minVersion: "TLSv1.3", ALPNProtocols: ["h2"] }, (socket) => {
  socket.setNoDelay(true);
  // The ticket's line.
  socket.once("readable", () => {
    socket.read("bare\n".length);
    session = connect("https://home.invalid", {
      createConnection: () => socket,
      settings: { initialWindowSize: windowOctets, enablePush: false },
    });
    session.once("connect", () => session?.setLocalWindowSize(windowOctets));
  });
});

/** What the home asks of a viewer's name and grant. */
const viewer = {
  "genkan-viewer": "hanako",
  "genkan-viewer-session": "bare",
  "genkan-viewer-grant": encodeURIComponent(JSON.stringify({ devices: { "*": { access: "control" } } })),
};
const users = createHttps(pair, (incoming, outgoing) => {
  const line = { ":method": incoming.method ?? "", ":authority": "bare.localhost", ":path": incoming.url ?? "" };
  const stream = session?.request({ ...line, ":scheme": "https", ...viewer }, { endStream: true });
  stream?.once("response", ({ ":status": status = 502, ...headers }) => {
    outgoing.writeHead(status, headers);
    stream.pipe(outgoing);
  });
  stream?.on("error", () => outgoing.destroy());
  outgoing.once("close", () => stream?.close());
});

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
const ports = { users: await listen(users), homes: await listen(homes), pid: process.pid };
process.stdout.write(`${JSON.stringify(ports)}\n`);
