/**
 * The provider's desk at the bare host, behind a login of the provider's own people (person-door.ts): they open homes and
 * hand out invitations, suspend, see homes online, links, refusals and the worklist. Every change is in the audit with
 * who did it, and is made shortly after a login.
 */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { communicationMethods } from "../../gateway-core/contract/communication-method.ts";
import { HomeError, httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { mustLogInAgain } from "./account-desk.ts";
import { errorAnswer, leadTo, pageAnswer } from "./answers.ts";
import { createDescriptorForm } from "./descriptor-form.ts";
import type { DoorSession } from "./door-rooms.ts";
import { invitedPage } from "./people-pages.ts";
import type { By, HandedOver, ProviderOffice } from "./provider-office.ts";
import {
  cardPage,
  deskHomePage,
  deskHomesPage,
  deskRoot,
  deskWays,
  homeHref,
  homeRoot,
  homesRoot,
} from "./provider-pages.ts";
import { isForPerson, readMembers, type Visit } from "./visit.ts";

const unstored = { headers: { "cache-control": "no-store" } };

/** One change, its members read. */
interface Errand {
  readonly visit: Visit;
  readonly by: By;
  readonly number: string;
  /** Empty: the whole home. */
  readonly user: string;
  readonly members: JsonObject;
  /** The page that it was asked from, with what went wrong. */
  again(alert: string, status: number): Promise<Response>;
}

export interface ProviderDeskOptions {
  readonly clock: Clock;
  readonly office: ProviderOffice;
  /** What people of the home may has changed. */
  readonly peopleChanged: (number: AccessNumber) => Promise<void>;
}

export function createProviderDesk({ clock, office, peopleChanged }: ProviderDeskOptions) {
  const part = (visit: Visit): string => (visit.query.get("number") ?? "").trim().slice(0, 40);
  const descriptors = createDescriptorForm({
    clock,
    facts: (visit) => office.facts(part(visit)),
    place: (speech) => ({ root: deskRoot, publish: `${deskRoot}/descriptors`, before: deskWays(speech), homeHref }),
  });

  async function showHomes(visit: Visit, session: DoorSession, alert?: string, status = 200): Promise<Response> {
    const homes = await office.homes(part(visit));
    if (!isForPerson(visit)) return Response.json({ homes }, unstored);
    const facts = { part: part(visit), homes, numberFormat: office.numberFormat, mayChange: mayChange(session) };
    return pageAnswer(deskHomesPage(facts, visit.speech, alert), visit, status);
  }
  async function showHome(
    visit: Visit,
    session: DoorSession,
    number: string,
    alert?: string,
    status = 200,
  ): Promise<Response> {
    const file = await office.home(number);
    if (!isForPerson(visit)) return Response.json(file, unstored);
    return pageAnswer(deskHomePage(file, mayChange(session), clock.now(), visit.speech, alert), visit, status);
  }

  function handOver(visit: Visit, number: string, user: string, told: HandedOver): Response {
    const back = homeHref(number);
    return isForPerson(visit)
      ? pageAnswer(invitedPage({ user, ...told, back }, visit.speech), visit)
      : Response.json({ number, user, ...told }, unstored);
  }
  const change = (deed: "suspend" | "resume" | "remove") => async (errand: Errand) => {
    const { number, user, by } = errand;
    await office.change(number, user === "" ? undefined : user, deed, by);
    return leadTo(homeHref(number));
  };

  const deeds: Readonly<Record<string, (errand: Errand) => Promise<Response>>> = {
    [homesRoot]: async ({ visit, number, user, members, by }) => {
      const opened = await office.open(
        { number, user, methods: methodsIn(members) ?? communicationMethods.join() },
        by,
      );
      return handOver(visit, opened.number, user, opened);
    },
    [`${homeRoot}/invite`]: async ({ visit, number, user, members, by }) => {
      const { role } = members;
      const told = await office.invite(number, user, typeof role === "string" ? role : undefined, by);
      return handOver(visit, number, user, told);
    },
    [`${homeRoot}/suspend`]: change("suspend"),
    [`${homeRoot}/resume`]: change("resume"),
    [`${homeRoot}/remove`]: change("remove"),
    [`${homeRoot}/rules`]: async ({ number, members, by }) => {
      const { requirement, proxy } = members;
      const methods = methodsIn(members);
      await office.setRules(
        number,
        {
          ...(methods === undefined ? {} : { methods }),
          ...(typeof requirement === "string" ? { requirement } : {}),
          ...(typeof proxy === "string" ? { proxy } : {}),
        },
        by,
      );
      return leadTo(homeHref(number));
    },
    [`${homeRoot}/card`]: async ({ visit, number, by }) => {
      const card = await office.card(number, by);
      return isForPerson(visit)
        ? pageAnswer(cardPage(number, card, visit.speech), visit)
        : Response.json(card, unstored);
    },
    [`${homeRoot}/revoke`]: async ({ number, by }) => {
      await office.revoke(number, by);
      return leadTo(homeHref(number));
    },
  };

  async function run(deed: (typeof deeds)[string], errand: Errand): Promise<Response> {
    try {
      const answer = await deed?.(errand);
      await peopleChanged(errand.number);
      return answer ?? leadTo(deskRoot);
    } catch (thrown) {
      const error = toHomeError(thrown);
      if (error.code !== "value-invalid" || !isForPerson(errand.visit)) return errorAnswer(error, errand.visit);
      return errand.again(errand.visit.speech.say("deskInvalid", { reason: error.message }), httpStatusOf[error.code]);
    }
  }

  return async (visit: Visit, session: DoorSession): Promise<Response> => {
    const { method, path } = visit;
    const by = { user: session.user, source: visit.source };
    if (method === "GET" || method === "HEAD") {
      if (path === deskRoot) return descriptors.show(visit);
      if (path === homesRoot) return showHomes(visit, session);
      if (path === homeRoot) return showHome(visit, session, part(visit));
      if (Object.hasOwn(deeds, path) && isForPerson(visit)) return leadTo(homesRoot);
      throw new HomeError("not-found", "there is nothing here", { path: path.slice(0, 128) });
    }
    if (method !== "POST")
      throw new HomeError("method-not-allowed", `${method} is not for ${path}`, { allow: ["POST"] });
    if (!mayChange(session)) throw new HomeError("not-granted", "this person may look and change nothing");
    if (path === `${deskRoot}/descriptors`) {
      if (!session.isFresh) return mustLogInAgain(visit);
      return descriptors.take(visit, (descriptor, model) => office.publish(descriptor, model, by));
    }
    const deed = Object.hasOwn(deeds, path) ? deeds[path] : undefined;
    if (deed === undefined) throw new HomeError("not-found", "there is nothing here", { path: path.slice(0, 128) });
    const members = await readMembers(visit, clock);
    if (!session.isFresh) return mustLogInAgain(visit);
    const [number, user] = [textIn(members, "number"), textIn(members, "user")];
    const again = (alert: string, status: number): Promise<Response> =>
      path === homesRoot ? showHomes(visit, session, alert, status) : showHome(visit, session, number, alert, status);
    return run(deed, { visit, by, number, user, members, again });
  };
}

const textIn = (members: JsonObject, name: string): string => {
  const value = members[name];
  return typeof value === "string" ? value.trim() : "";
};

/** A person of the desk controls what is there, or looks. */
const mayChange = ({ role, grant }: DoorSession): boolean =>
  role === "owner" || grant.devices["*"]?.access === "control";

/** A program names them with commas, the form by boxes, of which none may be ticked; undefined when neither says anything. */
function methodsIn(members: JsonObject): string | undefined {
  const { methods, boxes: hasBoxes } = members;
  if (typeof methods === "string") return methods;
  if (hasBoxes === undefined) return undefined;
  const prefix = "method:";
  const boxes = Object.keys(members).filter((name) => name.startsWith(prefix));
  return boxes.map((name) => name.slice(prefix.length)).join();
}
