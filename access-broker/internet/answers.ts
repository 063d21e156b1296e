/** The access broker's own answers: its pages, redirections, and errors in words for people and codes for programs. */

import { type HomeError, httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import { problemResponse } from "../../gateway-core/contract/web.ts";
import { escapeHtml, type OwnPage, ownPagePolicy, renderOwnPage } from "./own-page.ts";
import { isForPerson, type Visit } from "./visit.ts";
import type { Word } from "./words.ts";

/** What a page of ours that reloads itself waits for. */
const reloadSeconds = 5;

/** `formTargets`: origins that a form on the page may lead to. */
export function pageAnswer(page: OwnPage, { speech }: Visit, status = 200, formTargets?: string): Response {
  return new Response(renderOwnPage(page, speech), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": ownPagePolicy(page, formTargets),
      "cache-control": "no-store",
      vary: "accept-language",
    },
  });
}

/** 303: whatever was asked, the next one is a GET. */
export function leadTo(location: string, ...cookies: readonly string[]): Response {
  const headers = new Headers({ location, "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** The browser forgets what it kept of this origin: pages, files and the worker (W3C Clear Site Data §3.1). */
export function forgetting(answer: Response): Response {
  answer.headers.set("clear-site-data", '"cache", "storage"');
  return answer;
}

/** An error, with `Retry-After` where its details say when. */
export function errorAnswer(thrown: unknown, visit: Visit): Response {
  const error = toHomeError(thrown);
  const answer = isForPerson(visit)
    ? pageAnswer(noticeOf(error, visit), visit, httpStatusOf[error.code])
    : problemResponse(error);
  const { retryAfter } = error.details;
  if (typeof retryAfter === "number") answer.headers.set("retry-after", String(retryAfter));
  const { allow } = error.details;
  if (Array.isArray(allow)) answer.headers.set("allow", allow.join(", "));
  return answer;
}

const notices: Partial<Record<HomeError["code"], readonly [Word, Word]>> = {
  "home-away": ["awayTitle", "awayText"],
  "page-not-wired": ["notWiredTitle", "notWiredText"],
  "not-found": ["notFoundTitle", "notFoundText"],
  "view-only": ["viewOnlyTitle", "viewOnlyText"],
  "unknown-device": ["notFoundTitle", "notFoundText"],
  "not-granted": ["notGrantedTitle", "notGrantedText"],
  "communication-method-not-allowed": ["notReachedTitle", "notReachedText"],
  "caller-withheld": ["callerTitle", "callerText"],
  internal: ["wrongTitle", "wrongText"],
};

function noticeOf({ code }: HomeError, { speech, method }: Visit): OwnPage {
  const [title, text] = notices[code] ?? (["refusedTitle", "refusedText"] as const);
  const isWaiting = (code === "home-away" || code === "page-not-wired") && method === "GET";
  return {
    title: speech.say(title),
    body: `<p role="status">${escapeHtml(speech.say(text, { code }))}</p>`,
    ...(isWaiting ? { reloadSeconds } : {}),
  };
}

/** On every answer of this door, the home's as well: other origins, homes too, may neither read nor embed it. */
export function guard(answer: Response, hstsSeconds: number): Response {
  const { headers } = answer;
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  headers.set("cross-origin-resource-policy", "same-origin");
  headers.set("cross-origin-opener-policy", "same-origin");
  if (!headers.has("referrer-policy")) headers.set("referrer-policy", "same-origin");
  if (hstsSeconds > 0) headers.set("strict-transport-security", `max-age=${hstsSeconds}`);
  return answer;
}
