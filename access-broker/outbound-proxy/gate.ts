/** The gate of the outbound proxy: who asks, whether their home may, where to, how much; what is refused is told to the audit. */

import type { Socket } from "node:net";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { readCredentials } from "./proxy-credentials.ts";
import { assertClearHead, type RawHeaders } from "./proxy-headers.ts";
import type { Lease, Quotas } from "./quotas.ts";
import { type ReachOptions, reach, refused } from "./reach.ts";
import { readTarget, type Target, type Way } from "./target.ts";

export interface Asked {
  readonly way: Way;
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly source: string;
  /** Aborts when the client has left. */
  readonly left: AbortSignal;
}

export interface Passage {
  readonly number: AccessNumber;
  readonly target: Target;
  readonly lease: Lease;
  readonly upstream: Socket;
}

export interface GateOptions extends ReachOptions {
  readonly quotas: Quotas;
  /** @throws HomeError `login-refused` (its `cause` tells the audit why), `too-many-attempts` */
  readonly judgeApp: (number: AccessNumber, user: string, password: string, source: string) => Promise<void>;
  /** Whether the authentication table lets this home use the proxy. */
  readonly isAllowed: (number: AccessNumber) => Promise<boolean>;
  readonly audit: (
    event: string,
    number: AccessNumber | null,
    user: string | null,
    source: string,
    facts: JsonObject,
  ) => void;
}

const refusalMs = 60_000;
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** @throws from what it returns: HomeError `proxy-login-required` and what a request may meet after it. */
export function createGate(options: GateOptions): (asked: Asked) => Promise<Passage> {
  const { clock, quotas, judgeApp, isAllowed, audit } = options;
  /** Refusals since the last line of the audit, by home and reason. */
  const held = new Map<string, number>();
  let window = 0;

  const tell = (number: AccessNumber, user: string, { source, target }: Asked, thrown: unknown): void => {
    const { code, cause } = toHomeError(thrown);
    const reason = typeof cause === "string" ? cause : code;
    const present = Math.floor(clock.now() / refusalMs);
    if (present !== window) held.clear();
    window = present;
    const key = `${number} ${reason}`;
    const count = (held.get(key) ?? 0) + 1;
    held.set(key, count);
    if (count === 1) audit("proxy-refused", number, user, source, { reason, target: target.slice(0, 128) });
  };

  async function whoAsks({ headers, source }: Asked) {
    const field = fieldOf(headers, "proxy-authorization");
    const credentials = readCredentials(field);
    if (credentials === undefined) throw loginRequired();
    const { number, user, password } = credentials;
    try {
      await judgeApp(number, user, password, source);
    } catch (thrown) {
      const { code, cause } = toHomeError(thrown);
      const reason = typeof cause === "string" ? cause : code;
      audit("login-refused", number, user.slice(0, 64), source, { reason, door: "proxy" });
      throw code === "login-refused" ? loginRequired() : thrown;
    }
    return { number, user };
  }

  async function pass(asked: Asked, number: AccessNumber): Promise<Passage> {
    const { way, method, headers, left } = asked;
    if (!(await isAllowed(number))) throw refused("off");
    if (way === "request" && !methods.includes(method)) {
      throw new HomeError("proxy-request-invalid", "the proxy does not take this method", { reason: "method" });
    }
    const target = readTarget(way, asked.target, fieldOf(headers, "host"));
    const lease = quotas.open(number);
    try {
      return { number, target, lease, upstream: await reach(options, target, way, left) };
    } catch (thrown) {
      lease.close();
      throw thrown;
    }
  }

  return async (asked) => {
    assertClearHead(asked.headers);
    const { number, user } = await whoAsks(asked);
    try {
      return await pass(asked, number);
    } catch (thrown) {
      if (!asked.left.aborted) tell(number, user, asked, thrown);
      throw thrown;
    }
  };
}

/** The same whatever was wrong, or missing. */
const loginRequired = (): HomeError =>
  new HomeError("proxy-login-required", "access number, user and password of a program are needed");

function fieldOf(headers: RawHeaders, name: string): string | undefined {
  const at = headers.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === name);
  return at < 0 ? undefined : headers[at + 1];
}
