/** Reads what a request asks to change: where it comes from, its media type, its bounded body (docs/interfaces.md, HTTP). */

import { HomeError } from "../contract/errors.ts";
import { type Json, jsonIn } from "../contract/json.ts";
import type { Viewer } from "../contract/web.ts";

const bodyOctets = 65_536;

/**
 * A request that changes something comes from our own page, or from a program that sends neither header.
 * The access broker knows the origin that a remote viewer sees, and has judged it.
 * @throws HomeError `origin-not-allowed`
 */
export function checkOrigin(request: Request, viewer: Viewer): void {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") throw foreign(site);
  const origin = request.headers.get("origin");
  if (viewer.from === "local" && origin !== null && origin !== new URL(request.url).origin) throw foreign(origin);
}

export function isForm(request: Request): boolean {
  return mediaType(request) === "application/x-www-form-urlencoded";
}

/**
 * The body as JSON; an empty body is null.
 * @throws HomeError `unsupported-media-type`, `body-too-large`, `command-invalid`
 */
export async function readJson(request: Request): Promise<Json> {
  const type = mediaType(request);
  if (type !== "application/json") {
    throw new HomeError("unsupported-media-type", `application/json is awaited, not "${type}"`, { type });
  }
  const text = await readText(request);
  if (text === "") return null;
  const value = jsonIn(text);
  if (value === undefined) throw new HomeError("command-invalid", "the body is no JSON, or nested too deep");
  return value;
}

/** @throws HomeError `body-too-large` */
export async function readForm(request: Request): Promise<URLSearchParams> {
  return new URLSearchParams(await readText(request));
}

/** The fields of a form that may hold a small file, as texts; "" for one that is not there. @throws HomeError `body-too-large`, `unsupported-media-type` */
export async function readFields(request: Request): Promise<(name: string) => string> {
  const type = request.headers.get("content-type") ?? "";
  const form = await new Response(await readText(request), { headers: { "content-type": type } })
    .formData()
    .catch((cause: unknown) => {
      throw new HomeError("unsupported-media-type", "a form is awaited", { type }, cause);
    });
  const fields = new Map<string, string>();
  for (const [name, value] of form) fields.set(name, typeof value === "string" ? value : await value.text());
  return (name) => fields.get(name) ?? "";
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let octets = 0;
  for await (const chunk of request.body ?? []) {
    octets += chunk.byteLength;
    if (octets > bodyOctets) {
      throw new HomeError("body-too-large", `a body has at most ${bodyOctets} octets`, { maximum: bodyOctets });
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function mediaType(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function foreign(origin: string): HomeError {
  return new HomeError("origin-not-allowed", "only the home's own page may ask this", { origin });
}
