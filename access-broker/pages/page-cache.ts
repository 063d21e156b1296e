/**
 * What the access broker keeps of homes' answers: the page's files, by home and content; and the pages that a person
 * was shown, by home, person and session, which are asked after at the home each time as long as it is there.
 */

import { createHash } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { type Encoding, encode, encodingFor, isNamed } from "./encoding.ts";
import { createKeptAnswers, type KeptLimits } from "./kept-answers.ts";
import type { RelayViewer } from "./page-relay.ts";

/** How long a page is shown of a home that is away. */
export const longestAwayMs: number = 24 * 60 * 60_000;
/** Of an entry's names and headers, roughly. */
const entryOctets = 2_048;

interface Entry {
  readonly octets: number;
  readonly headers: Headers;
  readonly etag: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A file of the page in the coding that it is sent in. */
export interface KeptAsset extends Entry {
  readonly kind: "asset";
}

/** A page as a person was shown it last, not encoded. */
export interface KeptPage extends Entry {
  readonly kind: "page";
  readonly path: string;
  readonly asked: AskedWith;
  readonly viewer: RelayViewer;
  /** When the home last said that it is so. */
  readonly at: number;
}

/** What of a request a page depends on, or is fetched anew with. */
export interface AskedWith {
  readonly authority: string;
  readonly language: string;
  readonly encoding: Encoding;
}

export interface PageCache {
  findAsset(number: AccessNumber, path: string, encoding: Encoding): KeptAsset | undefined;
  keepAsset(
    number: AccessNumber,
    path: string,
    encoding: Encoding,
    headers: Headers,
    body: Uint8Array<ArrayBuffer>,
  ): KeptAsset;
  findPage(number: AccessNumber, viewer: RelayViewer, path: string, language: string): KeptPage | undefined;
  keepPage(number: AccessNumber, page: Omit<KeptPage, "kind" | "octets" | "at">): KeptPage;
  /** The pages of a home that are young enough to be shown, the newest first. */
  pagesOf(number: AccessNumber): readonly KeptPage[];
  /** A session ended. */
  forgetSession(session: string): void;
  /** Somebody of a home is no more, or is granted something else: all of them are shown anew. */
  forgetPeople(number: AccessNumber): void;
  readonly octets: number;
}

export function createPageCache(clock: Clock, limits: KeptLimits): PageCache {
  const kept = createKeptAnswers<KeptAsset | KeptPage>(limits);
  const isYoung = ({ at }: KeptPage): boolean => clock.now() - at < longestAwayMs;
  const sizeOf = (body: Uint8Array): number => body.length + entryOctets;

  return {
    findAsset(number, path, encoding) {
      const found = kept.find(number, assetKey(path, encoding));
      return found?.kind === "asset" ? found : undefined;
    },
    keepAsset(number, path, encoding, headers, body) {
      const asset: KeptAsset = { kind: "asset", headers, body, etag: tagOf(body), octets: sizeOf(body) };
      kept.keep(number, assetKey(path, encoding), asset);
      return asset;
    },
    findPage(number, viewer, path, language) {
      const found = kept.find(number, pageKey(viewer, path, language));
      return found?.kind === "page" && found.viewer.user === viewer.user && isYoung(found) ? found : undefined;
    },
    keepPage(number, page) {
      const whole: KeptPage = { ...page, kind: "page", at: clock.now(), octets: sizeOf(page.body) };
      kept.remove(number, (one) => one.kind === "page" && !isYoung(one));
      kept.keep(number, pageKey(page.viewer, page.path, page.asked.language), whole);
      return whole;
    },
    pagesOf(number) {
      const pages = kept.list(number).flatMap(([, one]) => (one.kind === "page" && isYoung(one) ? [one] : []));
      return pages.sort((a, b) => b.at - a.at);
    },
    forgetSession: (session) => kept.removeEverywhere((one) => one.kind === "page" && one.viewer.session === session),
    forgetPeople: (number) => kept.remove(number, (one) => one.kind === "page"),
    get octets() {
      return kept.octets;
    },
  };
}

const assetKey = (path: string, encoding: Encoding): string => `asset ${encoding} ${path}`;
const pageKey = (viewer: RelayViewer, path: string, language: string): string =>
  `page ${viewer.session} ${scopeOf(viewer)} ${path} ${language}`;

/** Who asks and what they may do: who may do less is shown less, and what was shown before a change is shown no more. */
export function scopeOf({ session: _, source: __, ...scope }: RelayViewer): string {
  return createHash("sha256").update(JSON.stringify(scope)).digest("base64url");
}

/** Of what is sent, so that each coding has its own. */
export const tagOf = (body: Uint8Array): string =>
  `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;

/** The answer from what is kept: `304` to who has it already. */
export async function answerWith(
  { kind, headers: kept, etag, body: plain }: KeptAsset | KeptPage,
  asked: Headers,
): Promise<Response> {
  const headers = new Headers(kept);
  headers.delete("content-length");
  headers.set("etag", etag);
  const vary = (headers.get("vary") ?? "").toLowerCase().split(/\s*,\s*/);
  headers.set("vary", [...new Set([...vary, "accept-encoding"])].filter(Boolean).join(", "));
  if (isNamed(asked.get("if-none-match"), etag)) {
    for (const name of ["content-type", "content-encoding"]) headers.delete(name);
    return new Response(null, { status: 304, headers });
  }
  if (kind === "asset") return new Response(plain, { headers });
  const { body, encoding } = await encode(plain, encodingFor(asked.get("accept-encoding")));
  if (encoding !== "identity") headers.set("content-encoding", encoding);
  return new Response(body, { headers });
}
