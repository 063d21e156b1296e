/** The page's own HTTP server on the LAN side (loopback by default): names, networks, then the handler. Opens a socket. */

import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { getRequestListener } from "@hono/node-server";
import type { Host } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { wholeGrant } from "../contract/grant.ts";
import { type Handler, problemResponse, type Viewer } from "../contract/web.ts";
import { homeNetworks, isOwnHost } from "./home-network.ts";

const portsTried = 100;
const connections = 512;
const closingMs = 1_000;
/** Refused sources that are remembered, so that each is logged once. */
const refusalsKept = 200;

export interface PageServerOptions {
  readonly handler: Handler;
  /** The address to listen on. */
  readonly listen: string;
  /** 0: any free port. A taken port moves to the next free one. */
  readonly port: number;
  /** Names beside loopback and the server's own address that a Host header may have. */
  readonly hostNames: readonly string[];
  /** Where requests may come from; loopback always. */
  readonly networks: readonly string[];
  readonly host: Host;
}

export interface PageServer extends AsyncDisposable {
  readonly url: string;
}

/** @throws HomeError `address-unusable`, `settings-invalid` */
export async function openPageServer(options: PageServerOptions): Promise<PageServer> {
  const { handler, listen: address, port, hostNames, networks, host } = options;
  const isOfHome = homeNetworks(networks);
  const streams = new Set<ServerResponse>();
  const refused = new Set<string>();

  const refuse = (error: HomeError, source: string, what: string): Response => {
    const key = `${error.code} ${source} ${what}`;
    if (!refused.has(key) && refused.size < refusalsKept) {
      refused.add(key);
      host.log.write("warn", "page-request-refused", { code: error.code, source, host: what });
    }
    return problemResponse(error);
  };

  const listener = getRequestListener(
    async (request, { incoming, outgoing }) => {
      const source = incoming.socket.remoteAddress ?? "";
      const named = incoming.headers.host ?? "";
      if (!isOfHome(source)) {
        return refuse(new HomeError("not-registered-broker", "only the home's own networks may ask"), source, named);
      }
      if (!isOwnHost(named, incoming.socket.localAddress ?? "", hostNames)) {
        return refuse(new HomeError("host-not-allowed", `"${named}" is no name of this page`), source, named);
      }
      const response = await handler(request, localViewer(source));
      if (response.headers.get("content-type") === "text/event-stream" && "chunkedEncoding" in outgoing) {
        streams.add(outgoing);
        outgoing.once("close", () => streams.delete(outgoing));
      }
      return response;
    },
    { overrideGlobalObjects: false },
  );
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  server.maxConnections = connections;
  const taken = await takePort(server, address, port);
  // Without a listener, a failing accept (no file descriptor left, say) would end the process.
  server.on("error", (error) => host.log.write("warn", "page-server-error", { cause: String(error) }));
  if (port !== 0 && taken !== port) host.log.write("info", "page-port-moved", { from: port, to: taken });

  return {
    url: `http://${reachableHost(address)}:${taken}/`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const stream of streams) stream.destroy();
      server.closeIdleConnections();
      const late = host.clock.after(closingMs, () => server.closeAllConnections());
      await closed;
      late.cancel();
    },
  };
}

/** Who is in the home may see and do everything in it. */
const localViewer = (source: string): Viewer => ({ name: "local", from: "local", session: source, grant: wholeGrant });

/** Resolves to the port that was free. */
async function takePort(server: Server, address: string, port: number): Promise<number> {
  const last = port === 0 ? 0 : Math.min(65_535, port + portsTried);
  for (let candidate = port; candidate <= last; candidate++) {
    const problem = await tryToListen(server, address, candidate);
    if (problem === undefined) return boundPort(server.address(), candidate);
    if (problem !== "EADDRINUSE") {
      throw new HomeError("address-unusable", `cannot listen on ${address}:${candidate}: ${problem}`, { address });
    }
  }
  throw new HomeError("address-unusable", `all ports of ${address} from ${port} to ${last} are taken`, {
    address,
    port,
  });
}

/** Resolves to the system's error code, or undefined when the server listens. */
async function tryToListen(server: Server, address: string, port: number): Promise<string | undefined> {
  // Leaves no listener behind, however many ports are tried.
  const listening = once(server, "listening");
  server.listen(port, address);
  try {
    await listening;
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown";
  }
}

function boundPort(bound: AddressInfo | string | null, asked: number): number {
  return typeof bound === "object" && bound !== null ? bound.port : asked;
}

/** A host for a URL: where the server listens on every address, one that others in the home can use. */
function reachableHost(address: string): string {
  const isAny = address === "0.0.0.0" || address === "::";
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outer = isAny ? all.find(({ family, internal }) => family === "IPv4" && !internal)?.address : address;
  const host = outer ?? "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
