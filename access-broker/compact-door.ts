/**
 * Simple terminals at a home's origin, and at `https://<host>/n/<access number>/` for those that know no names: whatever
 * is answered becomes Compact HTML in the terminal's own signs, its addresses absolute, its session a cookie of that path.
 */

import { Readable } from "node:stream";
import { type AccessNumber, isAccessNumber } from "../gateway-core/contract/access-number.ts";
import type { Clock } from "../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { errorAnswer } from "./internet/answers.ts";
import { pathCookies, withOwnCookies } from "./internet/path-cookies.ts";
import { readBody, type Visit } from "./internet/visit.ts";
import { speechFor } from "./internet/words.ts";
import { compactPieces } from "./pages/compact-filter.ts";
import { encodeShiftJis, formFromShiftJis } from "./pages/shift-jis.ts";
import { type Terminal, terminalOf } from "./pages/terminal.ts";
import { wholeBody } from "./pages/whole-body.ts";

type Door = (visit: Visit, number: AccessNumber) => Promise<Response>;

export interface CompactDoorOptions {
  readonly clock: Clock;
  readonly host: string;
  readonly home: Door;
  readonly bareHost: (visit: Visit) => Promise<Response>;
}

export interface CompactDoor {
  readonly home: Door;
  readonly bareHost: (visit: Visit) => Promise<Response>;
}

/** Longer pages are none for such a terminal. */
const longestPage = 256 * 1024;
const longestForm = 64 * 1024;
const pieceName = "gk-page";
const pathForm = /^\/n\/([^/]+)(\/.*)?$/;
/** What there is under a path: the login and the compact pages, which carry no script. */
const pathPages = /^\/(?:login|logout|password|c(?:\/.*)?)?$/;

export function createCompactDoor({ clock, host, home, bareHost }: CompactDoorOptions): CompactDoor {
  /** `visit` as the home's door understands it; `prefix` is the path before it, `address` where the terminal is. */
  async function serve(visit: Visit, number: AccessNumber, terminal: Terminal, place: Place): Promise<Response> {
    const { prefix, address } = place;
    const isOpening = visit.method === "GET" || visit.method === "HEAD";
    if (visit.path === "/" && isOpening) return lead(`${address}${prefix}/c/`, new Headers());
    const headers = new Headers(visit.headers);
    for (const name of ["accept-encoding", "if-none-match", "if-modified-since", "range"]) headers.delete(name);
    headers.set("accept", "text/html");
    if (terminal.charset === "Shift_JIS" && !headers.has("accept-language")) headers.set("accept-language", "ja");
    const inner = { ...visit, headers, speech: speechFor(headers.get("accept-language")) };
    const told = terminal.charset === "Shift_JIS" && !isOpening ? await transcoded(inner, clock) : inner;
    const answer = await home(told, number).catch((thrown: unknown) => errorAnswer(toHomeError(thrown), told));
    const location = answer.headers.get("location");
    if (location !== null) return lead(absolute(location, inner, place), answer.headers, answer.status);
    return answer.headers.get("content-type")?.startsWith("text/html")
      ? compact(answer, inner, terminal, place)
      : answer;
  }

  /** The provider's own pages; what leads to a home leads to its path. */
  async function plainly(visit: Visit): Promise<Response> {
    const terminal = terminalOf(visit.headers);
    const headers = new Headers(visit.headers);
    headers.set("accept", "text/html");
    const isPage = visit.path === "/" || visit.path === "/homes" || visit.path.startsWith("/homes/");
    if (!terminal.isCompact || !isPage) return bareHost(visit);
    const isOpening = visit.method === "GET" || visit.method === "HEAD";
    const told = { ...visit, headers, speech: speechFor(headers.get("accept-language")) };
    const inner = terminal.charset === "Shift_JIS" && !isOpening ? await transcoded(told, clock) : told;
    const answer = await bareHost(inner).catch((thrown: unknown) => errorAnswer(toHomeError(thrown), inner));
    const address = `https://${visit.authority}`;
    const pathOf = (to: string): string | undefined => hostPath(to, visit, host);
    const location = answer.headers.get("location");
    if (location !== null) return lead(`${address}${pathOf(location) ?? "/"}`, answer.headers, answer.status);
    return compact(answer, inner, terminal, { prefix: "", address }, pathOf);
  }

  return {
    async home(visit, number) {
      const terminal = terminalOf(visit.headers);
      if (!terminal.isCompact || visit.path.startsWith("/api/") || visit.path.startsWith("/things")) {
        return home(visit, number);
      }
      return serve(visit, number, terminal, { prefix: "", address: `https://${visit.authority}` });
    },

    async bareHost(visit) {
      const [, number = "", rest = ""] = pathForm.exec(visit.path) ?? [];
      if (number === "") return plainly(visit);
      if (!isAccessNumber(number) || !pathPages.test(rest)) throw new HomeError("not-found", "there is nothing here");
      const prefix = `/n/${number}`;
      const address = `https://${visit.authority}`;
      if (rest === "") return lead(`${address}${prefix}/`, new Headers());
      const inner = {
        ...visit,
        path: rest,
        target: visit.target.slice(prefix.length),
        authority: `${number}.${host}${visit.authority.slice(host.length)}`,
        headers: withOwnCookies(visit.headers),
      };
      return pathCookies(await serve(inner, number, terminalOf(visit.headers), { prefix, address }), prefix);
    },
  };
}

interface Place {
  readonly prefix: string;
  readonly address: string;
}

/** To where it is for the terminal; undefined where it leads away from the home. */
function ownAddress(told: string, { authority, path }: Visit, { prefix }: Place): string | undefined {
  const here = `https://${authority}${path}`;
  if (!URL.canParse(told, here)) return undefined;
  const { host, pathname, search } = new URL(told, here);
  const isOwn = host === new URL(here).host;
  return isOwn ? `${prefix}${pathname}${search}` : undefined;
}

/** Likewise of a page of the bare host: a home has a path there. */
function hostPath(told: string, { authority, path }: Visit, bare: string): string | undefined {
  const here = `https://${authority}${path}`;
  if (!URL.canParse(told, here)) return undefined;
  const { host, hostname, pathname, search } = new URL(told, here);
  if (host === new URL(here).host) return `${pathname}${search}`;
  const number = hostname.endsWith(`.${bare}`) ? hostname.slice(0, -bare.length - 1) : "";
  return isAccessNumber(number) ? `/n/${number}/` : undefined;
}

const absolute = (location: string, visit: Visit, place: Place): string => {
  const own = ownAddress(location, visit, place) ?? `${place.prefix}/c/`;
  return `${place.address}${own === `${place.prefix}/` ? `${place.prefix}/c/` : own}`;
};

/** The first terminals know no 303. */
function lead(location: string, headers: Headers, status = 303): Response {
  const told = new Headers(headers);
  told.set("location", location);
  told.set("cache-control", "no-store");
  return new Response(null, { status: status === 303 ? 302 : status, headers: told });
}

async function compact(
  answer: Response,
  visit: Visit,
  { charset }: Terminal,
  place: Place,
  addressOf = (address: string): string | undefined => ownAddress(address, visit, place),
): Promise<Response> {
  const read = await wholeBody(answer.body, longestPage);
  if ("rest" in read) {
    await read.rest.cancel();
    throw new HomeError("body-too-large", "the page is too long for a simple terminal", { maximum: longestPage });
  }
  const { path, query, method } = visit;
  const pieces = compactPieces(new TextDecoder().decode(read.whole), {
    addressOf,
    pieceAt: method === "GET" ? (piece) => `${place.prefix}${path}?${pieceName}=${piece}` : undefined,
  });
  const wished = Number(query.get(pieceName) ?? 1);
  const page = pieces[Number.isInteger(wished) ? wished - 1 : 0] ?? pieces[0] ?? "";
  const headers = new Headers(answer.headers);
  for (const name of ["content-length", "etag", "link"]) headers.delete(name);
  headers.set("content-type", `text/html; charset=${charset}`);
  headers.set(
    "content-security-policy",
    "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  headers.set("vary", "accept, accept-language, user-agent");
  const body = charset === "Shift_JIS" ? encodeShiftJis(page) : new TextEncoder().encode(page);
  return new Response(body, { status: answer.status, headers });
}

/** A form in the terminal's own signs, as everybody else sends it. */
async function transcoded(visit: Visit, clock: Clock): Promise<Visit> {
  const body = new TextEncoder().encode(
    formFromShiftJis(new TextDecoder("latin1").decode(await readBody(visit, longestForm, clock))),
  );
  const headers = new Headers(visit.headers);
  headers.set("content-length", String(body.length));
  return { ...visit, headers, body: Readable.from([body]) };
}
