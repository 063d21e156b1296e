/** Own management's door: who is there, where it was asked from, then the home's page with that person's grant, and their own account. */

import { HomeError, httpStatusOf, toHomeError } from "../contract/errors.ts";
import { type Grant, parseGrant, wholeGrant } from "../contract/grant.ts";
import { type Handler, problemResponse } from "../contract/web.ts";
import type { OwnBook, Person } from "./own-book.ts";
import type { OwnLogin, Shown } from "./own-login.ts";
import { accountBody, type Choice, isWord, loginBody, ownPageHeaders, renderOwnPage, wordsFor } from "./own-pages.ts";
import { checkHost, checkOrigin, cookieLine, cookieNames, readForm } from "./own-request.ts";
import type { OwnSessions } from "./own-sessions.ts";
import type { OwnTrail } from "./own-trail.ts";
import type { Passwords } from "./password.ts";
import { createSecondDesk, type SecondDeskOptions } from "./second-desk.ts";

export interface OwnDeskOptions extends SecondDeskOptions {
  readonly book: OwnBook;
  readonly sessions: OwnSessions;
  readonly login: OwnLogin;
  readonly trail: OwnTrail;
  readonly passwords: Passwords;
  /** The home's page and API. */
  readonly handler: Handler;
  readonly choices: () => readonly Choice[];
  readonly hostNames: readonly string[];
}

/** What of the trail an owner is shown. */
const mostShown = 50;
/** Beside refused logins: what nobody asks by mistake. */
const refusals: readonly HomeError["code"][] = ["origin-not-allowed", "host-not-allowed", "not-granted"];

/** Answers a request from this address; `onSession` is told whose it is. */
export type OwnDesk = (request: Request, source: string, onSession: (id: string) => void) => Promise<Response>;

export function createOwnDesk(options: OwnDeskOptions): OwnDesk {
  const { book, sessions, login, trail, passwords, handler, choices, hostNames } = options;

  const secondDesk = createSecondDesk(options);

  async function answer(request: Request, source: string, onSession: (id: string) => void): Promise<Response> {
    checkHost(new URL(request.url), hostNames);
    checkOrigin(request);
    const { pathname } = new URL(request.url);
    if (pathname === "/login") return await atLogin(request, source);
    const shown = login.find(request);
    if (shown === undefined) {
      if (isForPerson(request)) return leadTo("/login", [], 303);
      throw new HomeError("session-required", "a login is needed");
    }
    onSession(shown.session.id);
    // A listed device came in by its key.
    if (shown.cookies.length > 0) trail.note("login", shown.person.name, source, "device");
    return withCookies(await inside(request, source, shown, pathname), shown.cookies);
  }

  async function inside(request: Request, source: string, shown: Shown, pathname: string): Promise<Response> {
    if (pathname === "/password") return leadTo("/account");
    if (pathname === "/logout" && request.method === "POST") {
      sessions.end(({ id }) => id === shown.session.id);
      trail.note("logout", shown.person.name, source);
      const out = leadTo("/login", [cookieLine(cookieNames.session, "", 0), cookieLine(cookieNames.device, "", 0)]);
      // What the browser kept of the page goes, too (W3C Clear Site Data §3.1).
      out.headers.set("clear-site-data", '"cache", "storage"');
      return out;
    }
    if (pathname === "/account" || pathname.startsWith("/account/"))
      return await atAccount(request, source, shown, pathname);
    const { person, session } = shown;
    const asked = `${request.method} ${pathname}`;
    // What was done, and when; not the value, which may be private.
    if (request.method !== "GET" && request.method !== "HEAD") trail.note("command", person.name, source, asked);
    const viewer = { name: person.name, from: "remote", session: session.id, grant: person.grant } as const;
    const answered = await handler(request, viewer);
    if (answered.status === 403) trail.note("request-refused", person.name, source, asked);
    return answered;
  }

  async function atLogin(request: Request, source: string): Promise<Response> {
    if (request.method === "POST") return leadTo("/", await login.login(request, await readForm(request), source));
    if (request.method !== "GET" && request.method !== "HEAD") throw notAllowed(request.method);
    return page(request, "loginTitle", loginBody);
  }

  async function atAccount(
    request: Request,
    source: string,
    { person, session }: Shown,
    path: string,
  ): Promise<Response> {
    if (path === "/account" && request.method === "GET") {
      const { people, devices, isClosed } = book;
      return page(request, "accountTitle", (say) =>
        accountBody(say, { person, people, devices, isClosed, choices: choices(), trail: trail.list(mostShown) }),
      );
    }
    if (request.method !== "POST") throw notAllowed(request.method);
    const form = await readForm(request);
    const told = (name: string): string => (form.get(name) ?? "").trim();
    const second = await secondDesk.answer(path, form, { person, session }, source);
    if (second !== undefined) {
      trail.note("account-changed", person.name, source, path);
      return typeof second === "function" ? page(request, "secondTitle", second) : leadTo("/account");
    }
    if (path === "/account/password") await changePassword(person, form, source, session.id);
    else if (path === "/account/devices/remove") removeDevice(person, told("id"));
    else if (!person.isOwner) throw new HomeError("not-granted", "only an owner may do that");
    else if (path === "/account/closed") book.setClosed(told("closed") === "yes");
    else if (path === "/account/people") await addPerson(told("name"), form);
    else if (path === "/account/people/remove") removePerson(told("name"));
    else throw new HomeError("not-found", "there is nothing here");
    trail.note("account-changed", person.name, source, [path, told("name")].join(" ").trim());
    return leadTo("/account");
  }

  async function changePassword(person: Person, form: URLSearchParams, source: string, own: string): Promise<void> {
    if (!(await login.proves(person, form.get("password") ?? "", source))) {
      throw new HomeError("login-refused", "name or password is wrong");
    }
    const passwordHash = await passwords.hash(form.get("new") ?? "", person.name);
    book.putPerson({ ...(book.find(person.name) ?? person), passwordHash });
    sessions.end(({ name, id }) => name === person.name && id !== own);
  }

  function removeDevice({ name, isOwner }: Person, id: string): void {
    const device = book.devices.find((one) => one.id === id);
    if (device === undefined || !(isOwner || device.name === name)) throw new HomeError("not-found", "no such device");
    book.removeDevice(id);
    sessions.end((session) => session.device === id);
  }

  async function addPerson(name: string, form: URLSearchParams): Promise<void> {
    if (book.find(name) !== undefined) throw new HomeError("value-invalid", "there is somebody of that name");
    const grant = grantOf(form);
    const passwordHash = await passwords.hash(form.get("password") ?? "", name);
    book.putPerson({ name, passwordHash, grant, isOwner: false });
  }

  function removePerson(name: string): void {
    if (book.find(name)?.isOwner !== false)
      throw new HomeError("value-invalid", "an owner stays until it is switched off");
    book.removePerson(name);
    sessions.end((session) => session.name === name);
  }

  return async (request, source, onSession) => {
    try {
      return await answer(request, source, onSession);
    } catch (thrown) {
      const { code } = toHomeError(thrown);
      if (refusals.includes(code))
        trail.note("request-refused", "", source, `${code} ${new URL(request.url).pathname}`);
      return refusal(request, thrown);
    }
  };
}

/** What is chosen in the form. @throws HomeError `value-invalid` */
function grantOf(form: URLSearchParams): Grant {
  const access = form.get("access");
  const chosen = form.getAll("device");
  if (chosen.length === 0) throw new HomeError("value-invalid", "no device is chosen");
  if (chosen.includes("*") && access === "control") return wholeGrant;
  return parseGrant({ devices: Object.fromEntries(chosen.map((id) => [id, { access }])) });
}

type Page = (say: ReturnType<typeof wordsFor>["say"]) => string;

function page(
  request: Request,
  title: "loginTitle" | "accountTitle" | "secondTitle",
  body: Page,
  problem?: HomeError,
): Response {
  const { language, say } = wordsFor(request.headers.get("accept-language"));
  const alert = problem === undefined ? undefined : say(isWord(problem.code) ? problem.code : "failed");
  const status = problem === undefined ? 200 : httpStatusOf[problem.code];
  return new Response(renderOwnPage(language, say(title), body(say), alert), { status, headers: ownPageHeaders });
}

/** A person who posted a form gets words, a program the code. */
function refusal(request: Request, thrown: unknown): Response {
  const error = toHomeError(thrown);
  const { retryAfter } = error.details;
  const isLogin = new URL(request.url).pathname === "/login";
  const answer = isForPerson(request)
    ? page(request, isLogin ? "loginTitle" : "accountTitle", isLogin ? loginBody : backBody, error)
    : problemResponse(error);
  if (typeof retryAfter === "number") answer.headers.set("retry-after", String(retryAfter));
  return answer;
}

const backBody: Page = (say) => `<p><a href="/account">${say("accountTitle")}</a></p>`;

function isForPerson({ headers, url }: Request): boolean {
  return !new URL(url).pathname.startsWith("/api/") && (headers.get("accept") ?? "").includes("text/html");
}

function leadTo(location: string, cookies: readonly string[] = [], status = 303): Response {
  return withCookies(new Response(null, { status, headers: { location, "cache-control": "no-store" } }), cookies);
}

function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}

const notAllowed = (method: string): HomeError =>
  new HomeError("method-not-allowed", `${method} does nothing here`, { method });
