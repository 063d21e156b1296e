/** Joins the provider's desk at the bare host to the provider's own deeds: the same as the command line's, under the name of who does them. */

import {
  type AccessNumber,
  numberOfFormat,
  parseAccessNumber,
  providerDesk,
} from "../gateway-core/contract/access-number.ts";
import { communicationMethods } from "../gateway-core/contract/communication-method.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { defaultRequirement } from "./challenge/requirement.ts";
import type { GatewayDirectory } from "./gateways/gateway-directory.ts";
import type { DoorRooms } from "./internet/door-rooms.ts";
import { createPersonDoor, ownPaths } from "./internet/person-door.ts";
import { createProviderDesk } from "./internet/provider-desk.ts";
import type { By, HomeLine, ProviderOffice } from "./internet/provider-office.ts";
import type { Visit } from "./internet/visit.ts";
import type { Operation } from "./operation.ts";
import { issueCard, type Provider, revokeGateway, setProxy, setRequirement } from "./provider.ts";
import { changePerson, invitePerson, setMethods } from "./provider-people.ts";
import type { Store } from "./subscriptions/store.ts";

const mostListed = 200;
/** So many numbers are tried before a format counts as full. */
const triedNumbers = 64;

export interface ProviderOfficeOptions {
  readonly provider: Provider;
  readonly store: Store;
  readonly directory: Pick<GatewayDirectory, "find" | "awaySince">;
  readonly operation: Pick<Operation, "facts" | "publish">;
}

/** The provider's people at the bare host. */
export interface DeskDoor {
  /** Whether a path is theirs. */
  takes(path: string): boolean;
  answer(visit: Visit): Promise<Response>;
}

/** Undefined where the settings leave it closed. */
export function openDeskDoor(
  options: ProviderOfficeOptions & { readonly rooms: Omit<DoorRooms, "place"> },
): DeskDoor | undefined {
  const { provider, rooms } = options;
  if (!provider.settings.operator.atBareHost) return undefined;
  const { clock, peopleChanged } = rooms;
  const desk = createProviderDesk({ clock, office: createProviderOffice(options), peopleChanged });
  const door = createPersonDoor({
    ...rooms,
    place: { isHome: false, landing: "/provider" },
    devicesOf: async () => [],
    goOn: (visit, _number, session) => desk(visit, session),
  });
  return {
    takes: (path) => ownPaths.test(path) || path === "/provider" || path.startsWith("/provider/"),
    answer: (visit) => door(visit, providerDesk),
  };
}

function createProviderOffice({ provider, store, directory, operation }: ProviderOfficeOptions): ProviderOffice {
  const { settings, host } = provider;
  const by = (who: By): Provider => ({ ...provider, by: who });
  const lineOf = (number: AccessNumber): HomeLine => ({ number, isOnline: directory.find(number) !== undefined });
  const isTaken = async (number: AccessNumber): Promise<boolean> => (await store.listPeople(number)).length > 0;

  async function freeNumber(): Promise<AccessNumber> {
    const { numberFormat } = settings;
    for (let tried = 0; numberFormat !== undefined && tried < triedNumbers; tried++) {
      const number = numberOfFormat(numberFormat, () => host.ids.fraction());
      if (!(await isTaken(number))) return number;
    }
    throw new HomeError("value-invalid", "no free number was found: name one", { member: "number" });
  }

  return {
    facts: operation.facts,
    publish: (descriptor, model, who) => operation.publish(descriptor, model, who),
    homes: async (part) => (await store.findNumbers(part, mostListed)).map(lineOf),
    async home(told) {
      const number = parseAccessNumber(told);
      const people = await store.listPeople(number);
      if (people.length === 0) throw new HomeError("not-found", `nobody is subscribed under ${number}`, { number });
      const policy = await store.findProxyPolicy(number);
      const isLimited = policy !== undefined && policy.allow.length + policy.deny.length > 0;
      return {
        ...lineOf(number),
        ...(await store.findHomeRules(number)),
        awaySince: directory.awaySince(number),
        isEnrolled: await store.isEnrolled(number, host.clock.now()),
        requirement: (await store.findRequirement(number)) ?? defaultRequirement,
        proxy: policy === undefined ? "off" : isLimited ? "limited" : "on",
        people: people.map(({ user, role, grant, isSuspended, invitedUntil }) => ({
          ...{ user, role, grant, isSuspended, invitedUntil },
        })),
      };
    },
    numberFormat: settings.numberFormat,
    async open({ number: told, user, methods }, who) {
      const number = told === "" ? await freeNumber() : parseAccessNumber(told);
      if (await isTaken(number)) throw new HomeError("value-invalid", `${number} is taken`, { member: "number" });
      const invitation = await invitePerson({ ...by(who), number, user });
      if (methods !== communicationMethods.join()) await setMethods({ ...by(who), number, methods });
      return { number, ...invitation };
    },
    async invite(number, user, role, who) {
      if (!(await isTaken(parseAccessNumber(number)))) throw new HomeError("not-found", `there is no home ${number}`);
      if (role === undefined || role === "owner" || role === "guest")
        return await invitePerson({ ...by(who), number, user, role });
      throw new HomeError("value-invalid", 'role is "owner" or "guest"', { member: "role" });
    },
    change: (number, user, deed, who) => changePerson({ ...by(who), number: parseAccessNumber(number), user, deed }),
    async setRules(number, { methods, requirement, proxy }, who) {
      const at = { ...by(who), number: parseAccessNumber(number) };
      if (methods !== undefined) await setMethods({ ...at, methods });
      if (requirement !== undefined)
        await setRequirement({ ...at, requirement: requirement === defaultRequirement ? null : requirement });
      if (proxy !== undefined) await setProxy({ ...at, isAllowed: proxy === "on" });
    },
    card: async (number, who) => ({ ...(await issueCard({ ...by(who), number })) }),
    async revoke(number, who) {
      await revokeGateway({ ...by(who), number });
    },
  };
}
