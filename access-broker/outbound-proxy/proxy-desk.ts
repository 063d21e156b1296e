/** What the doors of the outbound proxy share: requests in absolute-form and tunnels of CONNECT (RFC 9110 §7.3.2, §9.3.6), judged, counted, and ended when they may no longer be. */

import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Log } from "../../gateway-core/contract/clock.ts";
import { httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { Identify } from "./caller.ts";
import { forward } from "./forward.ts";
import { createGate, type GateOptions, type Passage } from "./gate.ts";
import { createQuotas, type QuotaLimits } from "./quotas.ts";
import type { Way } from "./target.ts";
import type { TimeLimits } from "./time-limit.ts";
import { joinTunnel } from "./tunnel.ts";

/** How long the head of a request may take. */
const headMs = 10_000;
const betweenRequestsMs = 15_000;
const longestHead = 16 * 1024;
/** What is open is looked at so often: within a second it ends when its home, its person or its password may no longer. */
const recheckMs = 500;

export interface ProxyCounters {
  readonly tunnels: number;
  readonly requests: number;
  readonly refused: number;
  readonly octets: number;
}

export interface ProxyDeskOptions extends Omit<GateOptions, "quotas"> {
  readonly log: Log;
  readonly limits: TimeLimits & QuotaLimits;
}

export interface ProxyDesk extends Disposable {
  /** Has a server of HTTP/1.1 answer as a proxy, to whom `identify` says. */
  serve(server: Server, identify: Identify): void;
  /** Since the start. */
  readonly counters: () => ProxyCounters;
}

/** What every server of HTTP/1.1 here holds its clients to. */
export const serverLimits: {
  readonly headersTimeout: number;
  readonly keepAliveTimeout: number;
  readonly connectionsCheckingInterval: number;
  readonly maxHeaderSize: number;
  readonly insecureHTTPParser: false;
} = {
  headersTimeout: headMs,
  keepAliveTimeout: betweenRequestsMs,
  connectionsCheckingInterval: headMs / 2,
  maxHeaderSize: longestHead,
  insecureHTTPParser: false,
};

export function createProxyDesk(options: ProxyDeskOptions): ProxyDesk {
  const { clock, log, limits, policyOf } = options;
  const quotas = createQuotas(clock, limits);
  const gate = createGate({ ...options, quotas });
  const counters = { tunnels: 0, requests: 0, refused: 0, octets: 0 };
  const onOctets = (octets: number): void => {
    counters.octets += octets;
  };
  const open = new Set<Passage>();

  async function admit(incoming: IncomingMessage, way: Way, identify: Identify): Promise<Passage> {
    const left = new AbortController();
    const leave = (): void => left.abort();
    incoming.socket.once("close", leave);
    try {
      const passage = await gate({
        way,
        method: incoming.method ?? "",
        target: incoming.url ?? "",
        headers: incoming.rawHeaders,
        identify: () => identify(incoming),
        left: left.signal,
      });
      open.add(passage);
      passage.upstream.once("close", () => open.delete(passage));
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

  async function answer(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    identify: Identify,
    isAwaited: boolean,
  ): Promise<void> {
    for (const side of [incoming, outgoing]) side.on("error", () => undefined);
    try {
      const passage = await admit(incoming, "request", identify);
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

  async function tunnel(
    incoming: IncomingMessage,
    client: Duplex,
    head: Uint8Array,
    identify: Identify,
  ): Promise<void> {
    client.on("error", () => undefined);
    try {
      const passage = await admit(incoming, "tunnel", identify);
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

  /** Each home and each credential is asked after once, however much it has open. */
  const recheck = async (): Promise<void> => {
    const known = new Map<string, boolean>();
    for (const { caller, upstream } of [...open]) {
      const { number, mark, mayStill } = caller;
      const isFine = known.get(mark) ?? ((await policyOf(number)) !== undefined && (await mayStill()));
      known.set(mark, isFine);
      if (!isFine) upstream.destroy();
    }
  };
  let hasFailed = false;
  const look = async (): Promise<void> => {
    try {
      await recheck();
      hasFailed = false;
    } catch (cause) {
      // Until the store answers again, what is open lives on; said once.
      if (!hasFailed) log.write("error", "proxy-recheck-failed", { cause: String(cause) });
      hasFailed = true;
    }
    if (!isClosed) rechecking = clock.after(recheckMs, () => void look());
  };
  let isClosed = false;
  let rechecking = clock.after(recheckMs, () => void look());

  return {
    serve(server, identify) {
      server.maxHeadersCount = 0;
      server.on("request", (incoming, outgoing) => void answer(incoming, outgoing, identify, false));
      server.on("checkContinue", (incoming, outgoing) => void answer(incoming, outgoing, identify, true));
      server.on("connect", (incoming, client, head) => void tunnel(incoming, client, head, identify));
    },
    counters: () => ({ ...counters }),
    [Symbol.dispose]() {
      isClosed = true;
      rechecking.cancel();
      for (const { upstream } of open) upstream.destroy();
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
