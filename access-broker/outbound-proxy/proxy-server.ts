/** The outbound proxy's socket towards homes' computers: HTTP/1.1 over TLS, CONNECT and absolute-form (RFC 9110 §7.3.2, §9.3.6). */

import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { type Listening, listenOn } from "../../gateway-core/bytes/listening.ts";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Log } from "../../gateway-core/contract/clock.ts";
import { httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import { forward } from "./forward.ts";
import { createGate, type GateOptions, type Passage } from "./gate.ts";
import { createQuotas, type QuotaLimits } from "./quotas.ts";
import type { Way } from "./target.ts";
import type { TimeLimits } from "./time-limit.ts";
import { joinTunnel } from "./tunnel.ts";

const handshakeMs = 10_000;
const headMs = 10_000;
const betweenRequestsMs = 15_000;
const longestHead = 16 * 1024;
const mostConnections = 4_000;
/** A home with many computers comes from one address. */
const mostFromOneSource = 512;
/** How soon a home that may no longer use the proxy loses what it has open. */
const recheckMs = 60_000;

export interface OutboundProxy extends Listening {
  /** Since the start. */
  readonly counters: () => ProxyCounters;
}

export interface ProxyCounters {
  readonly tunnels: number;
  readonly requests: number;
  readonly refused: number;
  readonly octets: number;
}

export interface OutboundProxyOptions extends Omit<GateOptions, "quotas"> {
  readonly log: Log;
  /** The certificate for a name; rejects for a foreign one. */
  readonly contextFor: (serverName: string) => Promise<SecureContext>;
  readonly limits: TimeLimits & QuotaLimits;
}

/** @throws an error of `listen` as Node tells it. */
export async function openOutboundProxy(
  address: string,
  port: number,
  options: OutboundProxyOptions,
): Promise<OutboundProxy> {
  const { clock, log, limits, contextFor, isAllowed } = options;
  const quotas = createQuotas(clock, limits);
  const gate = createGate({ ...options, quotas });
  const counters = { tunnels: 0, requests: 0, refused: 0, octets: 0 };
  const onOctets = (octets: number): void => {
    counters.octets += octets;
  };
  /** What is open, by home. */
  const passages = new Map<Passage, AccessNumber>();

  async function admit(incoming: IncomingMessage, way: Way): Promise<Passage> {
    const left = new AbortController();
    const leave = (): void => left.abort();
    incoming.socket.once("close", leave);
    try {
      const passage = await gate({
        way,
        method: incoming.method ?? "",
        target: incoming.url ?? "",
        headers: incoming.rawHeaders,
        source: incoming.socket.remoteAddress ?? "",
        left: left.signal,
      });
      passages.set(passage, passage.number);
      passage.upstream.once("close", () => passages.delete(passage));
      return passage;
    } catch (thrown) {
      counters.refused += 1;
      const { code, cause } = toHomeError(thrown);
      if (code === "internal") log.write("error", "proxy-failed", { cause: String(cause) });
      throw thrown;
    } finally {
      incoming.socket.off("close", leave);
    }
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse, isAwaited: boolean): Promise<void> {
    for (const side of [incoming, outgoing]) side.on("error", () => undefined);
    try {
      const passage = await admit(incoming, "request");
      counters.requests += 1;
      if (isAwaited) outgoing.writeContinue();
      await forward(incoming, outgoing, passage, { clock, limits, longestHead, onOctets });
    } catch (thrown) {
      const { status, fields, body } = refusal(thrown);
      // The rest of a body is not read, and nothing is read after what could be read in two ways.
      const hasBody = incoming.headers["content-length"] !== undefined || "transfer-encoding" in incoming.headers;
      outgoing.writeHead(status, { ...fields, ...(hasBody || status === 400 ? { connection: "close" } : {}) });
      outgoing.end(body);
    }
  }

  async function tunnel(incoming: IncomingMessage, client: Duplex, head: Uint8Array): Promise<void> {
    client.on("error", () => undefined);
    try {
      const passage = await admit(incoming, "tunnel");
      counters.tunnels += 1;
      await joinTunnel(client, head, passage, { clock, limits, onOctets });
    } catch (thrown) {
      const { status, fields, body } = refusal(thrown);
      const lines = Object.entries({ ...fields, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`);
      client.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
      // A client that does not read its refusal is not waited for.
      clock.after(headMs, () => client.destroy());
    }
  }

  const server = createServer({
    minVersion: "TLSv1.2",
    handshakeTimeout: handshakeMs,
    headersTimeout: headMs,
    keepAliveTimeout: betweenRequestsMs,
    requestTimeout: limits.longestMs,
    connectionsCheckingInterval: headMs / 2,
    maxHeaderSize: longestHead,
    insecureHTTPParser: false,
    // In a tunnel one side may have said all while it still listens.
    allowHalfOpen: true,
    SNICallback: (name, done) => {
      contextFor(name).then(
        (context) => done(null, context),
        () => done(null),
      );
    },
  });
  server.maxHeadersCount = 0;
  server.maxConnections = mostConnections;
  server.on("request", (incoming, outgoing) => void serve(incoming, outgoing, false));
  server.on("checkContinue", (incoming, outgoing) => void serve(incoming, outgoing, true));
  server.on("connect", (incoming, client, head) => void tunnel(incoming, client, head));
  const fromSource = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const { remoteAddress: source = "" } = socket;
    const count = (fromSource.get(source) ?? 0) + 1;
    fromSource.set(source, count);
    socket.once("close", () => {
      const left = (fromSource.get(source) ?? 1) - 1;
      if (left === 0) fromSource.delete(source);
      else fromSource.set(source, left);
    });
    if (count > mostFromOneSource) socket.destroy();
  });
  const listening = await listenOn(server, { host: address, port }, (cause) =>
    log.write("error", "proxy-port-failed", { cause: String(cause) }),
  );

  const recheck = async (): Promise<void> => {
    for (const number of new Set(passages.values())) {
      if (await isAllowed(number)) continue;
      for (const [{ upstream }, of] of passages) if (of === number) upstream.destroy();
    }
  };
  const look = (): void => {
    rechecking = clock.after(recheckMs, look);
    recheck().catch((cause: unknown) => log.write("error", "proxy-recheck-failed", { cause: String(cause) }));
  };
  let rechecking = clock.after(recheckMs, look);

  return {
    ...listening,
    get isListening() {
      return listening.isListening;
    },
    counters: () => ({ ...counters }),
    async [Symbol.asyncDispose]() {
      rechecking.cancel();
      for (const { upstream } of passages.keys()) upstream.destroy();
      await listening[Symbol.asyncDispose]();
      log.write("info", "proxy-closed", counters);
    },
  };
}

/** The same octets for the same code, whatever led to it. */
function refusal(thrown: unknown) {
  const error = toHomeError(thrown);
  const status = httpStatusOf[error.code];
  const body = JSON.stringify(error.toBody());
  const { retryAfter } = error.details;
  const fields: Record<string, string> = {
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    "cache-control": "no-store",
    ...(status === 407 ? { "proxy-authenticate": 'Basic realm="genkan", charset="UTF-8"' } : {}),
    ...(typeof retryAfter === "number" ? { "retry-after": String(retryAfter) } : {}),
  };
  return { status, fields, body };
}
