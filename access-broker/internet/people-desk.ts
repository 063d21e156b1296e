/** The people of a home, at its own origin: its owner sees who may come in, invites, says what each may, and lets nobody in any longer. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError, httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import { type Grant, parseGrant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import { mustLogInAgain } from "./account-desk.ts";
import { errorAnswer, leadTo, pageAnswer } from "./answers.ts";
import type { DoorRooms, DoorSession, PersonLine } from "./door-rooms.ts";
import { invitedPage, type KnownDevice, peoplePage, personPage } from "./people-pages.ts";
import { isForPerson, readMembers, type Visit } from "./visit.ts";
import type { Word } from "./words.ts";

const root = "/account/people";
const unstored = { headers: { "cache-control": "no-store" } };
const dayMs = 24 * 60 * 60_000;

export interface PeopleDeskOptions extends DoorRooms {
  /** The devices that the person sees in the home now; none while it is away. */
  readonly devicesOf: (visit: Visit, number: AccessNumber, session: DoorSession) => Promise<readonly KnownDevice[]>;
}

/** One change, its members read. */
interface Errand {
  readonly visit: Visit;
  readonly number: AccessNumber;
  readonly session: DoorSession;
  /** Whom it is about. */
  readonly user: string;
  readonly members: JsonObject;
}

export function createPeopleDesk({ people, audit, clock, place, peopleChanged, devicesOf }: PeopleDeskOptions) {
  const { isHome } = place;
  const tell = (
    { visit, number, session, user }: Errand,
    event: string,
    facts: Readonly<Record<string, string>> = {},
  ) => audit(event, number, session.user, visit.source, { who: user, ...facts });
  const known = async ({ number, user }: Pick<Errand, "number" | "user">): Promise<PersonLine> => {
    const found = (await people.list(number)).find((person) => person.user === user);
    if (found === undefined) throw new HomeError("not-found", `there is no ${user} at ${number}`, { number });
    return found;
  };

  async function show(visit: Visit, number: AccessNumber, session: DoorSession, alert?: string, status = 200) {
    const lines = await people.list(number);
    if (!isForPerson(visit)) return Response.json({ people: lines.map(toldOf) }, unstored);
    const devices = await devicesOf(visit, number, session);
    const facts = { people: lines, own: session.user, devices, now: clock.now(), isHome };
    return pageAnswer(peoplePage(facts, visit.speech, alert), visit, status);
  }

  function invited(
    { visit, user }: Errand,
    { secret, expiresAt }: { readonly secret: string; readonly expiresAt: number },
  ) {
    // After #: a browser keeps it to itself, no request and no log holds it.
    const address = `https://${visit.authority}/invitation`;
    const told = { user, address, secret, link: `${address}#${secret}`, expires: new Date(expiresAt).toISOString() };
    return isForPerson(visit) ? pageAnswer(invitedPage(told, visit.speech), visit) : Response.json(told, unstored);
  }

  const setSuspended = (isSuspended: boolean) => async (errand: Errand) => {
    await people.setSuspended(errand.number, errand.user, isSuspended);
    tell(errand, isSuspended ? "person-suspended" : "person-resumed");
    return leadTo(root);
  };

  const deeds: Readonly<Record<string, (errand: Errand) => Promise<Response>>> = {
    [`${root}/invite`]: async (errand) => {
      const { number, user, members } = errand;
      const [role, grant] = [roleIn(members), grantIn(members)];
      const made = await people.invite(number, user, role, grant);
      tell(errand, "person-invited", { role, grant: JSON.stringify(grant) });
      return invited(errand, made);
    },
    [`${root}/again`]: async (errand) => {
      const made = await people.inviteAgain(errand.number, errand.user);
      tell(errand, "person-invited", { again: "yes" });
      return invited(errand, made);
    },
    [`${root}/grant`]: async (errand) => {
      const { number, user, members } = errand;
      const [role, grant] = [roleIn(members), grantIn(members)];
      await people.setGrant(number, user, role, grant);
      tell(errand, "grant-changed", { role, grant: JSON.stringify(grant) });
      return leadTo(root);
    },
    [`${root}/suspend`]: setSuspended(true),
    [`${root}/resume`]: setSuspended(false),
    [`${root}/remove`]: async (errand) => {
      await people.remove(errand.number, errand.user);
      tell(errand, "person-removed");
      return leadTo(root);
    },
  };

  async function change(visit: Visit, number: AccessNumber, session: DoorSession, deed: (typeof deeds)[string]) {
    const members = await readMembers(visit, clock);
    if (!session.isFresh) return mustLogInAgain(visit);
    const user = typeof members["user"] === "string" ? members["user"].trim() : "";
    try {
      // So a home always keeps an owner: nobody takes away their own right to it.
      if (user === session.user) throw new HomeError("value-invalid", "this is oneself", { reason: "oneself" });
      const answer = await deed({ visit, number, session, user, members });
      await peopleChanged(number);
      return answer;
    } catch (thrown) {
      const error = toHomeError(thrown);
      if (error.code !== "value-invalid" || !isForPerson(visit)) return errorAnswer(error, visit);
      return show(visit, number, session, visit.speech.say(wordFor(error)), httpStatusOf[error.code]);
    }
  }

  return async (visit: Visit, number: AccessNumber, session: DoorSession): Promise<Response> => {
    const { method, path, query } = visit;
    if (session.role !== "owner") throw new HomeError("not-granted", "only an owner of the home says who comes in");
    if (path === root && method !== "POST") return show(visit, number, session);
    if (path === `${root}/person` && method !== "POST") {
      const person = await known({ number, user: query.get("user") ?? "" });
      const devices = await devicesOf(visit, number, session);
      if (!isForPerson(visit)) return Response.json(toldOf(person), unstored);
      return pageAnswer(personPage({ person, devices, now: clock.now(), isHome }, visit.speech), visit);
    }
    const deed = Object.hasOwn(deeds, path) ? deeds[path] : undefined;
    if (deed === undefined) throw new HomeError("not-found", "there is nothing here", { path: path.slice(0, 128) });
    if (method === "POST") return change(visit, number, session, deed);
    if (isForPerson(visit)) return leadTo(root);
    throw new HomeError("method-not-allowed", `${method} is not for this path`, { allow: ["POST"] });
  };
}

const toldOf = ({ user, role, grant, isSuspended, invitedUntil }: PersonLine) => {
  const invited = invitedUntil === null ? {} : { invitedUntil: new Date(invitedUntil).toISOString() };
  return { user, role, grant, isSuspended, ...invited };
};

function roleIn({ role = "guest" }: JsonObject): "owner" | "guest" {
  if (role === "owner" || role === "guest") return role;
  throw new HomeError("value-invalid", 'role is "owner" or "guest"', { member: "role", reason: "role" });
}

/** A program gives the grant itself, in JSON; the form what is needed most. @throws HomeError `value-invalid` */
function grantIn(members: JsonObject): Grant {
  const { grant, role, access, streams, until } = members;
  if (grant !== undefined) return parseGrant(typeof grant === "string" ? parsed(grant) : grant);
  if (role === "owner") return wholeGrant;
  const prefix = "device:";
  const ids = Object.keys(members).filter((name) => name.startsWith(prefix));
  const more =
    typeof members["devices"] === "string" ? members["devices"].split(/[\s,]+/).filter((id) => id !== "") : [];
  const one = { access: access ?? null, ...(streams === undefined ? {} : { streams: true }) };
  const devices = [...ids.map((name) => name.slice(prefix.length)), ...more].map((id) => [id, one]);
  const window = typeof until === "string" && until !== "" ? { window: { until: endOf(until) } } : {};
  return parseGrant({ devices: Object.fromEntries(devices), ...window });
}

/** The end of a day, by the clock on the provider's wall. */
function endOf(day: string): string {
  const begin = /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00`).getTime() : Number.NaN;
  if (!Number.isNaN(begin)) return new Date(begin + dayMs).toISOString();
  throw new HomeError("value-invalid", "a day is written 2026-12-31", { member: "until", reason: "until" });
}

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new HomeError("value-invalid", "the grant is no JSON object", { member: "grant" });
}

function wordFor({ details: { reason, member } }: HomeError): Word {
  if (reason === "taken") return "personTaken";
  if (reason === "oneself") return "personOneself";
  if (reason === "name") return "personName";
  return member === "devices" ? "personNoDevice" : "setUpFailed";
}
