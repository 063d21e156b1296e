/** The data link at the gateway's end: presents a ticket, then serves HTTP/2 in reverse over the connection that it dialled. */

import { constants, type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { type Grant, parseGrant } from "../contract/grant.ts";
import { viewerHeaders, windowOctets } from "../contract/link.ts";
import { type Handler, problemResponse, type Viewer } from "../contract/web.ts";

const mostStreams = 256;
/** The broker pings every 10 s: a link that is silent for so long has lost it. */
const silenceMs = 45_000;
const longestBody = 64 * 1024;

export interface DataServer {
  readonly closed: Promise<void>;
  close(): void;
}

/** @throws HomeError `home-away` when the link ends before it began, and the socket's error when the ticket cannot be written. */
export async function serveDataLink(
  socket: Socket,
  ticket: string,
  handler: Handler,
  onFailure: (cause: unknown) => void,
): Promise<DataServer> {
  socket.setNoDelay(true);
  // Written to the end before HTTP/2 takes over: Node 24 aborts the process when a write is still under way then.
  await new Promise<void>((resolve, reject) => {
    socket.write(`${ticket}\n`, (error) => (error ? reject(error) : resolve()));
  });
  if (socket.destroyed) throw new HomeError("home-away", "the access broker ended the data link");
  const session = performServerHandshake(socket, {
    settings: { initialWindowSize: windowOctets, maxConcurrentStreams: mostStreams, enableConnectProtocol: false },
  });
  session.setLocalWindowSize(windowOctets);
  session.on("error", () => undefined);
  session.setTimeout(silenceMs, () => session.destroy());
  session.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => undefined);
    void serve(stream, headers, handler, onFailure);
  });
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.once("close", resolve);
  return {
    closed,
    close: () => session.destroy(),
  };
}

/** Never rejects: what goes wrong is the answer, or breaks it off. */
async function serve(
  stream: ServerHttp2Stream,
  head: IncomingHttpHeaders,
  handler: Handler,
  onFailure: (cause: unknown) => void,
): Promise<void> {
  const leaving = new AbortController();
  stream.once("close", () => leaving.abort());
  const { signal } = leaving;
  const ask = async (): Promise<Response> => handler(await requestOf(stream, head, signal), viewerOf(head));
  const { status, headers, body } = await ask().catch((thrown: unknown) => {
    if (toHomeError(thrown).code === "internal" && !signal.aborted) onFailure(thrown);
    return problemResponse(thrown);
  });
  if (stream.destroyed) return void body?.cancel().catch(() => undefined);
  const cookies = headers.getSetCookie();
  const fields = {
    ...Object.fromEntries(headers),
    ...(cookies.length > 0 ? { "set-cookie": cookies } : {}),
    [constants.HTTP2_HEADER_STATUS]: status,
  };
  const reader = body?.getReader();
  stream.once("close", () => void reader?.cancel().catch(() => undefined));
  try {
    stream.respond(fields, { endStream: reader === undefined });
    if (reader === undefined) return;
    for (let piece = await reader.read(); !piece.done && !stream.destroyed; piece = await reader.read()) {
      if (!stream.write(piece.value)) await drained(stream);
    }
    stream.end();
  } catch (thrown) {
    if (!signal.aborted) onFailure(thrown);
    // Not `close`: that would end the body first, and what is cut must not look whole.
    stream.destroy(toHomeError(thrown));
  }
}

function drained(stream: ServerHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.on("drain", done).on("close", done);
  });
}

async function requestOf(stream: ServerHttp2Stream, head: IncomingHttpHeaders, signal: AbortSignal): Promise<Request> {
  const method = String(head[constants.HTTP2_HEADER_METHOD]);
  const url = `https://${head[constants.HTTP2_HEADER_AUTHORITY]}${head[constants.HTTP2_HEADER_PATH]}`;
  const headers = new Headers();
  for (const [name, value] of Object.entries(head)) {
    if (name.startsWith(":") || name.startsWith("genkan-") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  const body = method === "GET" || method === "HEAD" ? null : await bodyOf(stream);
  return new Request(url, { method, headers, signal, body });
}

/** The whole body: commands and forms are small. */
async function bodyOf(stream: ServerHttp2Stream): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    octets += chunk.length;
    if (octets > longestBody) throw new HomeError("body-too-large", `a body has at most ${longestBody} octets here`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/**
 * The access broker has judged the request already, and says for whom it asks and what they were granted.
 * @throws HomeError `not-granted`
 */
function viewerOf(head: IncomingHttpHeaders): Viewer {
  const text = (name: string): string => String(head[name] ?? "");
  const [name, session] = [decodeName(text(viewerHeaders.name)), text(viewerHeaders.session)];
  return { name, from: "remote", session, grant: grantOf(text(viewerHeaders.grant)) };
}

/** What cannot be read grants nothing: a mistake at the broker must not open the home. */
function grantOf(encoded: string): Grant {
  try {
    return parseGrant(JSON.parse(decodeURIComponent(encoded)));
  } catch (cause) {
    throw new HomeError("not-granted", "the access broker said no grant that can be read", {}, cause);
  }
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
