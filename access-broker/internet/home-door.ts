/** A home's origin: the challenge, and for who has passed it the way on to the home (docs/interfaces.md, origins). */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError, httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import { errorAnswer, leadTo, pageAnswer } from "./answers.ts";
import { loginForm, logoutForm, passwordForm } from "./forms.ts";
import type { OpenAnswers } from "./open-answers.ts";
import { noSessionCookie, sessionCookie, sessionToken } from "./session-cookie.ts";
import { isForPerson, readBody, readForm, type Visit } from "./visit.ts";
import type { Speech, Word } from "./words.ts";

export interface DoorSession {
  readonly id: string;
  readonly user: string;
  readonly mustChangePassword: boolean;
}

/** A request that goes on to the home, its body whole. */
export interface HomeRequest {
  readonly method: string;
  /** Host and port as the viewer knows them. */
  readonly authority: string;
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
}

/** What the other rooms do for this door. */
export interface HomeDoorOptions {
  readonly clock: Clock;
  readonly sessions: {
    begin(number: AccessNumber, user: string): Promise<string>;
    find(token: string, number: AccessNumber): Promise<DoorSession | undefined>;
    end(id: string): Promise<void>;
  };
  /** @throws HomeError `login-refused`, `too-many-attempts` */
  readonly judge: (number: AccessNumber, user: string, password: string, source: string) => Promise<void>;
  /** @throws HomeError `password-unsuitable`, `login-refused`, `too-many-attempts` */
  readonly changePassword: (
    who: { readonly number: AccessNumber; readonly user: string; readonly source: string },
    current: string | undefined,
    next: string,
  ) => Promise<void>;
  /** The first firewall. @throws HomeError with why not. */
  readonly admit: (line: {
    readonly method: string;
    readonly target: string;
    readonly contentType: string | undefined;
    readonly length: number;
  }) => void;
  readonly longestBody: number;
  readonly relay: (
    request: HomeRequest,
    number: AccessNumber,
    viewer: { readonly user: string; readonly session: string },
  ) => Promise<Response>;
  readonly openAnswers: OpenAnswers;
  readonly audit: (
    event: string,
    number: AccessNumber,
    user: string | null,
    source: string,
    facts: Readonly<Record<string, string>>,
  ) => void;
}

export function createHomeDoor(options: HomeDoorOptions): (visit: Visit, number: AccessNumber) => Promise<Response> {
  const { clock, sessions, judge, changePassword, admit, longestBody, relay, openAnswers, audit } = options;

  const sessionOf = async (visit: Visit, number: AccessNumber): Promise<DoorSession | undefined> => {
    const token = sessionToken(visit.headers);
    return token === undefined ? undefined : await sessions.find(token, number);
  };
  const endSession = async ({ id }: DoorSession): Promise<void> => {
    openAnswers.end(id);
    await sessions.end(id);
  };

  async function logIn(visit: Visit, number: AccessNumber): Promise<Response> {
    const form = await readForm(visit, clock);
    const [user, password] = [form.get("user") ?? "", form.get("password") ?? ""];
    try {
      await judge(number, user, password, visit.source);
    } catch (thrown) {
      const { code, cause } = toHomeError(thrown);
      const reason = typeof cause === "string" ? cause : code;
      audit("login-refused", number, user.slice(0, 64), visit.source, { reason });
      return refusedForm(thrown, visit, (alert) => loginForm(number, visit.speech, alert));
    }
    const before = await sessionOf(visit, number);
    if (before !== undefined) await endSession(before);
    const cookie = sessionCookie(await sessions.begin(number, user));
    audit("login", number, user, visit.source, {});
    return leadTo("/", cookie);
  }

  async function setPassword(visit: Visit, number: AccessNumber, session: DoorSession): Promise<Response> {
    const form = await readForm(visit, clock);
    const { user, mustChangePassword } = session;
    const next = form.get("password") ?? "";
    try {
      if (isForPerson(visit) && form.get("repeat") !== next) {
        throw new HomeError("password-unsuitable", "the two passwords differ", { reason: "different" });
      }
      const current = mustChangePassword ? undefined : (form.get("current") ?? "");
      await changePassword({ number, user, source: visit.source }, current, next);
    } catch (thrown) {
      return refusedForm(thrown, visit, (alert) => passwordForm(user, mustChangePassword, visit.speech, alert));
    }
    await endSession(session);
    audit("password-changed", number, user, visit.source, {});
    return leadTo("/", sessionCookie(await sessions.begin(number, user)));
  }

  async function goOn(visit: Visit, number: AccessNumber, { id, user }: DoorSession): Promise<Response> {
    const { method, target, headers, authority } = visit;
    const body = await readBody(visit, longestBody, clock);
    try {
      admit({ method, target, contentType: headers.get("content-type") ?? undefined, length: body.length });
    } catch (thrown) {
      audit("request-refused", number, user, visit.source, {
        reason: toHomeError(thrown).code,
        method,
        target: target.slice(0, 128),
      });
      throw thrown;
    }
    const signal = openAnswers.hold(id, visit.signal, visit.closed);
    return relay({ method, target, authority, headers, body, signal }, number, { user, session: id });
  }

  /** Without a session there is the challenge and nothing else; without a password of their own, only the way to one. */
  async function withSession(visit: Visit, number: AccessNumber, session: DoorSession | undefined): Promise<Response> {
    const { method, path, speech } = visit;
    const isOpening = method === "GET" && isForPerson(visit);
    if (session === undefined) {
      if (isOpening) return leadTo("/login");
      throw new HomeError("session-required", "log in at /login first");
    }
    const { user, mustChangePassword } = session;
    if (path === "/password") {
      if (method === "POST") return setPassword(visit, number, session);
      return pageAnswer(passwordForm(user, mustChangePassword, speech), visit);
    }
    if (path === "/logout") {
      if (method !== "POST") return pageAnswer(logoutForm(user, speech), visit);
      await endSession(session);
      audit("logout", number, user, visit.source, {});
      return leadTo("/login", noSessionCookie);
    }
    if (mustChangePassword) {
      if (isOpening) return leadTo("/password");
      throw new HomeError("password-change-required", "set a password of your own at /password first");
    }
    return goOn(visit, number, session);
  }

  return async (visit, number) => {
    const { method, path, speech } = visit;
    const isOwnPath = path === "/login" || path === "/logout" || path === "/password";
    if (isOwnPath && !["GET", "HEAD", "POST"].includes(method)) {
      throw new HomeError("method-not-allowed", `${method} is not for ${path}`, { allow: ["GET", "HEAD", "POST"] });
    }
    if (path === "/login" && method === "POST") return logIn(visit, number);
    const session = await sessionOf(visit, number);
    if (path === "/login") return session === undefined ? pageAnswer(loginForm(number, speech), visit) : leadTo("/");
    return withSession(visit, number, session);
  };
}

/** A form that was refused comes again with the reason; a program gets the error. */
function refusedForm(
  thrown: unknown,
  visit: Visit,
  form: (alert: string) => Parameters<typeof pageAnswer>[0],
): Response {
  const error = toHomeError(thrown);
  const word = wordFor(error, visit.path === "/password");
  if (word === undefined || !isForPerson(visit)) return errorAnswer(error, visit);
  const answer = pageAnswer(form(say(visit.speech, word, error)), visit, httpStatusOf[error.code]);
  const { retryAfter } = error.details;
  if (typeof retryAfter === "number") answer.headers.set("retry-after", String(retryAfter));
  return answer;
}

function wordFor({ code, details }: HomeError, isPassword: boolean): Word | undefined {
  if (code === "too-many-attempts") return "tooMany";
  if (code === "login-refused") return isPassword ? "currentWrong" : "loginRefused";
  if (code !== "password-unsuitable") return undefined;
  const reasons: readonly Word[] = ["short", "long", "simple", "name", "same", "different"];
  return reasons.find((reason) => reason === details["reason"]) ?? "simple";
}

function say(speech: Speech, word: Word, { details }: HomeError): string {
  const { retryAfter } = details;
  return speech.say(word, typeof retryAfter === "number" ? { retryAfter } : {});
}
