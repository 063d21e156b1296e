/** Who is there: a session, a listed device that opens one by its key, or a name and its password. */

import type { Clock, Log } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { GuessLimit } from "./guess-limit.ts";
import type { OwnBook, Person } from "./own-book.ts";
import { cookieLine, cookieNames, cookieOf } from "./own-request.ts";
import type { OwnSession, OwnSessions } from "./own-sessions.ts";
import type { OwnTrail } from "./own-trail.ts";
import type { Passwords } from "./password.ts";
import { useFactor } from "./second-factor.ts";

const deviceSeconds = 180 * 24 * 60 * 60;

export interface OwnLoginOptions {
  readonly book: OwnBook;
  readonly sessions: OwnSessions;
  readonly passwords: Passwords;
  readonly limit: GuessLimit;
  readonly clock: Clock;
  readonly log: Log;
  readonly trail: Pick<OwnTrail, "note">;
}

export interface Shown {
  readonly person: Person;
  readonly session: OwnSession;
  /** `Set-Cookie` lines that the answer carries. */
  readonly cookies: readonly string[];
}

export interface OwnLogin {
  /** Undefined for who has shown nothing that is good now. */
  find(request: Request): Shown | undefined;
  /**
   * A login by a form: `name`, `password`, `code` where the person has a second factor, and `keep` with `label` where the device shall be listed. Returns the cookies.
   * @throws HomeError `login-refused`, the same for whatever was wrong, after the same work; `too-many-attempts`
   */
  login(request: Request, form: URLSearchParams, source: string): Promise<readonly string[]>;
  /** Whether this is the person's password. @throws HomeError `too-many-attempts` */
  proves(person: Person, password: string, source: string): Promise<boolean>;
}

export function createOwnLogin({ book, sessions, passwords, limit, clock, log, trail }: OwnLoginOptions): OwnLogin {
  const deviceOf = (request: Request) => {
    const key = cookieOf(request, cookieNames.device);
    return key === undefined ? undefined : book.findDevice(key);
  };

  async function judge(
    person: Person | undefined,
    password: string,
    source: string,
    device: string | undefined,
    isProven: (person: Person) => boolean = () => true,
  ): Promise<boolean> {
    limit.attempt(source, device);
    // Nothing is forgiven for the password alone: with it, codes could be tried without end.
    const isRight =
      (await passwords.verify(password, person?.passwordHash)) && person !== undefined && isProven(person);
    if (isRight) limit.forgive(source, device);
    return isRight;
  }

  /** Uses the code up, where the person has a second factor. */
  function provesSecond({ name }: Person, code: string): boolean {
    // As it is now: the same code may have come by another request while the password was looked at.
    const person = book.find(name);
    if (person?.second === undefined) return person !== undefined;
    const second = useFactor(person.second, code, clock.now());
    if (second !== undefined) book.putPerson({ ...person, second });
    return second !== undefined;
  }

  return {
    find(request) {
      const token = cookieOf(request, cookieNames.session);
      const session = token === undefined ? undefined : sessions.find(token);
      const known = session && book.find(session.name);
      if (session !== undefined && known !== undefined) return { person: known, session, cookies: [] };
      const device = deviceOf(request);
      const person = device && book.find(device.name);
      if (device === undefined || person === undefined) return undefined;
      book.seen(device);
      const opened = sessions.open(person.name, device.id);
      const begun = sessions.find(opened);
      return begun && { person, session: begun, cookies: [cookieLine(cookieNames.session, opened)] };
    },

    async login(request, form, source) {
      const name = (form.get("name") ?? "").trim();
      const device = deviceOf(request);
      const isListed = device !== undefined && device.name === name;
      try {
        const person = book.find(name);
        const isProven = (claimed: Person): boolean => provesSecond(claimed, form.get("code") ?? "");
        const known = isListed ? device.id : undefined;
        const isRight = await judge(person, form.get("password") ?? "", source, known, isProven);
        if (!isRight || person === undefined || (book.isClosed && !isListed)) {
          throw new HomeError("login-refused", "name or password is wrong");
        }
      } catch (thrown) {
        const { code } = toHomeError(thrown);
        log.write("warn", "own-login-refused", { source, name: name.slice(0, 64), code });
        trail.note("login-refused", name, source, code);
        throw thrown;
      }
      const isKept = form.get("keep") === "yes" && !isListed;
      const key = isKept ? book.addDevice(name, form.get("label") ?? "") : undefined;
      const listed = key === undefined ? device : book.findDevice(key);
      log.write("info", "own-login", { source, name });
      trail.note("login", name, source);
      const token = sessions.open(name, listed?.name === name ? listed.id : undefined);
      return [
        cookieLine(cookieNames.session, token),
        ...(key === undefined ? [] : [cookieLine(cookieNames.device, key, deviceSeconds)]),
      ];
    },

    proves: (person, password, source) => judge(person, password, source, undefined),
  };
}
