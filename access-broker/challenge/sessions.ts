/** Sessions: what a person holds after a challenge was passed, bound to one home. The store outlives the process, so a session does too. */

import { hash, randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { CommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import type { Assurance, Method } from "./challenge.ts";
import {
  defaultRequirement,
  nextMethods,
  parseRequirement,
  type Requirement,
  type Rights,
  rightsOf,
} from "./requirement.ts";
import { accessOf, isBarred, type Standing } from "./standing.ts";

/** How long a session lives at a home. */
const homeLife = { idleMs: 7 * 24 * 60 * 60_000, absoluteMs: 30 * 24 * 60 * 60_000 };
/** How long a session that may do nothing yet waits for what it lacks. */
const halfOpenMs = 10 * 60_000;
/** How long after a login its person may change what opens the home. */
const freshMs = 15 * 60_000;
/** How often `seenAt` is written down. */
const touchMs = 60_000;
const longestAgent = 256;

export interface StoredSession {
  readonly id: string;
  readonly number: AccessNumber;
  readonly user: string;
  readonly begunAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  readonly methods: string;
  readonly source: string;
  readonly agent: string;
}

interface FoundSession extends StoredSession, Standing {
  readonly state: string;
  readonly requirement: string | null;
  readonly hasTotp: boolean;
}

/** What this room asks of the store. */
export interface SessionStore {
  addSession(session: StoredSession): Promise<void>;
  findSession(id: string): Promise<FoundSession | undefined>;
  listSessions(number: AccessNumber, user: string): Promise<readonly StoredSession[]>;
  touchSession(id: string, seenAt: number): Promise<void>;
  removeSession(id: string): Promise<void>;
}

export interface Session {
  readonly id: string;
  readonly number: AccessNumber;
  readonly user: string;
  readonly begunAt: number;
  readonly assurances: readonly Assurance[];
  /** By the home's requirement as it is now, from where the request comes. */
  readonly rights: Rights;
  /** What must still be shown, any of these, while there are no rights. */
  readonly next: readonly Method[];
  readonly role: Standing["role"];
  /** What the person may see and do in the home; for who may only look, nothing to control. */
  readonly grant: Grant;
  /** All that decides over what is seen, as a text to compare; undefined when nothing may be seen now. */
  readonly sight: string | undefined;
  /** By which the home may be reached. */
  readonly reached: readonly CommunicationMethod[];
  readonly hasPassword: boolean;
  /** A one-time password was used: nothing else is open until another is set. */
  readonly mustChangePassword: boolean;
  /** The provider vouched for the person just now: who lacks what the home asks for may set it up. */
  readonly isVouchedFor: boolean;
  readonly isFresh: boolean;
}

/** Who begins a session, and with what. `begunAt`: of the session that this one takes the place of. */
export interface NewSession {
  readonly number: AccessNumber;
  readonly user: string;
  readonly assurances: readonly Assurance[];
  readonly source: string;
  readonly agent: string;
  readonly begunAt?: number;
}

export interface Sessions {
  /** A new session; the token is told once and only its hash is kept. */
  begin(session: NewSession): Promise<string>;
  /** The session that this token stands for at this home; undefined when there is none or it belongs to another home. */
  find(token: string, number: AccessNumber, source: string): Promise<Session | undefined>;
  /** What a session sees now, from that source: for requests that stay open. */
  sightOf(id: string, source: string): Promise<string | undefined>;
  /** A person's sessions that have not ended, the one seen last first. */
  list(number: AccessNumber, user: string): Promise<readonly StoredSession[]>;
  end(id: string): Promise<void>;
}

/** What holds for the sessions of one number, whatever the table says. */
export interface SessionRule {
  readonly requirement: Requirement;
  readonly idleMs: number;
  readonly absoluteMs: number;
}

/** `ruleOf`: undefined for homes, whose requirement stands in the table. */
export function createSessions(
  store: SessionStore,
  clock: Pick<Clock, "now">,
  ruleOf: (number: AccessNumber) => SessionRule | undefined = () => undefined,
): Sessions {
  const lifeOf = (number: AccessNumber) => ruleOf(number) ?? homeLife;
  const isInTime = ({ number, expiresAt, seenAt }: StoredSession): boolean =>
    clock.now() < Math.min(expiresAt, seenAt + lifeOf(number).idleMs);

  const live = async (id: string, source: string): Promise<(FoundSession & Session) | undefined> => {
    const found = await store.findSession(id);
    if (found === undefined) return undefined;
    const now = clock.now();
    const assurances = assurancesOf(found.methods);
    const shown = { assurances, source, hasTotp: found.hasTotp };
    const requirement = ruleOf(found.number)?.requirement ?? requirementIn(found.requirement);
    const rights = rightsOf(requirement, shown);
    const isEnded = isBarred(found) || !isInTime(found) || (rights === "none" && now >= found.begunAt + halfOpenMs);
    if (isEnded) {
      await store.removeSession(id);
      return undefined;
    }
    const { role, state, home } = found;
    const access = accessOf(found.grant, rights, now);
    return {
      ...found,
      assurances,
      rights,
      next: rights === "none" ? nextMethods(requirement, shown) : [],
      grant: access.grant,
      sight: access.rights === "none" ? undefined : JSON.stringify([access, role, home.methods]),
      reached: home.methods,
      hasPassword: state === "password",
      mustChangePassword: state === "one-time" || state === "one-time-used",
      isVouchedFor: assurances.includes("one-time") && now < found.begunAt + halfOpenMs,
      isFresh: now < found.begunAt + freshMs,
    };
  };

  return {
    async begin({ number, user, assurances, source, agent, begunAt }) {
      const token = randomBytes(32).toString("base64url");
      const now = clock.now();
      const times = { begunAt: begunAt ?? now, seenAt: now, expiresAt: (begunAt ?? now) + lifeOf(number).absoluteMs };
      const told = { methods: assurances.join("+"), source, agent: agent.slice(0, longestAgent) };
      await store.addSession({ id: idOf(token), number, user, ...times, ...told });
      return token;
    },
    async find(token, number, source) {
      const found = await live(idOf(token), source);
      if (found === undefined || found.number !== number) return undefined;
      if (clock.now() - found.seenAt >= touchMs) await store.touchSession(found.id, clock.now());
      return found;
    },
    sightOf: async (id, source) => (await live(id, source))?.sight,
    list: async (number, user) => (await store.listSessions(number, user)).filter(isInTime),
    end: (id) => store.removeSession(id),
  };
}

/** A home's requirement as the table holds it. */
export const requirementIn = (text: string | null): Requirement => parseRequirement(text ?? defaultRequirement);

const all: readonly Assurance[] = ["password", "totp", "key", "passkey", "one-time", "source"];
function assurancesOf(methods: string): readonly Assurance[] {
  const told = methods.split("+");
  return all.filter((one) => told.includes(one));
}

const idOf = (token: string): string => hash("sha256", token, "hex");
