/**
 * What stands before a home, and before the provider's desk: the challenge, a person's account, the people who come in.
 * For who has passed the challenge the way goes on (docs/interfaces.md, origins).
 */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { createAccountDesk, mustLogInAgain } from "./account-desk.ts";
import { leadTo, pageAnswer } from "./answers.ts";
import type { DoorSession } from "./door-rooms.ts";
import { logoutForm, passwordForm } from "./forms.ts";
import { createInvitationDesk } from "./invitation-desk.ts";
import { assertByBrowser, createLoginDesk, refusedForm } from "./login-desk.ts";
import { createPeopleDesk, type PeopleDeskOptions } from "./people-desk.ts";
import { isForPerson, readForm, type Visit } from "./visit.ts";
import { createWaysDesk, waysPath } from "./ways-desk.ts";

const peoplePath = "/account/people";

export interface PersonDoorOptions extends PeopleDeskOptions {
  /** What is not the door's own, for a session that opens something. */
  readonly goOn: (
    visit: Visit,
    number: AccessNumber,
    session: DoorSession,
    rights: "all" | "view",
  ) => Promise<Response>;
}

/** The paths that are the door's own, whatever stands behind it. */
export const ownPaths: RegExp =
  /^\/(?:login(?:\/challenge)?|logout|password|invitation|account(?:\/[a-z]+(?:\/[a-z]+)?)?)$/;

export function createPersonDoor(
  options: PersonDoorOptions,
): (visit: Visit, number: AccessNumber) => Promise<Response> {
  const { clock, place, changePassword, goOn, audit } = options;
  const desk = createLoginDesk(options);
  const account = createAccountDesk(options, desk);
  const invitation = createInvitationDesk(options, desk);
  const people = createPeopleDesk(options);
  const ways = createWaysDesk(options);

  async function setPassword(visit: Visit, number: AccessNumber, session: DoorSession): Promise<Response> {
    const form = await readForm(visit, clock);
    const { user } = session;
    const before = passwordBefore(session);
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
    return leadTo(
      place.landing,
      (await desk.rotate(visit, number, session, before === "own" ? [] : ["password"])).cookie,
    );
  }

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
      return method === "POST"
        ? desk.logOut(visit, number, session)
        : pageAnswer(logoutForm(user, place, speech), visit);
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
      return pageAnswer(passwordForm(user, passwordBefore(session), speech), visit);
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
    if (path === waysPath && place.isHome && rights === "all") return ways(visit, number, session);
    if (isOwnAccount) return account(visit, number, session);
    if (rights === "none") throw new HomeError("second-factor-required", "one more proof is needed", { methods: next });
    return goOn(visit, number, session, rights);
  }

  return async (visit, number) => {
    const { method, path } = visit;
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

/** Which password a person has until they set the next. */
function passwordBefore({ mustChangePassword, hasPassword }: DoorSession): "one-time" | "own" | "none" {
  if (mustChangePassword) return "one-time";
  return hasPassword ? "own" : "none";
}
