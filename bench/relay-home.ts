/**
 * Run by benches: a home that dials the access broker as a gateway does and answers by a plain handler, and the same handler
 * without anything between, over HTTPS. Argument: a HomePlan as JSON; prints where it is asked directly as a line of JSON.
 */

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { connect } from "node:tls";
import { openAuthority } from "../access-broker/authority/authority.ts";
import { createServerCertificates } from "../access-broker/authority/server-certificates.ts";
import { openAccessLink } from "../gateway-core/access-link/broker-link.ts";
import { serveDataLink } from "../gateway-core/access-link/data-server.ts";
import { enrol, parseCard } from "../gateway-core/access-link/enrol.ts";
import type { Log } from "../gateway-core/contract/clock.ts";
import { wholeGrant } from "../gateway-core/contract/grant.ts";
import type { Handler } from "../gateway-core/contract/web.ts";
import { systemClock as clock, systemIds as ids, stderrLog } from "../host/system-host.ts";

export interface HomePlan {
  /** Its folder, and the card in it. */
  readonly folder: string;
  readonly card: string;
  /** Where the links go in the place of the broker's own port, such as to a slow line. */
  readonly linkPort?: number;
  /** Of a bare pipe (relay-pipe.ts) that the home serves too. */
  readonly pipePort?: number;
}

/** A page of 1 kB. */
const page = new TextEncoder().encode(JSON.stringify({ page: "x".repeat(1_011) }));
const piece = new Uint8Array(64 * 1024).fill(0x2a);

/** `/things` is a page; `/devices/recorder/pages/film?octets=N` as many octets; whatever else, done. */
const handler: Handler = async ({ url, signal }) => {
  const { pathname, searchParams } = new URL(url);
  if (pathname === "/things") return new Response(page, { headers: { "content-type": "application/json" } });
  if (!pathname.endsWith("/film")) return Response.json({});
  let left = Number(searchParams.get("octets"));
  const film = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (signal.aborted || left <= 0) return controller.close();
        controller.enqueue(left < piece.length ? piece.subarray(0, left) : piece);
        left -= piece.length;
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(film, { headers: { "content-type": "application/octet-stream" } });
};

const { folder, card, linkPort, pipePort } = JSON.parse(process.argv[2] ?? "") as HomePlan;
const memory = { read: () => undefined, write: () => undefined };
// What goes as it should is not told.
const log: Log = { write: (level, ...rest) => level !== "info" && stderrLog().write(level, ...rest) };
const host = { clock, ids, log, memory };

const registration = await enrol(parseCard(readFileSync(card, "utf8")), host);
const link = openAccessLink({
  host,
  registration: { ...registration, gatewayPort: linkPort ?? registration.gatewayPort },
  handler,
});
link.setPage(true);

if (pipePort !== undefined) {
  const socket = connect({ port: pipePort, host: "127.0.0.1", rejectUnauthorized: false, ALPNProtocols: ["h2"] });
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  await serveDataLink(socket, "bare", { handler }, (cause) => process.stderr.write(`pipe: ${cause}\n`));
}

const { servers } = await openAuthority(`${folder}/authority`, "bare.localhost", clock.now());
const certificates = await createServerCertificates({ maker: servers, host: "bare.localhost", clock });
const viewer = { name: "hanako", from: "local", session: "bare", grant: wholeGrant } as const;
const direct = createServer(await certificates.pairFor("bare.localhost"), async (incoming, outgoing) => {
  const answer = await handler(new Request(`https://bare.localhost${incoming.url}`), viewer);
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  outgoing.end(new Uint8Array(await answer.arrayBuffer()));
}).listen({ host: "127.0.0.1", port: 0 }, () => {
  const address = direct.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ port, pid: process.pid })}\n`);
});
