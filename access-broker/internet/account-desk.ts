/** A person's account at a home: what they log in with is added and removed here, shortly after a login; sessions are ended at any time. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError, httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import { type Grant, parseGrant, viewOnly, wholeGrant } from "../../gateway-core/contract/grant.ts";
import { accountPage, appPasswordPage, recoveryPage, totpPage } from "./account-pages.ts";
import { errorAnswer, forgetting, leadTo, pageAnswer } from "./answers.ts";
import type { DoorRooms, DoorSession, Person, SessionLine } from "./door-rooms.ts";
import type { LoginDesk } from "./login-desk.ts";
import { isForPerson, readMembers, type Visit } from "./visit.ts";
import type { Word } from "./words.ts";

/** One request on the account, its members read. */
interface Errand {
  readonly visit: Visit;
  readonly person: Person;
  readonly session: DoorSession;
  member(name: string): string;
}

const unstored = { headers: { "cache-control": "no-store" } };

type Deed = (errand: Errand) => Promise<Response>;

export function createAccountDesk(rooms: DoorRooms, desk: LoginDesk) {
  const { clock, place, sessions, homesSessions, account, passkeys, audit } = rooms;

  const linesOf = async (number: AccessNumber, user: string): Promise<readonly SessionLine[]> => {
    const looking = await homesSessions.list(number, user);
    return [...(await sessions.list(number, user)), ...looking.map((line) => ({ ...line, isHomes: true as const }))];
  };

  const show = async ({ visit, person, session }: Errand, alert?: string, status = 200): Promise<Response> => {
    const { number, user } = person;
    const [holdings, lines] = [await account.holdings(number, user), await linesOf(number, user)];
    const facts = {
      user,
      holdings,
      sessions: lines,
      own: session.id,
      isOwner: session.role === "owner",
      place,
      homes: place.isHome
        ? `https://${visit.authority.slice(visit.authority.indexOf(".") + 1)}/homes?number=${number}`
        : "/homes",
      now: clock.now(),
    };
    if (!isForPerson(visit)) return Response.json({ user, ...holdings, sessions: lines.map(toldOf) }, unstored);
    return pageAnswer(accountPage(facts, visit.speech, alert), visit, status);
  };
  const tell = ({ visit, person }: Errand, event: string, kind: string): void =>
    audit(event, person.number, person.user, visit.source, { kind });

  const remove =
    (kind: "totp" | "key" | "passkey" | "app"): Deed =>
    async (errand) => {
      const { number, user } = errand.person;
      const id = kind === "totp" ? user : errand.member("id");
      if (await account.remove(number, user, kind, id)) tell(errand, "factor-removed", kind);
      return leadTo("/account");
    };
  const addPasskey =
    (way: "create" | "get"): Deed =>
    async (errand) => {
      const { person, member, visit, session } = errand;
      await passkeys.finish(person, way, parsed(member("passkey")), member("label") || hostOf(visit));
      tell(errand, "factor-added", "passkey");
      return leadTo("/account", (await desk.rotate(visit, person.number, session, ["passkey"])).cookie);
    };

  /** What opens the home: only shortly after a login. */
  const changes: Readonly<Record<string, Deed>> = {
    "/account/passkeys/options": async ({ person }) => Response.json(await passkeys.begin(person), unstored),
    "/account/passkeys/create": addPasskey("create"),
    "/account/passkeys/link": addPasskey("get"),
    "/account/passkeys/remove": remove("passkey"),
    "/account/totp": async ({ visit, person }) => {
      const setUp = account.beginTotp(person);
      return isForPerson(visit) ? pageAnswer(totpPage(setUp, visit.speech), visit) : Response.json(setUp, unstored);
    },
    "/account/totp/confirm": async (errand) => {
      const { visit, person, session, member } = errand;
      const [secret, ticket] = [member("secret"), member("ticket")];
      try {
        await account.finishTotp(person, secret, ticket, member("code"));
      } catch (thrown) {
        const error = toHomeError(thrown);
        if (error.details["reason"] !== "code" || !isForPerson(visit)) throw thrown;
        const page = totpPage(account.resumeTotp(person, secret, ticket), visit.speech, visit.speech.say("appWrong"));
        return pageAnswer(page, visit, httpStatusOf[error.code]);
      }
      tell(errand, "factor-added", "totp");
      return leadTo("/account", (await desk.rotate(visit, person.number, session, ["totp"])).cookie);
    },
    "/account/totp/remove": remove("totp"),
    "/account/recovery": async (errand) => {
      const codes = await account.renewRecoveryCodes(errand.person.number, errand.person.user);
      tell(errand, "factor-added", "recovery");
      const { visit } = errand;
      return isForPerson(visit)
        ? pageAnswer(recoveryPage(codes, visit.speech), visit)
        : Response.json({ codes }, unstored);
    },
    "/account/keys": async (errand) => {
      await account.addKey(errand.person.number, errand.person.user, errand.member("line"));
      tell(errand, "factor-added", "key");
      return leadTo("/account");
    },
    "/account/keys/remove": remove("key"),
    "/account/apps": async (errand) => {
      const { visit, person, session, member } = errand;
      // Nothing of the provider's is reached by one.
      if (!place.isHome) throw new HomeError("not-found", "there are no app passwords here");
      const label = member("label") || visit.speech.say("appPassword");
      const grant = ownGrant(member("access"), member("grant"));
      const password = await account.addApp(person, { label, assurances: session.assurances, grant });
      tell(errand, "factor-added", "app");
      const name = `${person.number}/${person.user}`;
      return isForPerson(visit)
        ? pageAnswer(appPasswordPage(name, password, visit.speech), visit)
        : Response.json({ username: name, password }, unstored);
    },
    "/account/apps/remove": remove("app"),
  };

  async function endSessions({ person, visit, session }: Errand, isMeant: (id: string) => boolean): Promise<Response> {
    const { number, user } = person;
    for (const { id, isHomes = false } of await linesOf(number, user)) {
      if (!isMeant(id)) continue;
      if (isHomes) await homesSessions.end(number, user, id);
      else await desk.endSession({ id });
      audit("session-ended", number, user, visit.source, { by: "owner" });
      if (id === session.id) return forgetting(leadTo("/login"));
    }
    return leadTo("/account");
  }
  const endings: Readonly<Record<string, Deed>> = {
    "/account/sessions/end": (errand) => endSessions(errand, (id) => id === errand.member("id")),
    "/account/sessions/others": (errand) => endSessions(errand, (id) => id !== errand.session.id),
  };

  return async (visit: Visit, number: AccessNumber, session: DoorSession): Promise<Response> => {
    const { method, path } = visit;
    const { user, isFresh, isVouchedFor } = session;
    const person = { ...desk.claimOf(visit, number, user), user };
    if (path === "/account") {
      if (method === "POST") throw notAllowed(method, ["GET", "HEAD"]);
      return show({ visit, person, session, member: () => "" });
    }
    const isChange = Object.hasOwn(changes, path);
    const deed = isChange ? changes[path] : Object.hasOwn(endings, path) ? endings[path] : undefined;
    if (deed === undefined) throw new HomeError("not-found", "there is nothing here", { path: path.slice(0, 128) });
    if (method !== "POST") {
      if (isForPerson(visit) && method === "GET") return leadTo("/account");
      throw notAllowed(method, ["POST"]);
    }
    const members = await readMembers(visit, clock);
    if (isChange && !isFresh && !isVouchedFor) return mustLogInAgain(visit);
    const member = (name: string): string => (typeof members[name] === "string" ? members[name] : "");
    const errand = { visit, person, session, member };
    try {
      return await deed(errand);
    } catch (thrown) {
      const error = toHomeError(thrown);
      if (error.code !== "value-invalid" || !isForPerson(visit)) return errorAnswer(error, visit);
      return show(errand, visit.speech.say(wordFor(error, path)), httpStatusOf[error.code]);
    }
  };
}

/** Who changes what opens a home has shown shortly before who they are. */
export function mustLogInAgain(visit: Visit): Response {
  if (isForPerson(visit)) return leadTo("/login?again");
  throw new HomeError("login-again", "what opens the home is changed shortly after a login: log in again");
}

/** What a program of one's own may: as much as oneself, only look, or what a grant as JSON says. */
function ownGrant(access: string, grant: string): Grant | undefined {
  if (grant !== "") return parseGrant(parsed(grant));
  return access === "view" ? viewOnly(wholeGrant) : undefined;
}

const toldOf = ({ id, source, agent, seenAt, isHomes }: SessionLine): SessionLine => ({
  ...{ id, source, agent, seenAt },
  ...(isHomes === true ? { isHomes } : {}),
});

function wordFor({ details: { reason } }: HomeError, path: string): Word {
  if (reason === "taken" || reason === "many") return reason;
  if (reason === "ticket") return "appExpired";
  return path === "/account/keys" ? "keyWrong" : "setUpFailed";
}

/** A passkey that was named at another home is named by this browser's view of it. */
const hostOf = ({ authority }: Visit): string => authority.split(":", 1)[0] ?? "";

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const notAllowed = (method: string, allow: readonly string[]): HomeError =>
  new HomeError("method-not-allowed", `${method} is not for this path`, { allow });
