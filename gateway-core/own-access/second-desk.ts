/** A person's account: a second factor set up, with its recovery codes told once, and taken away again. */

import type { Clock } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { appUri, newAppSecret } from "./one-time-code.ts";
import type { OwnBook } from "./own-book.ts";
import type { OwnLogin, Shown } from "./own-login.ts";
import { newAppBody, recoveryBody, type Say } from "./own-pages.ts";
import type { OwnSessions } from "./own-sessions.ts";
import { beginFactor } from "./second-factor.ts";

export interface SecondDeskOptions {
  readonly clock: Clock;
  readonly book: OwnBook;
  readonly sessions: OwnSessions;
  readonly login: OwnLogin;
}

export interface SecondDesk {
  /**
   * A page to be shown, `"done"`, or undefined: that is no path of its.
   * @throws HomeError `login-refused`, `too-many-attempts`, `value-invalid`
   */
  answer(
    path: string,
    form: URLSearchParams,
    shown: Pick<Shown, "person" | "session">,
    source: string,
  ): Promise<((say: Say) => string) | "done" | undefined>;
}

/** Secrets that are shown and not confirmed yet; the oldest gives way. */
const mostBegun = 32;

export function createSecondDesk({ clock, book, sessions, login }: SecondDeskOptions): SecondDesk {
  /** By session. */
  const begun = new Map<string, string>();

  return {
    async answer(path, form, { person, session }, source) {
      const { name } = person;
      const begin = path === "/account/second";
      if (begin || path === "/account/second/remove") {
        if (!(await login.proves(person, form.get("password") ?? "", source))) {
          throw new HomeError("login-refused", "name or password is wrong");
        }
      }
      if (begin) {
        const secret = newAppSecret();
        for (const [oldest] of begun) if (begun.size >= mostBegun) begun.delete(oldest);
        begun.set(session.id, secret);
        return (say) => newAppBody(say, secret, appUri(secret, name));
      }
      if (path === "/account/second/remove") {
        const { second: _, ...rest } = book.find(name) ?? person;
        book.putPerson(rest);
        return "done";
      }
      if (path !== "/account/second/confirm") return undefined;
      const secret = begun.get(session.id);
      if (secret === undefined || person.second !== undefined) {
        throw new HomeError("value-invalid", "no authenticator app was begun");
      }
      const made = beginFactor(secret, form.get("code") ?? "", clock.now());
      // The same secret for another try: the app has it already.
      if (made === undefined) return (say) => newAppBody(say, secret, appUri(secret, name), say("secondWrong"));
      begun.delete(session.id);
      book.putPerson({ ...person, second: made.factor });
      sessions.end((other) => other.name === name && other.id !== session.id);
      return (say) => recoveryBody(say, made.codes);
    },
  };
}
