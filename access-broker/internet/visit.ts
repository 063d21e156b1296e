/** One request as it came in at the users' door: what a door needs of it, whether it came by HTTP/1.1 or HTTP/2. */

import type { Readable } from "node:stream";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJson, isJsonObject, type JsonObject } from "../../gateway-core/contract/json.ts";
import type { Speech } from "./words.ts";

export interface Visit {
  readonly method: string;
  /** The request target as it was sent, such as `/things?x=1`. */
  readonly target: string;
  /** The target without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** `Host` or `:authority` as it was sent, with its port. */
  readonly authority: string;
  /** The name in the TLS handshake (SNI). */
  readonly serverName: string;
  readonly headers: Headers;
  /** The address that the connection comes from, or the number that an access network says (caller-number.ts). */
  readonly source: string;
  readonly speech: Speech;
  readonly body: Readable | null;
  /** Aborts when the viewer leaves before the answer is whole. */
  readonly signal: AbortSignal;
  /** Resolves when the answer is whole or the viewer has left. */
  readonly closed: Promise<void>;
}

const bodyMs = 15_000;

/**
 * The whole body.
 * @throws HomeError `body-too-large`, `command-invalid` when it does not come to its end in 15 s.
 */
export function readBody({ body, headers }: Visit, maximum: number, clock: Clock): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    if (body === null) return resolve(new Uint8Array(0));
    const chunks: Uint8Array[] = [];
    let octets = 0;
    /** The rest is not read; the server drops it after its answer. */
    const fail = (error: HomeError): void => {
      timer.cancel();
      body.off("data", onData).pause();
      reject(error);
    };
    const tooLarge = (): HomeError =>
      new HomeError("body-too-large", `a body has at most ${maximum} octets here`, { maximum });
    const onData = (chunk: Uint8Array): void => {
      octets += chunk.length;
      chunks.push(chunk);
      if (octets > maximum) fail(tooLarge());
    };
    const timer = clock.after(bodyMs, () => fail(new HomeError("command-invalid", "the body came too slowly")));
    if (Number(headers.get("content-length") ?? 0) > maximum) return fail(tooLarge());
    body.on("data", onData);
    body.once("end", () => {
      timer.cancel();
      resolve(new Uint8Array(Buffer.concat(chunks)));
    });
    body.once("close", () => fail(new HomeError("command-invalid", "the body broke off")));
  });
}

/** A form, or a JSON object with the same members. */
const longestForm = 32 * 1024;

/** The fields of a form. @throws HomeError `unsupported-media-type`, `body-too-large` */
export async function readForm(visit: Visit, clock: Clock, longest = 4096): Promise<URLSearchParams> {
  const type = typeOf(visit);
  if (type !== "application/x-www-form-urlencoded") {
    throw new HomeError("unsupported-media-type", `a form is awaited here, not "${type}"`, { type });
  }
  return new URLSearchParams(Buffer.from(await readBody(visit, longest, clock)).toString("utf8"));
}

/**
 * The members of a form or of a JSON object, as a person's browser and a program send them.
 * @throws HomeError `unsupported-media-type`, `body-too-large`, `command-invalid`
 */
export async function readMembers(visit: Visit, clock: Clock): Promise<JsonObject> {
  if (typeOf(visit) !== "application/json") return Object.fromEntries(await readForm(visit, clock, longestForm));
  const text = Buffer.from(await readBody(visit, longestForm, clock)).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    if (isJson(value) && isJsonObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new HomeError("command-invalid", "the body is no JSON object");
}

const typeOf = ({ headers }: Visit): string =>
  headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? "";

/** A person's browser that opens or posts a page: it gets words. A program gets the code. */
export function isForPerson({ headers }: Visit): boolean {
  return (headers.get("accept") ?? "").includes("text/html");
}
