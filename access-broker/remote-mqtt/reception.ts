/** Where every connection of remote MQTT is received, whichever way it came: its CONNECT is judged, then who it is from, then it is served. */

import type { Duplex } from "node:stream";
import { coalesceWrites } from "../../gateway-core/bytes/coalesce-writes.ts";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock, Ids } from "../../gateway-core/contract/clock.ts";
import type { CommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import { type ErrorCode, toHomeError } from "../../gateway-core/contract/errors.ts";
import {
  connack,
  type Greeting,
  isNameOf,
  judgeConnect,
  ownConnect,
  type Refusal,
  type ReturnCode,
  readConnect,
  returnCodes,
} from "./connect.ts";
import type { RemoteHomes } from "./remote-homes.ts";
import { openNow, type Standing, type Visitor } from "./visitor.ts";

type Method = Extract<CommunicationMethod, "mqtts" | "wss">;

/** How a visitor shows who they are, where they come by one method. */
export interface AppLogin {
  /** @throws HomeError `login-refused`, `too-many-attempts`, `communication-method-not-allowed` */
  judge(claim: {
    readonly number: AccessNumber;
    readonly user: string;
    readonly source: string;
    readonly password: string;
  }): Promise<{ readonly credential: string }>;
  /** What the credential opens now, from there: nothing where the home is not reached by that method. */
  standing(number: AccessNumber, user: string, credential: string, source: string): Promise<Standing>;
}

/** Somebody whom the home's door knows already. */
export interface Guest {
  readonly number: AccessNumber;
  readonly user: string;
  /** The id of the session. */
  readonly session: string;
  standing(): Promise<Standing>;
}

/** The way by which a connection came. */
export interface Way {
  readonly method: Method;
  readonly source: string;
  /** What TLS was asked for; empty for nothing. */
  readonly serverName: string;
  /** The home that it came to, where it came to one. */
  readonly number?: AccessNumber;
  /** Who it is from where its CONNECT names nobody. */
  readonly guest?: Guest | undefined;
}

export interface ReceptionOptions {
  readonly clock: Clock;
  readonly ids: Pick<Ids, "fresh">;
  readonly host: string;
  readonly loginBy: (method: Method) => AppLogin;
  readonly homes: RemoteHomes;
  readonly audit: (
    event: string,
    number: AccessNumber | null,
    user: string | null,
    source: string,
    facts: Readonly<Record<string, string>>,
  ) => void;
}

/** One who showed who they are. */
interface Known {
  readonly number: AccessNumber;
  readonly user: string;
  /** Tells clients of one credential from those of another. */
  readonly credential: string;
  readonly shown: "app" | "session";
  standing(): Promise<Standing>;
}

/** Takes a connection; whoever speaks no MQTT is told nothing. Never rejects. */
export type Reception = (socket: Duplex, way: Way) => Promise<void>;

export function createReception(options: ReceptionOptions): Reception {
  const { clock, ids, host, loginBy, homes, audit } = options;

  async function receive(socket: Duplex, way: Way): Promise<void> {
    const greeting = judgeConnect(await readConnect(socket, clock));
    const refusal = "returnCode" in greeting ? greeting : await welcome(socket, way, greeting);
    if (refusal === undefined) return;
    // Octets that are still unread would turn the answer into a reset.
    socket.resume().end(connack(refusal.returnCode), () => socket.destroy());
  }

  async function knownFrom({ who }: Greeting, way: Way): Promise<Known | Refusal> {
    const { source, serverName, guest } = way;
    if (who === undefined && guest !== undefined) {
      const { number, user, session } = guest;
      return { number, user, credential: session, shown: "session", standing: () => guest.standing() };
    }
    if (who === undefined) return { returnCode: returnCodes.credentials, reason: "nobody" };
    const { number, user, password } = who;
    if (!isNameOf(number, serverName, host) || (way.number ?? number) !== number) {
      return { returnCode: returnCodes.credentials, reason: "the name of another home" };
    }
    const login = loginBy(way.method);
    try {
      const { credential } = await login.judge({ number, user, source, password });
      const standing = (): Promise<Standing> => login.standing(number, user, credential, source);
      return { number, user, credential, shown: "app", standing };
    } catch (thrown) {
      const { code, cause } = toHomeError(thrown);
      const returnCode = codeFor[code] ?? returnCodes.credentials;
      const reason = returnCode === returnCodes.credentials && typeof cause === "string" ? cause : code;
      audit("login-refused", number, user, source, { reason, by: way.method });
      return { returnCode, reason };
    }
  }

  async function welcome(socket: Duplex, way: Way, greeting: Greeting): Promise<Refusal | undefined> {
    const known = await knownFrom(greeting, way);
    if ("returnCode" in known) return known;
    const { number, user, credential, shown } = known;
    const refuse = (returnCode: Refusal["returnCode"], reason: string): Refusal => {
      audit("login-refused", number, user, way.source, { reason, by: way.method });
      return { returnCode, reason };
    };
    const visitor: Visitor = {
      user,
      source: way.source,
      grant: undefined,
      recheck: async () => openNow(await known.standing(), clock.now()),
    };
    visitor.grant = await visitor.recheck();
    if (visitor.grant === undefined) return refuse(returnCodes.notAuthorized, "the home asks for more");
    coalesceWrites(socket);
    // Nobody takes another's place by their client id (A2).
    const { clientId, keepalive } = greeting;
    const ownId = `${credential.slice(0, 16)}:${clientId === "" ? ids.fresh() : clientId}`;
    socket.unshift(ownConnect(ownId, keepalive));
    if (!(await homes.serve(number, socket, visitor))) return refuse(returnCodes.unavailable, "too many clients");
    audit("login", number, user, way.source, { shown, by: way.method });
    return undefined;
  }

  return (socket, way) =>
    receive(socket, way).catch(() => {
      socket.destroy();
    });
}

/** How it is told that a login failed, where not as wrong credentials. */
const codeFor: { readonly [code in ErrorCode]?: ReturnCode } = {
  "too-many-attempts": returnCodes.unavailable,
  "communication-method-not-allowed": returnCodes.notAuthorized,
};
