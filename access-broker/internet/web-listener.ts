/** Joins Node's HTTP server (HTTP/1.1 and HTTP/2) to a function from a visit to a web Response, streaming with back-pressure. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { takeWaiting } from "../../gateway-core/bytes/gathered-pieces.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { writingAnswer, writingStream } from "./answer-writing.ts";
import { type CallerReading, callerOf } from "./caller-number.ts";
import type { Visit } from "./visit.ts";
import { speechFor } from "./words.ts";

/** Octets of a request's head. */
export const longestHead: number = 16 * 1024;

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

/** `answer` never rejects. */
export function createWebListener(answer: (visit: Visit) => Promise<Response>, caller?: CallerReading) {
  return (incoming: Incoming, outgoing: Outgoing): void => {
    const leaving = new AbortController();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    let isFinished = false;
    outgoing.once("finish", () => {
      isFinished = true;
    });
    outgoing.once("close", () => {
      // HTTP/2 tells "finish" of whatever ended, the viewer's leaving too; its stream knows.
      const isWhole = "stream" in outgoing ? !outgoing.stream.aborted : isFinished;
      if (!isWhole) leaving.abort();
      resolve();
    });
    // A viewer that resets its connection is told by "close".
    for (const side of [incoming, outgoing]) side.on("error", () => undefined);
    const serve = async (): Promise<void> => {
      const visit = visitOf(incoming, leaving.signal, closed, caller);
      await send(await answer(visit), visit, outgoing);
    };
    // Headers that no web API takes, of the request or of the answer: nothing can be said to them.
    serve().catch(() => cut(outgoing));
  };
}

/** What a door needs to know of a request. @throws HomeError `host-not-allowed` as `callerOf`, `body-too-large` */
export function visitOf(incoming: Incoming, signal: AbortSignal, closed: Promise<void>, caller?: CallerReading): Visit {
  const target = incoming.url ?? "";
  const at = target.indexOf("?");
  const headers = headersOf(incoming.rawHeaders);
  const { serverName, address } = endsOf(incoming);
  const asserted = caller === undefined ? null : headers.get(caller.header);
  if (caller !== undefined) headers.delete(caller.header);
  const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
  return {
    method: incoming.method ?? "",
    target,
    path: at < 0 ? target : target.slice(0, at),
    query: new URLSearchParams(at < 0 ? "" : target.slice(at + 1)),
    authority: authorityOf(incoming.rawHeaders),
    serverName,
    headers,
    source: caller?.network === undefined ? address : callerOf(caller.network, asserted, incoming),
    speech: speechFor(headers.get("accept-language")),
    body: hasBody ? incoming : null,
    signal,
    closed,
  };
}

/** HTTP/2 hands out its socket behind a proxy; both tell the same. */
function endsOf({ socket }: Incoming): { readonly serverName: string; readonly address: string } {
  const name = "servername" in socket ? socket.servername : undefined;
  return { serverName: typeof name === "string" ? name : "", address: socket.remoteAddress ?? "" };
}

/** @throws HomeError `body-too-large`: what HTTP/2 announces as its limit, nobody has to keep. */
function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  let octets = 0;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = "", value = ""] = [raw[at], raw[at + 1]];
    octets += name.length + value.length;
    if (octets > longestHead) throw new HomeError("body-too-large", "a head is shorter", { maximum: longestHead });
    if (!name.startsWith(":")) headers.append(name, value);
  }
  return headers;
}

/** `:authority` and `Host`, which must not contradict each other; empty when they do, or when there is none. */
function authorityOf(raw: readonly string[]): string {
  const told = new Set(
    raw.filter((_, at) => at % 2 === 1 && [":authority", "host"].includes((raw[at - 1] ?? "").toLowerCase())),
  );
  const [authority = ""] = told;
  return told.size === 1 ? authority.toLowerCase() : "";
}

async function send(response: Response, { method, signal: left }: Visit, outgoing: Outgoing): Promise<void> {
  const { status, headers, body } = response;
  const reader = method === "HEAD" ? undefined : body?.getReader();
  const leave = (): void => void reader?.cancel().catch(() => undefined);
  if (left.aborted) return leave();
  left.addEventListener("abort", leave, { once: true });
  const cookies = headers.getSetCookie();
  const fields = { ...Object.fromEntries(headers), ...(cookies.length > 0 ? { "set-cookie": cookies } : {}) };
  if ("stream" in outgoing) outgoing.writeHead(status, fields);
  else outgoing.writeHead(status, fields);
  if (body === null || reader === undefined) return void outgoing.end();
  const write = "stream" in outgoing ? writingStream(outgoing) : writingAnswer(outgoing);
  try {
    for (let piece = await reader.read(); !piece.done && !left.aborted; piece = await reader.read()) {
      await write(piece.value, takeWaiting(body));
    }
    outgoing.end();
  } catch {
    cut(outgoing);
  }
}

/** What broke off must not look whole. */
function cut(outgoing: Outgoing): void {
  if ("stream" in outgoing) outgoing.stream.destroy(new Error("the answer broke off"));
  else outgoing.destroy();
}
