/**
 * The relay with its cache: the page's files come from memory, a page only after the home has said that it is still so,
 * and a page of a home that is away as the person saw it last, marked as old and with nothing to touch.
 */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isOwnPage, isSharedAsset, keepingOf, longestKept } from "./cache-rules.ts";
import { type Encoding, encode, encodingFor } from "./encoding.ts";
import {
  type AskedWith,
  answerWith,
  type KeptAsset,
  type KeptPage,
  type PageCache,
  scopeOf,
  tagOf,
} from "./page-cache.ts";
import type { PageRelay, RelayRequest, RelayViewer } from "./page-relay.ts";
import { stillPage, stillPolicy } from "./still-page.ts";
import { wholeBody } from "./whole-body.ts";

export interface CachedRelay extends PageRelay {
  /** The home offers its page: what people of it looked at is fetched anew. Settles when all is fetched; never rejects. */
  warm(number: AccessNumber): Promise<void>;
}

export interface CachedRelayOptions {
  readonly relay: PageRelay["relay"];
  readonly cache: PageCache;
  readonly now: () => number;
  /** Whether a session still stands, and sees what it saw. */
  readonly isOpen: (viewer: RelayViewer) => Promise<boolean>;
  /** What is said above the last page of a home that is away, in the viewer's language. */
  readonly sayAway: (ageMs: number, acceptLanguage: string | null) => string;
}

/** Of a home's people, whose first pages are fetched when the home comes back. */
const mostWarmed = 8;
const mostPreloads = 16;
const longestLanguage = 64;
const firstPages = ["/", "/c"];
const validators = ["if-none-match", "if-modified-since", "if-range", "range"];

export function createCachedRelay({ relay, cache, now, isOpen, sayAway }: CachedRelayOptions): CachedRelay {
  const inFetching = new Map<string, Promise<Response | KeptAsset>>();
  /** A home may say as often as it likes that it is back. */
  const inWarming = new Set<AccessNumber>();

  async function relayAsset(request: RelayRequest, number: AccessNumber, viewer: RelayViewer): Promise<Response> {
    const { target } = request;
    const encoding = encodingFor(request.headers.get("accept-encoding"));
    const kept = cache.findAsset(number, target, encoding);
    if (kept !== undefined) return answerWith(kept, request.headers);
    // Who asks while it is under way waits for it, unless it turns out to be nobody else's.
    const begun = await inFetching.get(keyOf(number, target, encoding))?.catch(() => undefined);
    const fetched =
      begun === undefined || begun instanceof Response ? await fetchAsset(request, number, viewer, encoding) : begun;
    return fetched instanceof Response ? fetched : answerWith(fetched, request.headers);
  }

  function fetchAsset(
    request: RelayRequest,
    number: AccessNumber,
    viewer: RelayViewer,
    encoding: Encoding,
  ): Promise<Response | KeptAsset> {
    const key = keyOf(number, request.target, encoding);
    const fetched = askAsset(request, number, viewer, encoding).finally(() => inFetching.delete(key));
    inFetching.set(key, fetched);
    return fetched;
  }

  /** From the home, whole, in one coding; what may not be kept is handed on as it comes. */
  async function askAsset(
    request: RelayRequest,
    number: AccessNumber,
    viewer: RelayViewer,
    encoding: Encoding,
  ): Promise<Response | KeptAsset> {
    const { target } = request;
    const headers = without(request.headers, [...validators, "cookie"]);
    headers.set("accept-encoding", encoding);
    const answer = await relay({ ...request, headers }, number, viewer);
    const told = answer.headers.get("content-encoding") ?? "identity";
    if (!isSharedAsset(target, answer.status, answer.headers) || ![encoding, "identity"].includes(told)) return answer;
    const read = await wholeBody(answer.body, longestKept);
    if ("rest" in read) return new Response(read.rest, answer);
    if (told !== "identity" || encoding === "identity") {
      return cache.keepAsset(number, target, encoding, answer.headers, read.whole);
    }
    const { body, encoding: reached } = await encode(read.whole, encoding);
    const coded = new Headers(answer.headers);
    if (reached !== "identity") coded.set("content-encoding", reached);
    return cache.keepAsset(number, target, encoding, coded, body);
  }

  async function relayPage(request: RelayRequest, number: AccessNumber, viewer: RelayViewer): Promise<Response> {
    try {
      const fetched = await fetchPage(request, number, viewer);
      return fetched instanceof Response ? fetched : await answerWith(fetched, request.headers);
    } catch (thrown) {
      const isAway = thrown instanceof HomeError && thrown.code === "home-away";
      const isForPerson = (request.headers.get("accept") ?? "").includes("text/html");
      const last = isAway && isForPerson ? await lastPage(request, number, viewer) : undefined;
      if (last === undefined) throw thrown;
      return awayAnswer(last, request.headers);
    }
  }

  /** The home is asked each time; it need not send again what has not changed. */
  async function fetchPage(
    request: RelayRequest,
    number: AccessNumber,
    viewer: RelayViewer,
  ): Promise<Response | KeptPage> {
    const path = request.target;
    const asked = askedWith(request);
    const kept = cache.findPage(number, viewer, path, asked.language);
    const headers = without(request.headers, [...validators, "accept-encoding"]);
    if (kept !== undefined) headers.set("if-none-match", kept.etag);
    const answer = await relay({ ...request, headers }, number, viewer);
    if (answer.status === 304 && kept !== undefined) return cache.keepPage(number, kept);
    if (!isOwnPage(answer.status, answer.headers)) return answer;
    const read = await wholeBody(answer.body, longestKept);
    if ("rest" in read) return new Response(read.rest, answer);
    const etag = answer.headers.get("etag") ?? `W/${tagOf(read.whole)}`;
    const fetched = cache.keepPage(number, { path, asked, viewer, headers: answer.headers, etag, body: read.whole });
    void fetchAssets(fetched, number);
    return fetched;
  }

  /** What the page says it needs (RFC 8288 `Link`, preload) is fetched before the browser asks. Never rejects. */
  async function fetchAssets({ headers: told, asked, viewer }: KeptPage, number: AccessNumber): Promise<void> {
    const missing = preloads(told).filter((target) => cache.findAsset(number, target, asked.encoding) === undefined);
    const fetched = missing.map(async (target) => {
      const request = { ...warming, authority: asked.authority, target, headers: new Headers() };
      const answer = await fetchAsset(request, number, viewer, asked.encoding);
      if (answer instanceof Response) await answer.body?.cancel();
    });
    await Promise.allSettled(fetched);
  }

  /** The session's own, else what this person was shown elsewhere by a session that still stands. */
  async function lastPage(
    request: RelayRequest,
    number: AccessNumber,
    viewer: RelayViewer,
  ): Promise<KeptPage | undefined> {
    const { session } = viewer;
    const scope = scopeOf(viewer);
    const isTheirs = (page: KeptPage): boolean => scopeOf(page.viewer) === scope && page.path === request.target;
    const pages = cache.pagesOf(number).filter(isTheirs);
    const { language } = askedWith(request);
    const rank = (page: KeptPage): number =>
      (page.asked.language === language ? 2 : 0) + (page.viewer.session === session ? 1 : 0);
    for (const page of pages.sort((a, b) => rank(b) - rank(a))) {
      if (page.viewer.session === session || (await isOpen(page.viewer))) return page;
    }
    return undefined;
  }

  async function awayAnswer(page: KeptPage, asked: Headers): Promise<Response> {
    const ageMs = Math.max(0, now() - page.at);
    const text = stillPage(new TextDecoder().decode(page.body), sayAway(ageMs, asked.get("accept-language")));
    const { body, encoding } = await encode(new TextEncoder().encode(text), encodingFor(asked.get("accept-encoding")));
    const headers = new Headers({
      "content-type": page.headers.get("content-type") ?? "text/html; charset=utf-8",
      "content-security-policy": stillPolicy,
      "cache-control": "no-store",
      age: String(Math.floor(ageMs / 1_000)),
      vary: "accept-encoding, accept-language",
    });
    if (encoding !== "identity") headers.set("content-encoding", encoding);
    return new Response(body, { headers });
  }

  return {
    relay(request, number, viewer) {
      const keeping = keepingOf(request.method, request.target);
      if (keeping === "asset") return relayAsset(request, number, viewer);
      if (keeping === "page") return relayPage(request, number, viewer);
      return relay(request, number, viewer);
    },
    async warm(number) {
      if (inWarming.has(number)) return;
      inWarming.add(number);
      const firsts = cache.pagesOf(number).filter(({ path }) => firstPages.includes(path));
      const fetched = firsts.slice(0, mostWarmed).map(async ({ viewer, path: target, asked }) => {
        if (!(await isOpen(viewer))) return cache.forgetSession(viewer.session);
        const headers = new Headers({ accept: "text/html", "accept-language": asked.language });
        headers.set("accept-encoding", asked.encoding);
        const answer = await fetchPage({ ...warming, authority: asked.authority, target, headers }, number, viewer);
        if (answer instanceof Response) await answer.body?.cancel();
        else await fetchAssets(answer, number);
      });
      await Promise.allSettled(fetched);
      inWarming.delete(number);
    },
  };
}

const keyOf = (number: AccessNumber, target: string, encoding: Encoding): string => `${number} ${encoding} ${target}`;

/** What nobody waits for. */
const warming = { method: "GET", body: new Uint8Array(0), signal: new AbortController().signal };

const askedWith = ({ authority, headers }: RelayRequest): AskedWith => ({
  authority,
  language: (headers.get("accept-language") ?? "").slice(0, longestLanguage),
  encoding: encodingFor(headers.get("accept-encoding")),
});

function without(headers: Headers, names: readonly string[]): Headers {
  const rest = new Headers(headers);
  for (const name of names) rest.delete(name);
  return rest;
}

/** `</assets/a.css>; rel=preload; as=style`; only what would be kept. */
function preloads(headers: Headers): readonly string[] {
  const links = (headers.get("link") ?? "").matchAll(/<([^<>]{1,256})>\s*;[^<]*?\brel="?(?:module)?preload\b/g);
  const targets = [...links].map(([, target = ""]) => `/${target.replace(/^\.?\//, "")}`);
  return [...new Set(targets)].filter((target) => keepingOf("GET", target) === "asset").slice(0, mostPreloads);
}
