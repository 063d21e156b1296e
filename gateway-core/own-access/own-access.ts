/**
 * The front of own management: the gateway's direct access from outside, off until somebody sets it up on the page in the
 * home, with one password (docs/own-management.md).
 */

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Host, Timer } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { wholeGrant } from "../contract/grant.ts";
import type { Handler } from "../contract/web.ts";
import { createGuessLimit } from "./guess-limit.ts";
import { openOwnBook } from "./own-book.ts";
import { type CertificatePair, makeOwnCertificate } from "./own-certificate.ts";
import { createOwnDesk } from "./own-desk.ts";
import { createOwnLogin } from "./own-login.ts";
import {
  type Choice,
  isWord,
  ownPageHeaders,
  renderOwnPage,
  type SetupView,
  setupBody,
  wordsFor,
} from "./own-pages.ts";
import { checkOrigin, readForm } from "./own-request.ts";
import { type OwnServer, openOwnServer } from "./own-server.ts";
import { createOwnSessions } from "./own-sessions.ts";
import { openOwnTrail } from "./own-trail.ts";
import { createPasswords, type Passwords } from "./password.ts";

/** A self-made certificate is made anew when so little of its life is left. */
const renewalMs = 30 * 24 * 60 * 60_000;
const retryMs = 60_000;

export interface OwnAccessOptions {
  /** Whether the settings allow it at all. */
  readonly isAllowed: boolean;
  readonly listen: string;
  readonly port: number;
  /** Names that the home has outside. */
  readonly hostNames: readonly string[];
  /** Files (PEM) of a certificate that browsers know, and of its key. */
  readonly cert?: string;
  readonly key?: string;
  readonly handler: Handler;
  readonly choices: () => readonly Choice[];
  readonly host: Host;
}

export interface OwnAccess extends AsyncDisposable {
  /** The open port; undefined while it is off. */
  readonly port: number | undefined;
  /** The page in the home, with `/setup/direct`. */
  withSetup(handler: Handler): Handler;
}

/** @throws HomeError `store-unavailable` when what is kept cannot be read. */
export async function openOwnAccess(options: OwnAccessOptions): Promise<OwnAccess> {
  const { isAllowed, listen, hostNames, handler, choices, host } = options;
  const { clock, log } = host;
  const book = openOwnBook(host);
  const sessions = createOwnSessions(clock);
  const trail = openOwnTrail(host);
  let server: OwnServer | undefined;
  let failure: string | undefined;
  /** Of the certificate that is shown; empty while there is none. */
  let fingerprint = "";
  let retry: Timer | undefined;
  let made: Passwords | undefined;
  const passwords = (): Passwords => {
    made ??= createPasswords();
    return made;
  };

  const isReal = options.cert !== undefined && options.key !== undefined;
  const pairNow = (): CertificatePair => {
    const { cert, key } = options;
    if (cert !== undefined && key !== undefined) return { cert: readPem(cert), key: readPem(key) };
    const before = book.pair;
    if (before !== undefined && isGood(before.cert, hostNames, clock.now())) return before;
    const pair = makeOwnCertificate([...hostNames, "localhost"], clock.now(), before?.key);
    book.setPair(pair);
    return pair;
  };

  async function open(): Promise<void> {
    retry?.cancel();
    if (!isAllowed || book.people.length === 0 || server !== undefined) return;
    try {
      const limit = createGuessLimit(clock);
      const login = createOwnLogin({ book, sessions, passwords: passwords(), limit, clock, log, trail });
      const desk = createOwnDesk({
        clock,
        book,
        sessions,
        login,
        trail,
        passwords: passwords(),
        handler,
        choices,
        hostNames,
      });
      const pair = pairNow();
      server = await openOwnServer({ listen, port: options.port, pair, isReal, desk, sessions, log });
      fingerprint = new X509Certificate(pair.cert).fingerprint256;
      failure = undefined;
      log.write("info", "own-access-open", { port: server.port });
    } catch (thrown) {
      failure = toHomeError(thrown).message;
      log.write("error", "own-access-failed", { error: toHomeError(thrown).toBody() });
      retry = clock.after(retryMs, () => void open());
    }
  }

  async function close(): Promise<void> {
    retry?.cancel();
    const closing = server;
    server = undefined;
    sessions.end(() => true);
    await closing?.[Symbol.asyncDispose]();
  }

  function view(): SetupView {
    if (!isAllowed) return { state: "never" };
    const port = server?.port ?? options.port;
    if (book.people.length === 0) return { state: "off", port };
    return { state: "on", port, isReal, fingerprint, failure };
  }

  async function change(form: URLSearchParams): Promise<void> {
    if (form.get("action") === "off") {
      await close();
      book.clear();
      log.write("info", "own-access-off");
      trail.note("turned-off", "", "home");
      return;
    }
    if (!isAllowed) throw new HomeError("not-granted", "the settings do not allow it", {}, "setupNever");
    if (book.people.length > 0) throw new HomeError("value-invalid", "it is set up already", {}, "setupAgain");
    const [name, password] = [(form.get("name") ?? "").trim(), form.get("password") ?? ""];
    if (password !== form.get("again")) throw new HomeError("value-invalid", "two passwords", {}, "different");
    book.putPerson({ name, passwordHash: await passwords().hash(password, name), grant: wholeGrant, isOwner: true });
    log.write("info", "own-access-on", { name });
    trail.note("turned-on", name, "home");
    await open();
  }

  async function atSetup(request: Request): Promise<Response> {
    const { language, say } = wordsFor(request.headers.get("accept-language"));
    let problem: HomeError | undefined;
    try {
      checkOrigin(request);
      if (request.method === "POST") {
        await change(await readForm(request));
        return new Response(null, { status: 303, headers: { location: "/setup/direct", "cache-control": "no-store" } });
      }
    } catch (thrown) {
      problem = toHomeError(thrown);
    }
    const { code, cause } = problem ?? {};
    const word = [cause, code].find((one) => typeof one === "string" && isWord(one));
    const alert = problem && say(typeof word === "string" && isWord(word) ? word : "failed");
    const status = problem === undefined ? 200 : 422;
    const text = renderOwnPage(language, say("setupTitle"), setupBody(say, view()), alert);
    return new Response(text, { status, headers: ownPageHeaders });
  }

  await open();
  return {
    get port() {
      return server?.port;
    },
    withSetup: (page) => async (request, viewer) =>
      viewer.from === "local" && new URL(request.url).pathname === "/setup/direct"
        ? await atSetup(request)
        : await page(request, viewer),
    async [Symbol.asyncDispose]() {
      await close();
      trail[Symbol.dispose]();
    },
  };
}

/** @throws HomeError `settings-invalid` */
function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new HomeError("settings-invalid", `access: ${file} cannot be read`, { key: "access" }, cause);
  }
}

/** Whether a self-made certificate is for these names, and will be for some time. */
function isGood(pem: string, hostNames: readonly string[], now: number): boolean {
  const certificate = new X509Certificate(pem);
  const isNamed = [...hostNames, "localhost"].every((name) => certificate.checkHost(name) !== undefined);
  return isNamed && certificate.validToDate.getTime() - now > renewalMs;
}
