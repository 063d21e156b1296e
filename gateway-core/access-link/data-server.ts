/** The data link at the gateway's end: presents a ticket, then serves HTTP/2 in reverse over the connection that it dialled. */

import { constants, type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { drained } from "../bytes/drained.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { windowOctets } from "../contract/link.ts";
import { type Handler, problemResponse, type SocketHandler } from "../contract/web.ts";
import { BulkLane, type BulkLaneOptions } from "./bulk-lane.ts";
import { serveSocket } from "./data-socket.ts";
import { requestLineOf, viewerOf } from "./link-request.ts";

const mostStreams = 256;
/** The broker pings every 10 s: a link that is silent for so long has lost it. */
const silenceMs = 45_000;
const longestBody = 64 * 1024;
/** An answer that says that it is so long is a file: whoever saves it can wait, whoever commands cannot. */
const leastBulkOctets = 256 * 1024;
/** Pictures without end (`motion.jpg`) may wait as well: who is slow gets fewer. */
const endless = "multipart/x-mixed-replace";

/** Who serves what comes over the link; without `sockets` there is no WebSocket in this home. */
export interface DataHandlers {
  readonly handler: Handler;
  readonly sockets?: SocketHandler | undefined;
  /** What long answers may take of the line; without it they take what there is. */
  readonly line?: Pick<BulkLaneOptions, "clock" | "leftKbps"> | undefined;
}

export interface DataServer {
  readonly closed: Promise<void>;
  close(): void;
}

/** @throws HomeError `home-away` when the link ends before it began, and the socket's error when the ticket cannot be written. */
export async function serveDataLink(
  socket: Socket,
  ticket: string,
  { handler, sockets, line }: DataHandlers,
  onFailure: (cause: unknown) => void,
): Promise<DataServer> {
  socket.setNoDelay(true);
  // Written to the end before HTTP/2 takes over: Node 24 aborts the process when a write is still under way then.
  await new Promise<void>((resolve, reject) => {
    socket.write(`${ticket}\n`, (error) => (error ? reject(error) : resolve()));
  });
  if (socket.destroyed) throw new HomeError("home-away", "the access broker ended the data link");
  const session = performServerHandshake(socket, {
    settings: { initialWindowSize: windowOctets, maxConcurrentStreams: mostStreams, enableConnectProtocol: true },
  });
  session.setLocalWindowSize(windowOctets);
  session.on("error", () => undefined);
  session.setTimeout(silenceMs, () => session.destroy());
  const probe = (): Promise<void> =>
    new Promise((resolve) => {
      // A link that is gone answers nothing, and nobody waits for it any more.
      if (session.destroyed || !session.ping(() => resolve())) resolve();
    });
  const bulk = line && new BulkLane({ ...line, probe });
  session.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => undefined);
    if (headers[constants.HTTP2_HEADER_METHOD] === "CONNECT") void serveSocket(stream, headers, sockets, onFailure);
    else void serve(stream, headers, { handler, bulk }, onFailure);
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
  { handler, bulk }: { readonly handler: Handler; readonly bulk: BulkLane | undefined },
  onFailure: (cause: unknown) => void,
): Promise<void> {
  const leaving = new AbortController();
  stream.once("close", () => leaving.abort());
  const { signal } = leaving;
  const ask = async (): Promise<Response> => {
    const { method, url, headers } = requestLineOf(head);
    const body = method === "GET" || method === "HEAD" ? null : await bodyOf(stream);
    return handler(new Request(url, { method, headers, signal, body }), viewerOf(head));
  };
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
    const lane = isBulk(headers) ? bulk : undefined;
    const isOver = (): boolean => stream.destroyed;
    const write = async (octets: Uint8Array): Promise<void> => {
      if (!stream.write(octets)) await drained(stream);
    };
    for (let piece = await reader.read(); !piece.done && !isOver(); piece = await reader.read()) {
      if (lane === undefined) await write(piece.value);
      else await lane.send(piece.value, write, isOver);
    }
    stream.end();
  } catch (thrown) {
    if (!signal.aborted) onFailure(thrown);
    // Not `close`: that would end the body first, and what is cut must not look whole.
    stream.destroy(toHomeError(thrown));
  }
}

const isBulk = (headers: Headers): boolean =>
  Number(headers.get("content-length") ?? 0) >= leastBulkOctets ||
  headers.get("content-type")?.startsWith(endless) === true;

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
