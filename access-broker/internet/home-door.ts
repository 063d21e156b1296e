/** A home's origin: the challenge, and for who has passed it the way on to the home (docs/interfaces.md, origins). */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { assertCommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import { pageWorker, pageWorkerHeaders, pageWorkerPath } from "../../gateway-core/contract/page-worker.ts";
import { createAccountDesk, mustLogInAgain } from "./account-desk.ts";
import { leadTo, pageAnswer } from "./answers.ts";
import type { DoorRooms, DoorSession } from "./door-rooms.ts";
import { logoutForm, passwordForm } from "./forms.ts";
import { createInvitationDesk } from "./invitation-desk.ts";
import { assertByBrowser, createLoginDesk, refusedForm } from "./login-desk.ts";
import { createPeopleDesk } from "./people-desk.ts";
import { type KnownDevice, readDevices } from "./people-pages.ts";
import { isForPerson, readBody, readForm, type Visit } from "./visit.ts";

const peoplePath = "/account/people";
/** A home that does not answer in this time is shown without its devices. */
const devicesMs = 3_000;

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
export interface HomeDoorOptions extends DoorRooms {
  /** The first firewall. @throws HomeError with why not. */
  readonly admit: (line: {
    readonly method: string;
    readonly target: string;
    readonly contentType: string | undefined;
    readonly body: Uint8Array;
    readonly rights: "all" | "view";
    readonly grant: Grant;
  }) => void;
  readonly longestBody: number;
  readonly relay: (
    request: HomeRequest,
    number: AccessNumber,
    viewer: {
      readonly user: string;
      readonly session: string;
      readonly grant: Grant;
      readonly sight: string | undefined;
      readonly source: string;
    },
  ) => Promise<Response>;
}

const ownPaths = /^\/(?:login(?:\/challenge)?|logout|password|invitation|account(?:\/[a-z]+(?:\/[a-z]+)?)?)$/;

export function createHomeDoor(options: HomeDoorOptions): (visit: Visit, number: AccessNumber) => Promise<Response> {
  const { clock, changePassword, admit, longestBody, relay, openAnswers, audit } = options;
  const desk = createLoginDesk(options);
  const account = createAccountDesk(options, desk);
  const invitation = createInvitationDesk(options, desk);
  const people = createPeopleDesk({ ...options, devicesOf });

  async function setPassword(visit: Visit, number: AccessNumber, session: DoorSession): Promise<Response> {
    const form = await readForm(visit, clock);
    const { user, mustChangePassword, hasPassword } = session;
    const before = mustChangePassword ? "one-time" : hasPassword ? "own" : "none";
    const next = form.get("password") ?? "";
    try {
      if (isForPerson(visit) && form.get("repeat") !== next) {
        throw new HomeError("password-unsuitable", "the two passwords differ", { reason: "different" });
      }
      const current = before === "own" ? (form.get("current") ?? "") : undefined;
      await changePassword({ ...desk.claimOf(visit, number, user), user }, current, next);
    } catch (thrown) {
      return refusedForm(thrown, visit, (alert) => passwordForm(user, before, visit.speech, alert));
    }
    audit("password-changed", number, user, visit.source, {});
    return leadTo("/", (await desk.rotate(visit, number, session, before === "own" ? [] : ["password"])).cookie);
  }

  async function goOn(
    visit: Visit,
    number: AccessNumber,
    { id, user, grant, sight, reached }: DoorSession,
    rights: "all" | "view",
  ): Promise<Response> {
    const { method, path, target, headers, authority, source } = visit;
    const body = await readBody(visit, longestBody, clock);
    try {
      assertCommunicationMethod(reached, isCompact(path) ? "compact" : "https");
      admit({ method, target, contentType: headers.get("content-type") ?? undefined, body, rights, grant });
    } catch (thrown) {
      const reason = toHomeError(thrown).code;
      audit("request-refused", number, user, source, { reason, method, target: target.slice(0, 128) });
      throw thrown;
    }
    // What was done there, and when; not the value, which may be private.
    if (method !== "GET" && method !== "HEAD") audit("command", number, user, source, { method, path, by: "https" });
    const signal = openAnswers.hold({ session: id, source, sight }, visit.signal, visit.closed);
    return relay({ method, target, authority, headers, body, signal }, number, {
      user,
      session: id,
      grant,
      sight,
      source,
    });
  }

  /** What the home's own page would show this person. */
  async function devicesOf(visit: Visit, number: AccessNumber, session: DoorSession): Promise<readonly KnownDevice[]> {
    const { id, user, grant, sight } = session;
    const viewer = { user, session: id, grant, sight, source: visit.source };
    const headers = new Headers({ accept: "application/json" });
    const line = { method: "GET", target: "/api/home", authority: visit.authority, headers } as const;
    const signal = AbortSignal.any([visit.signal, AbortSignal.timeout(devicesMs)]);
    try {
      const answer = await relay({ ...line, body: new Uint8Array(0), signal }, number, viewer);
      return readDevices(await answer.json());
    } catch {
      return [];
    }
  }

  const isCompact = (path: string): boolean => path === "/c" || path.startsWith("/c/");

  /**
   * Without a session there is the challenge and nothing else; while a proof is missing, only the way to it; without a
   * password of their own, only the way to one.
   */
  async function withSession(visit: Visit, number: AccessNumber, session: DoorSession | undefined): Promise<Response> {
    const { method, path, speech } = visit;
    const isOpening = method === "GET" && isForPerson(visit);
    if (session === undefined) {
      if (isOpening) return leadTo("/login");
      throw new HomeError("session-required", "log in at /login first");
    }
    const { user, rights, next, mustChangePassword, isVouchedFor } = session;
    if (path === "/logout") {
      return method === "POST" ? desk.logOut(visit, number, session) : pageAnswer(logoutForm(user, speech), visit);
    }
    const isOwnAccount = path === "/password" || path === "/account" || path.startsWith("/account/");
    assertByBrowser(session.reached);
    if (rights === "none" && !(isVouchedFor && (mustChangePassword || isOwnAccount))) {
      if (isOpening) return leadTo("/login");
      throw new HomeError("second-factor-required", "one more proof is needed", { methods: next });
    }
    if (rights === "view") {
      if (isOwnAccount) throw new HomeError("view-only", "this session may look and change nothing", { method });
      return goOn(visit, number, session, rights);
    }
    if (path === "/password") {
      // Where there is none, nothing is asked but that the person has just shown who they are.
      if (!session.hasPassword && !session.isFresh && !isVouchedFor) return mustLogInAgain(visit);
      if (method === "POST") return setPassword(visit, number, session);
      const before = mustChangePassword ? "one-time" : session.hasPassword ? "own" : "none";
      return pageAnswer(passwordForm(user, before, speech), visit);
    }
    if (mustChangePassword) {
      if (isOpening) return leadTo("/password");
      throw new HomeError("password-change-required", "set a password of your own at /password first");
    }
    if (path === peoplePath || path.startsWith(`${peoplePath}/`)) {
      if (rights === "none")
        throw new HomeError("second-factor-required", "one more proof is needed", { methods: next });
      return people(visit, number, session);
    }
    if (isOwnAccount) return account(visit, number, session);
    if (rights === "none") throw new HomeError("second-factor-required", "one more proof is needed", { methods: next });
    return goOn(visit, number, session, rights);
  }

  return async (visit, number) => {
    const { method, path, headers } = visit;
    // A home's page shares its origin with the login: what runs there beyond the page is the broker's alone to give.
    if (path === `/${pageWorkerPath}` && method === "GET")
      return new Response(pageWorker, { headers: pageWorkerHeaders });
    if (headers.get("service-worker") === "script")
      throw new HomeError("not-found", "there is no such worker", { path });
    if (ownPaths.test(path) && !["GET", "HEAD", "POST"].includes(method)) {
      throw new HomeError("method-not-allowed", `${method} is not for ${path}`, { allow: ["GET", "HEAD", "POST"] });
    }
    if (path === "/login") return method === "POST" ? desk.logIn(visit, number) : desk.show(visit, number);
    if (path === "/login/challenge") {
      if (method === "POST") return desk.prepare(visit, number);
      throw new HomeError("method-not-allowed", `${method} is not for ${path}`, { allow: ["POST"] });
    }
    if (path === "/invitation") return invitation(visit, number);
    return withSession(visit, number, await desk.sessionOf(visit, number));
  };
}
