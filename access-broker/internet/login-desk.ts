/** The login at a home's origin: which proofs a form or a program gave, what comes of them, and the forms that ask for more. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { assertCommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import { HomeError, httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import { errorAnswer, forgetting, leadTo, pageAnswer } from "./answers.ts";
import type { DoorClaim, DoorRooms, DoorSession, ProofKind } from "./door-rooms.ts";
import { loginForm, stepForm } from "./forms.ts";
import type { OwnPage } from "./own-page.ts";
import { deviceCookie, deviceToken, noSessionCookie, sessionCookie, sessionToken } from "./session-cookie.ts";
import { isForPerson, readMembers, type Visit } from "./visit.ts";
import type { Word } from "./words.ts";

export interface LoginDesk {
  sessionOf(visit: Visit, number: AccessNumber): Promise<DoorSession | undefined>;
  claimOf(visit: Visit, number: AccessNumber, user?: string): DoorClaim;
  /** `GET /login`: the form, the next step, or on to the home. */
  show(visit: Visit, number: AccessNumber): Promise<Response>;
  /** `POST /login` */
  logIn(visit: Visit, number: AccessNumber): Promise<Response>;
  /** `POST /login/challenge` `{kind: "key", user}` or `{kind: "passkey"}` */
  prepare(visit: Visit, number: AccessNumber): Promise<Response>;
  /** `POST /logout` */
  logOut(visit: Visit, number: AccessNumber, session: DoorSession): Promise<Response>;
  /** A session of who has shown this; returns its cookie. */
  begin(
    visit: Visit,
    number: AccessNumber,
    shown: Pick<DoorSession, "user" | "assurances"> & { readonly begunAt?: number },
  ): Promise<string>;
  endSession(session: Pick<DoorSession, "id">): Promise<void>;
  /** A session in the place of another, with what was shown beside it; the other ends. */
  rotate(
    visit: Visit,
    number: AccessNumber,
    session: DoorSession,
    more?: DoorSession["assurances"],
  ): Promise<{ readonly cookie: string }>;
}

export function createLoginDesk(rooms: DoorRooms): LoginDesk {
  const { clock, place, sessions, login, devices, openAnswers, audit } = rooms;
  const agentOf = ({ headers }: Visit): string => headers.get("user-agent") ?? "";

  const desk: LoginDesk = {
    async sessionOf(visit, number) {
      const token = sessionToken(visit.headers);
      return token === undefined ? undefined : await sessions.find(token, number, visit.source);
    },

    claimOf(visit, number, user) {
      const device = devices.find(deviceToken(visit.headers), number, user);
      const named = { ...(user === undefined ? {} : { user }), ...(device === undefined ? {} : { device }) };
      return { number, origin: `https://${visit.authority}`, source: visit.source, ...named };
    },

    async show(visit, number) {
      const session = await desk.sessionOf(visit, number);
      const isAgain = session !== undefined && visit.query.has("again");
      if (session !== undefined && !isAgain) {
        return session.rights === "none" ? pageAnswer(stepForm(session, visit.speech), visit) : leadTo(place.landing);
      }
      const isLookOffered = await login.mayLook(number, visit.source);
      return pageAnswer(loginForm(number, visit.speech, { isLookOffered, isAgain }), visit);
    },

    async logIn(visit, number) {
      const members = await readMembers(visit, clock);
      const session = await desk.sessionOf(visit, number);
      const named = textOf(members["user"]);
      // A half-open session goes on with the person that it is of; who names a person begins anew.
      const before = session?.rights === "none" && named === undefined ? session : undefined;
      try {
        const claim = desk.claimOf(visit, number, before?.user ?? named);
        const { user, assurances, rights, next, reached } = await login.prove(claim, before, proofsIn(members));
        assertByBrowser(reached);
        if (session !== undefined) await desk.endSession(session);
        const { source } = visit;
        const cookies = [await desk.begin(visit, number, { user, assurances })];
        if (rights === "none") {
          audit("login-step", number, user, source, { shown: assurances.join("+") });
          return isForPerson(visit) ? leadTo("/login", ...cookies) : needsMore(visit, next, cookies);
        }
        audit("login", number, user, source, { shown: assurances.join("+"), rights });
        if (!assurances.includes("source")) cookies.push(deviceCookie(devices.remember(number, user)));
        return leadTo(members["to"] === "account" ? "/account" : place.landing, ...cookies);
      } catch (thrown) {
        const { code, cause } = toHomeError(thrown);
        const reason = typeof cause === "string" ? cause : code;
        const who = before?.user ?? named?.slice(0, 64) ?? null;
        audit("login-refused", number, who, visit.source, { reason });
        const isLookOffered = await login.mayLook(number, visit.source);
        return refusedForm(thrown, visit, (alert, isStepRefused) =>
          before === undefined
            ? loginForm(number, visit.speech, { isLookOffered, isAgain: members["to"] === "account", alert })
            : stepForm(before, visit.speech, isStepRefused ? visit.speech.say("stepRefused") : alert),
        );
      }
    },

    async prepare(visit, number) {
      const members = await readMembers(visit, clock);
      const kind = members["kind"] ?? "key";
      if (kind !== "key" && kind !== "passkey") {
        throw new HomeError("value-invalid", 'kind is "key" or "passkey"', { member: "kind" });
      }
      const session = await desk.sessionOf(visit, number);
      const user = textOf(members["user"]) ?? (session?.rights === "none" ? session.user : undefined);
      const told = await login.prepare(kind, desk.claimOf(visit, number, user));
      return Response.json(told, { headers: { "cache-control": "no-store" } });
    },

    async logOut(visit, number, session) {
      await desk.endSession(session);
      audit("logout", number, session.user, visit.source, {});
      return forgetting(leadTo("/login", noSessionCookie));
    },

    begin: async (visit, number, shown) =>
      sessionCookie(await sessions.begin({ number, ...shown, source: visit.source, agent: agentOf(visit) })),

    async endSession({ id }) {
      openAnswers.end(id);
      await sessions.end(id);
    },

    async rotate(visit, number, session, more = []) {
      await desk.endSession(session);
      const { user, begunAt } = session;
      const assurances = [...new Set([...session.assurances, ...more])];
      return { cookie: await desk.begin(visit, number, { user, assurances, begunAt }) };
    },
  };
  return desk;
}

/** A home that lets nobody in by a browser says so to those alone who have shown who they are. */
export function assertByBrowser(reached: DoorSession["reached"]): void {
  if (!reached.includes("compact")) assertCommunicationMethod(reached, "https");
}

/** The proofs among the members of a form, in the order in which they are judged. */
function proofsIn(members: JsonObject): readonly { readonly kind: ProofKind; readonly proof: JsonObject }[] {
  const { password, code, signature, challenge = null, key, passkey, way } = members;
  const codeText = textOf(code)?.normalize("NFKC").replace(/[\s-]/g, "") ?? "";
  const ofKey = { challenge, signature: signature ?? null, ...(key === undefined ? {} : { key }) };
  const all: readonly (false | { readonly kind: ProofKind; readonly proof: JsonObject })[] = [
    way === "look" && { kind: "source", proof: {} },
    passkey !== undefined && { kind: "passkey", proof: { response: parsed(passkey) } },
    signature !== undefined && { kind: "key", proof: ofKey },
    password !== undefined && { kind: "password", proof: { password } },
    codeText !== "" && { kind: /^\d{6}$/.test(codeText) ? "totp" : "recovery", proof: { code: codeText } },
  ];
  return all.filter((one) => one !== false);
}

/** A passkey's answer comes from a form as JSON text. */
function parsed(value: Json): Json {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return null;
  }
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

function needsMore(visit: Visit, next: readonly string[], cookies: readonly string[]): Response {
  const error = new HomeError("second-factor-required", "one more proof is needed", { methods: next });
  const answer = errorAnswer(error, visit);
  for (const cookie of cookies) answer.headers.append("set-cookie", cookie);
  return answer;
}

/** A form that was refused comes again with the reason; a program gets the error. */
export function refusedForm(
  thrown: unknown,
  visit: Visit,
  form: (alert: string, isRefused: boolean) => OwnPage,
): Response {
  const error = toHomeError(thrown);
  const word = wordFor(error, visit.path === "/password");
  if (word === undefined || !isForPerson(visit)) return errorAnswer(error, visit);
  const { retryAfter } = error.details;
  const alert = visit.speech.say(word, typeof retryAfter === "number" ? { retryAfter } : {});
  const answer = pageAnswer(form(alert, error.code === "login-refused"), visit, httpStatusOf[error.code]);
  if (typeof retryAfter === "number") answer.headers.set("retry-after", String(retryAfter));
  return answer;
}

function wordFor({ code, details }: HomeError, isPassword: boolean): Word | undefined {
  if (code === "too-many-attempts") return "tooMany";
  if (code === "login-refused") return isPassword ? "currentWrong" : "loginRefused";
  const { reason } = details;
  if (code === "password-unsuitable") {
    const reasons: readonly Word[] = ["short", "long", "simple", "name", "same", "different"];
    return reasons.find((one) => one === reason) ?? "simple";
  }
  return undefined;
}
