/** The registered-broker rule: this gateway talks to the one access broker whose authority its card named, and to nobody else. Opens the sockets of this room. */

import { createHash, X509Certificate } from "node:crypto";
import { request } from "node:http";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { linkLabel } from "../contract/access-number.ts";
import type { Clock } from "../contract/clock.ts";
import { type ErrorCode, HomeError, httpStatusOf } from "../contract/errors.ts";
import { isJsonObject, type Json } from "../contract/json.ts";
import type { FindLocalEnd } from "./link-interface.ts";

const dialMs = 10_000;
const longestAnswer = 64 * 1024;

/** Where the broker is, and the authority that must have signed its name. */
export interface BrokerAddress {
  /** Origin of the user port. */
  readonly broker: string;
  readonly ca: string;
  /** Where connections to it begin. */
  readonly from?: FindLocalEnd | undefined;
}

/**
 * Dials one port of the broker; resolves when both ends are sure of each other as far as TLS tells.
 * @throws HomeError `not-registered-broker` when somebody else answers, `home-away` when nobody does.
 */
export function dial(
  clock: Clock,
  { broker, ca, from }: BrokerAddress,
  port: number,
  options: ConnectionOptions,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...placeOf(broker), ...from?.(), port, ca, minVersion: "TLSv1.3", ...options });
    const fail = (error: HomeError): void => {
      timer.cancel();
      socket.destroy();
      reject(error);
    };
    const timer = clock.after(dialMs, () => fail(unreachable("it does not answer")));
    socket.on("error", (cause) => fail(toldBy(cause)));
    socket.once("secureConnect", () => {
      timer.cancel();
      const wanted = options.ALPNProtocols;
      if (wanted === undefined || socket.alpnProtocol) return resolve(socket);
      fail(new HomeError("not-registered-broker", "it does not speak the link's protocol"));
    });
  });
}

/**
 * Asks the user port under the name that the broker has towards gateways, believing only its own authority.
 * @throws HomeError as `dial`, and the broker's own error when it answers with one.
 */
export async function ask(clock: Clock, address: BrokerAddress, path: string, body?: Json): Promise<Json> {
  const { port, hostname } = new URL(address.broker);
  const socket = await dial(clock, address, Number(port || 443), { ALPNProtocols: ["http/1.1"] });
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      host: `${linkLabel}.${hostname}${port === "" ? "" : `:${port}`}`,
      accept: "application/json",
      ...(text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
    };
    const method = text === undefined ? "GET" : "POST";
    const sent = request({ createConnection: () => socket, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      let octets = 0;
      response.on("data", (chunk: Buffer) => {
        octets += chunk.length;
        if (octets <= longestAnswer) chunks.push(chunk);
        else sent.destroy();
      });
      response.once("end", () => {
        timer.cancel();
        socket.destroy();
        const answer = parseJson(Buffer.concat(chunks).toString("utf8"));
        if (response.statusCode === 200) resolve(answer);
        else reject(refusalOf(answer));
      });
    });
    const timer = clock.after(dialMs, () => sent.destroy());
    sent.once("error", (cause) => {
      timer.cancel();
      reject(toldBy(cause));
    });
    sent.once("close", () => reject(unreachable("it broke off")));
    sent.end(text);
  });
}

/**
 * Finds the broker's authority by the fingerprint on a card: whoever answers shows certificates, and only one that the
 * fingerprint names is believed from then on.
 * @throws HomeError `not-registered-broker`, `home-away`
 */
export async function findAuthority(
  clock: Clock,
  { broker, caSha256, from }: Pick<BrokerAddress, "broker" | "from"> & { readonly caSha256: string },
): Promise<string> {
  // Nothing is said over this connection; the next one believes only what was found here.
  const look = { rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
  const socket = await dial(clock, { broker, ca: "", from }, Number(new URL(broker).port || 443), look);
  try {
    for (let at = socket.getPeerCertificate(true); at?.raw !== undefined; at = at.issuerCertificate) {
      if (createHash("sha256").update(at.raw).digest("hex") === caSha256) return new X509Certificate(at.raw).toString();
      if (at.issuerCertificate === at) break;
    }
  } finally {
    socket.destroy();
  }
  throw new HomeError("not-registered-broker", `${broker} is not the access broker that the card names`, { broker });
}

/** `localhost` and every name below it is this machine, whether or not the resolver knows (RFC 6761 §6.3). */
function placeOf(broker: string): { readonly host: string; readonly servername: string } {
  const { hostname } = new URL(broker);
  const isLocal = hostname === "localhost" || hostname.endsWith(".localhost");
  return { host: isLocal ? "127.0.0.1" : hostname, servername: `${linkLabel}.${hostname}` };
}

/** What a socket's error tells: what the certificate or the handshake says against one end is no mere absence. */
export function toldBy(cause: Error & { readonly code?: string }): HomeError {
  const { code = "", message } = cause;
  if (/^(?:ERR_TLS_CERT|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_|HOSTNAME_MISMATCH)/.test(code)) {
    return new HomeError("not-registered-broker", `another access broker answers: ${message}`, { reason: code }, cause);
  }
  if (/^ERR_SSL_.*ALERT/.test(code)) {
    return new HomeError(
      "certificate-refused",
      `the access broker refuses this gateway: ${message}`,
      { reason: code },
      cause,
    );
  }
  return unreachable(message, cause);
}

const unreachable = (reason: string, cause?: unknown): HomeError =>
  new HomeError("home-away", `the access broker is not reached: ${reason}`, { reason }, cause);

function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The error that a problem answer tells of (RFC 9457). */
function refusalOf(answer: Json): HomeError {
  const { code, message, status: _status, title: _title, ...details } = isJsonObject(answer) ? answer : {};
  if (isCode(code) && typeof message === "string") return new HomeError(code, message, details);
  return new HomeError("internal", "the access broker answers with an error that it does not explain");
}

const isCode = (value: unknown): value is ErrorCode => typeof value === "string" && Object.hasOwn(httpStatusOf, value);
