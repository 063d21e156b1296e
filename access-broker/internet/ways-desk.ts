/** What a home asks of who comes in, at its own origin, for its owner: by which methods, and from which networks and callers. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError, httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { mustLogInAgain } from "./account-desk.ts";
import { errorAnswer, leadTo, pageAnswer } from "./answers.ts";
import type { DoorRooms, DoorSession, WayParts } from "./door-rooms.ts";
import { isForPerson, readMembers, type Visit } from "./visit.ts";
import { waysPage } from "./ways-pages.ts";
import type { Word } from "./words.ts";

export const waysPath = "/account/ways";
const mostPlaces = 16;
/** Visual separators (RFC 3966 §5.1.1). */
const separators = /[\s().-]/g;

export function createWaysDesk({ clock, ways, hasCallers, audit, peopleChanged }: DoorRooms) {
  async function show(visit: Visit, number: AccessNumber, alert?: string, status = 200): Promise<Response> {
    const file = await ways.read(number);
    if (!isForPerson(visit)) return Response.json(file, { headers: { "cache-control": "no-store" } });
    return pageAnswer(waysPage({ ...file, hasCallers }, visit.speech, alert), visit, status);
  }

  async function change(visit: Visit, number: AccessNumber, session: DoorSession): Promise<Response> {
    const members = await readMembers(visit, clock);
    if (!session.isFresh) return mustLogInAgain(visit);
    const { user, assurances } = session;
    try {
      const { requirement: written } = members;
      const wish = typeof written === "string" ? written : partsIn(members);
      const requirement = await ways.change({ number, user, source: visit.source, assurances }, wish);
      audit("requirement-set", number, user, visit.source, { requirement });
    } catch (thrown) {
      const error = toHomeError(thrown);
      if (error.code !== "value-invalid" || !isForPerson(visit)) return errorAnswer(error, visit);
      return show(visit, number, visit.speech.say(wordFor(error)), httpStatusOf[error.code]);
    }
    await peopleChanged(number);
    return leadTo(waysPath);
  }

  return (visit: Visit, number: AccessNumber, session: DoorSession): Promise<Response> => {
    if (session.role !== "owner") throw new HomeError("not-granted", "only an owner of the home says what it asks for");
    return visit.method === "POST" ? change(visit, number, session) : show(visit, number);
  };
}

/** @throws HomeError `value-invalid` */
function partsIn(members: JsonObject): WayParts {
  const listed = (name: string): readonly string[] => {
    const told = members[name];
    return typeof told === "string"
      ? told
          .normalize("NFKC")
          .split(",")
          .map((one) => one.trim())
          .filter(Boolean)
      : [];
  };
  const places = (networks: string, callers: string): readonly string[] => {
    const all = [...listed(networks), ...listed(callers).map(callerOf)];
    if (all.length <= mostPlaces) return all;
    throw new HomeError("value-invalid", `at most ${mostPlaces} places`, { reason: "places" });
  };
  const { methods } = members;
  return {
    methods: typeof methods === "string" ? methods : "",
    from: places("networks", "callers"),
    look: places("look-networks", "look-callers"),
  };
}

/** As the access network writes it, whatever separators it was typed with. */
function callerOf(typed: string): string {
  const number = typed.replaceAll(separators, "");
  if (/^\+?\d{3,15}$/.test(number)) return `tel:${number}`;
  throw new HomeError("value-invalid", "a caller's number has 3 to 15 digits", { reason: "caller" });
}

function wordFor({ details: { reason } }: HomeError): Word {
  if (reason === "outside") return "waysOutside";
  return reason === "caller" ? "waysCallerWrong" : "waysWrong";
}
