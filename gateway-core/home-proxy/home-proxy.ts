/**
 * The home's own proxy for its computers: what they say goes over the home's link to the provider's outbound proxy as it is
 * and is read only there, and what comes back comes back as it is. Opens a socket towards the home, never towards the internet.
 */

import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Host } from "../contract/clock.ts";
import { HomeError, httpStatusOf, toHomeError } from "../contract/errors.ts";

const mostConnections = 256;
/** Refused sources that are remembered, so that each is logged once. */
const refusalsKept = 200;
/** A client that does not read its refusal is not waited for. */
const partingMs = 5_000;

export interface HomeProxyOptions {
  /** An address of this machine in the home. */
  readonly listen: string;
  /** 0: any free port. A taken port is an error: the home's computers have it in their settings. */
  readonly port: number;
  /** Whether an address belongs to the home's networks. */
  readonly isOfHome: (address: string) => boolean;
  /** A connection to the provider's outbound proxy, as this home. */
  readonly open: () => Promise<Duplex>;
  readonly host: Pick<Host, "clock" | "log">;
}

export interface HomeProxy extends AsyncDisposable {
  /** Such as `192.168.1.10:3128`. */
  readonly authority: string;
}

/** @throws HomeError `address-unusable` */
export async function openHomeProxy({ listen, port, isOfHome, open, host }: HomeProxyOptions): Promise<HomeProxy> {
  const { clock, log } = host;
  const sockets = new Set<Socket>();
  const told = new Set<string>();
  const warnOnce = (event: string, what: string): void => {
    if (told.has(`${event} ${what}`) || told.size >= refusalsKept) return;
    told.add(`${event} ${what}`);
    log.write("warn", event, { what });
  };

  async function serve(client: Socket): Promise<void> {
    // Browsers open connections that they may never use.
    if (!(await isSpoken(client))) return void client.destroy();
    try {
      join(client, await open());
    } catch (thrown) {
      const { code } = toHomeError(thrown);
      warnOnce("home-proxy-away", code);
      client.resume().end(refusal(toHomeError(thrown)));
      clock.after(partingMs, () => client.destroy());
    }
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const source = client.remoteAddress ?? "";
    client.on("error", () => undefined);
    if (!isOfHome(source)) {
      warnOnce("home-proxy-refused", source);
      client.destroy();
      return;
    }
    sockets.add(client);
    client.once("close", () => sockets.delete(client));
    void serve(client);
  });
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new HomeError("address-unusable", `cannot listen on ${listen}:${port}: ${cause.message}`, { port }, cause),
      ),
    );
    server.listen({ host: listen, port }, resolve);
  });
  server.removeAllListeners("error");
  server.on("error", (cause) => log.write("warn", "home-proxy-error", { cause: String(cause) }));

  const bound = server.address();
  const taken = typeof bound === "object" && bound !== null ? bound.port : port;
  return {
    authority: `${listen.includes(":") ? `[${listen}]` : listen}:${taken}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Resolves when the first octets are there, still unread; false when it closed without any. */
function isSpoken(client: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    client.once("readable", () => resolve(client.readableLength > 0));
    client.once("close", () => resolve(false));
  });
}

/** Octets both ways, as fast as each is taken; what breaks off on one side breaks off on the other. */
function join(client: Socket, line: Duplex): void {
  line.on("error", () => client.resetAndDestroy());
  line.once("close", () => (client.writableEnded ? undefined : client.resetAndDestroy()));
  client.once("close", () => line.destroy());
  if (client.destroyed) return void line.destroy();
  client.pipe(line);
  line.pipe(client);
}

/** What a client is told when there is no way out, whatever it asked. */
function refusal(error: HomeError): string {
  const body = JSON.stringify(error.toBody());
  const fields = ["content-type: application/problem+json", `content-length: ${Buffer.byteLength(body)}`];
  return [`HTTP/1.1 ${httpStatusOf[error.code]} Unavailable`, ...fields, "connection: close", "", body].join("\r\n");
}
