/** Reads what a request to own management shows: where it was made, its cookies, its bounded form (Fetch Metadata; RFC 6454; RFC 6265). */

import { isIP } from "node:net";
import { HomeError } from "../contract/errors.ts";

/** Cookies of this origin alone: `__Host-` takes neither a domain nor a path. */
export const cookieNames: { readonly session: "__Host-genkan-own"; readonly device: "__Host-genkan-own-device" } = {
  session: "__Host-genkan-own",
  device: "__Host-genkan-own-device",
};

const longestForm = 16 * 1024;

/**
 * A name that foreign pages could have pointed here is none of ours: addresses, and the names of the settings.
 * @throws HomeError `host-not-allowed`
 */
export function checkHost({ host, hostname }: URL, hostNames: readonly string[]): void {
  const plain = hostname.replace(/^\[|\]$/g, "");
  const isOwn =
    isIP(plain) !== 0 || hostname === "localhost" || hostNames.some((name) => name.toLowerCase() === hostname);
  if (!isOwn) throw new HomeError("host-not-allowed", `"${host}" is no name of this home`);
}

/**
 * What changes something, or is read by a script, is asked by this origin's own pages or by a program; another site may
 * only lead here.
 * @throws HomeError `origin-not-allowed`
 */
export function checkOrigin({ method, headers, url }: Request): void {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  const isRead = method === "GET" || method === "HEAD";
  const isLed = isRead && headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
  const isOwnSite = site === null || site === "same-origin" || site === "none" || isLed;
  const isOwnOrigin = origin === null || origin === new URL(url).origin;
  if (!isOwnSite || !isOwnOrigin) throw new HomeError("origin-not-allowed", "only the home's own page may ask this");
}

export function cookieOf({ headers }: Request, name: string): string | undefined {
  const values = (headers.get("cookie") ?? "").split(";").flatMap((one) => {
    const [key, ...rest] = one.trim().split("=");
    return key === name ? [rest.join("=")] : [];
  });
  // Two of a name could be read in two ways.
  return values.length === 1 && /^[A-Za-z0-9_-]{43}$/.test(values[0] ?? "") ? values[0] : undefined;
}

/** `seconds`: 0 takes it away; undefined: until the browser ends. */
export function cookieLine(name: string, value: string, seconds?: number): string {
  const age = seconds === undefined ? "" : `; Max-Age=${seconds}`;
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax${age}`;
}

/** @throws HomeError `unsupported-media-type`, `body-too-large` */
export async function readForm({ headers, body }: Request): Promise<URLSearchParams> {
  const type = (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") throw new HomeError("unsupported-media-type", "a form is awaited");
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of body ?? []) {
    octets += chunk.length;
    if (octets > longestForm) throw new HomeError("body-too-large", "the form is too long", { maximum: longestForm });
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}
