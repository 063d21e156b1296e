/**
 * Asks a web server for a stream (RFC 9110): as it is sent, never unpacked. Where it leads elsewhere it is followed some
 * times, and what it was told to let us in goes to its own address alone.
 */

import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { HttpOrigin } from "./av-origin.ts";
import { readableWire } from "./readable-wire.ts";
import { type Reason, sourceTrouble } from "./source-trouble.ts";
import type { OctetWire } from "./wires.ts";

const mostRedirects = 5;
const redirects = [301, 302, 303, 307, 308];
const refusals: { readonly [status: number]: Reason } = {
  401: "not-allowed",
  403: "not-allowed",
  404: "not-there",
  410: "not-there",
  429: "busy",
  503: "busy",
};

/** @throws HomeError why there is no stream, or the signal's reason */
export async function askForStream({ url, authorization }: HttpOrigin, signal: AbortSignal): Promise<OctetWire> {
  let at = url;
  for (let followed = 0; followed <= mostRedirects; followed++) {
    const answer = await ask(at, at.origin === url.origin ? authorization : undefined, signal);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200 && isPlain(headers["content-encoding"])) {
      return readableWire(answer, headers["content-length"] !== undefined);
    }
    answer.destroy();
    if (!redirects.includes(statusCode)) throw sourceTrouble(refusals[statusCode] ?? "answer");
    at = targetOf(headers.location, at);
  }
  throw sourceTrouble("answer");
}

function ask(url: URL, authorization: string | undefined, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const headers = {
      accept: "*/*",
      "accept-encoding": "identity",
      "user-agent": "Genkan",
      ...(authorization === undefined ? {} : { authorization }),
    };
    const request = url.protocol === "https:" ? requestHttps : requestHttp;
    // A connection of its own: it ends with the stream.
    const asking = request(url, { agent: false, headers });
    const onAbort = (): void => {
      asking.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    asking.on("error", (cause) => reject(sourceTrouble(reasonFor(cause), cause)));
    // No stream is sent by leaving HTTP; without a listener the socket would stay open.
    asking.once("upgrade", (_answer, socket) => {
      socket.destroy();
      reject(sourceTrouble("answer"));
    });
    asking.once("close", () => signal.removeEventListener("abort", onAbort));
    asking.once("response", (answer) => {
      signal.removeEventListener("abort", onAbort);
      answer.on("error", () => undefined);
      resolve(answer);
    });
    asking.end();
  });
}

/** What is packed would have to be unpacked: a little of it can be without end. */
const isPlain = (encoding: string | undefined): boolean => encoding === undefined || encoding === "identity";

/** @throws HomeError the server leads to what is no web address; a name and password that it gives are its own matter */
function targetOf(location: string | undefined, from: URL): URL {
  if (location === undefined || !URL.canParse(location, from)) throw sourceTrouble("answer");
  const target = new URL(location, from);
  if (target.protocol !== "http:" && target.protocol !== "https:") throw sourceTrouble("answer");
  target.username = "";
  target.password = "";
  return target;
}

function reasonFor(cause: Error): Reason {
  const code = "code" in cause ? String(cause.code) : "";
  // What Node's parsers do not take: another protocol, a head without end.
  if (code.startsWith("HPE_") || code === "EPROTO") return "answer";
  return /CERT|SIGNATURE|TLS|SSL|SIGNED/.test(code) ? "certificate" : "unreachable";
}
