/** A person's own homes at the bare host, the initial page: shown to whoever has the passkey that opens them, and to nobody else; beside them those that they keep in their browser. No home is opened here. */

import { isAccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import { leadTo, pageAnswer } from "./answers.ts";
import { homesForm, homesPage, type KeptHomes } from "./homes-pages.ts";
import { keptHomes, withHome, withoutHome } from "./kept-homes.ts";
import { refusedForm } from "./login-desk.ts";
import { homesCookie, homesToken, noHomesCookie } from "./session-cookie.ts";
import type { HomeSight, ShownHome } from "./shown-home.ts";
import { tidyNumber } from "./tidy-number.ts";
import { isForPerson, readForm, readMembers, type Visit } from "./visit.ts";

export interface HomesDeskOptions {
  readonly clock: Clock;
  readonly host: string;
  readonly prepare: (origin: string) => JsonObject;
  /** @throws HomeError `login-refused`, `too-many-attempts` */
  readonly touch: (
    origin: string,
    source: string,
    response: Json | undefined,
  ) => Promise<{ readonly homes: readonly ShownHome[]; readonly begin: (agent: string) => Promise<string> }>;
  readonly shownBy: (token: string, source: string) => Promise<readonly ShownHome[] | undefined>;
  /** The token shows nothing any more. */
  readonly leave: (token: string) => Promise<void>;
  /** Waits a moment for the home; never rejects. */
  readonly lookInto: (home: ShownHome, visit: Visit) => Promise<HomeSight>;
  readonly audit: (event: string, number: null, user: null, source: string, facts: JsonObject) => void;
}

export interface HomesDesk {
  /** Answers `/homes` and what is below it. */
  readonly answer: (visit: Visit) => Promise<Response>;
  /** To where who comes to the bare host goes on; undefined for who has neither shown a passkey here nor kept a home. */
  readonly wayOn: (visit: Visit) => Promise<string | undefined>;
}

const unstored = { headers: { "cache-control": "no-store" } };

export function createHomesDesk(options: HomesDeskOptions): HomesDesk {
  const { clock, host, prepare, touch, shownBy, leave, lookInto, audit } = options;
  const originOf = ({ authority }: Visit): string => `https://${authority}`;
  const portOf = ({ authority }: Visit): string => authority.slice(host.length);
  const addressOf = ({ number }: Pick<ShownHome, "number">, visit: Visit): string =>
    `https://${number}.${host}${portOf(visit)}/`;
  /** The form may lead straight on to a home. */
  const formPage = (visit: Visit, alert?: string, status = 200): Response =>
    pageAnswer(homesForm(keptBy(visit), visit.speech, alert), visit, status, `https://*.${host}${portOf(visit)}`);
  const keptBy = (visit: Visit, shown: readonly ShownHome[] = []): KeptHomes => ({
    kept: keptHomes(visit.headers)
      .filter((number) => shown.every((home) => home.number !== number))
      .map((number) => ({ number, address: addressOf({ number }, visit) })),
    offered: tidyNumber(visit.query.get("number") ?? ""),
  });

  /** Written down in this browser, by the person at this page alone: nothing is looked up, so nothing is told of a number. */
  async function keep(visit: Visit): Promise<Response> {
    const form = await readForm(visit, clock);
    const number = tidyNumber(form.get("number") ?? "");
    const kept = keptHomes(visit.headers);
    if (visit.path === "/homes/forget") return leadTo("/homes", withoutHome(kept, number));
    if (!isAccessNumber(number)) return formPage(visit, visit.speech.say("numberWrong"), 422);
    return leadTo("/homes", withHome(kept, number));
  }

  async function prove(visit: Visit): Promise<Response> {
    const { passkey = null } = await readMembers(visit, clock);
    try {
      const response = typeof passkey === "string" ? parsed(passkey) : passkey;
      const { homes, begin } = await touch(originOf(visit), visit.source, response);
      audit("homes-shown", null, null, visit.source, { homes: homes.length });
      if (!isForPerson(visit)) return Response.json({ homes: homes.map((home) => toldOf(home, visit)) }, unstored);
      if (homes.length === 0) return formPage(visit, visit.speech.say("homesNone"));
      const token = await begin(visit.headers.get("user-agent") ?? "");
      return leadTo(goesTo(homes, visit), homesCookie(token));
    } catch (thrown) {
      const { code, cause } = toHomeError(thrown);
      const reason = typeof cause === "string" ? cause : code;
      audit("login-refused", null, null, visit.source, { reason, by: "homes" });
      return refusedForm(thrown, visit, () => homesForm(keptBy(visit), visit.speech, visit.speech.say("homesNone")));
    }
  }

  /** Who has one home wants to be there. */
  const goesTo = (homes: readonly ShownHome[], visit: Visit): string => {
    const [only, ...others] = homes;
    return only !== undefined && others.length === 0 ? addressOf(only, visit) : "/homes";
  };
  const toldOf = (home: ShownHome, visit: Visit) => {
    const { number, user, role } = home;
    return { number, user, role, address: addressOf(home, visit) };
  };
  const homesBy = async (visit: Visit): Promise<readonly ShownHome[] | undefined> => {
    const token = homesToken(visit.headers);
    const homes = token === undefined ? undefined : await shownBy(token, visit.source);
    return homes?.length === 0 ? undefined : homes;
  };

  async function show(visit: Visit): Promise<Response> {
    const homes = await homesBy(visit);
    if (homes === undefined) {
      if (isForPerson(visit)) return formPage(visit);
      throw new HomeError("session-required", "show a passkey at /homes first");
    }
    const lines = await Promise.all(
      homes.map(async (home) => ({ ...toldOf(home, visit), ...(await lookInto(home, visit)) })),
    );
    if (!isForPerson(visit)) return Response.json({ homes: lines }, unstored);
    return pageAnswer(homesPage(lines, keptBy(visit, homes), clock.now(), visit.speech), visit);
  }

  return {
    async answer(visit) {
      const { method, path } = visit;
      const isPost = method === "POST";
      if (path === "/homes/challenge" && isPost) return Response.json(prepare(originOf(visit)), unstored);
      if ((path === "/homes/keep" || path === "/homes/forget") && isPost) return keep(visit);
      if (path === "/homes/logout" && isPost) {
        const token = homesToken(visit.headers);
        if (token !== undefined) await leave(token);
        return leadTo("/homes", noHomesCookie);
      }
      if (path !== "/homes")
        throw new HomeError("method-not-allowed", `${method} is not for ${path}`, { allow: ["POST"] });
      if (isPost) return prove(visit);
      if (method === "GET" || method === "HEAD") return show(visit);
      throw new HomeError("method-not-allowed", `${method} is not for ${path}`, { allow: ["GET", "HEAD", "POST"] });
    },
    async wayOn(visit) {
      const homes = await homesBy(visit);
      const { kept } = keptBy(visit, homes);
      const [only] = kept;
      if (only !== undefined) return kept.length + (homes?.length ?? 0) === 1 ? only.address : "/homes";
      return homes && goesTo(homes, visit);
    },
  };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
