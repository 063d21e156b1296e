/** The gate of the outbound proxy: who asks, whether their home may, where to, how much; what is refused is told to the audit. */

import type { Socket } from "node:net";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { Caller } from "./caller.ts";
import { type HomePolicy, narrowedRules } from "./home-policy.ts";
import { assertClearHead, fieldOf, type RawHeaders } from "./proxy-headers.ts";
import type { Lease, Quotas } from "./quotas.ts";
import { type ReachOptions, reach, refused } from "./reach.ts";
import { readTarget, type Target, type Way } from "./target.ts";

export interface Asked {
  readonly way: Way;
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly headers: RawHeaders;
  /** Asked once the head is clear. */
  readonly identify: () => Promise<Caller>;
  /** Aborts when the client has left. */
  readonly left: AbortSignal;
}

export interface Passage {
  readonly caller: Caller;
  readonly target: Target;
  readonly lease: Lease;
  readonly upstream: Socket;
}

export interface GateOptions extends ReachOptions {
  readonly quotas: Quotas;
  /** What the home wants of the proxy; undefined when the authentication table does not let it use it. */
  readonly policyOf: (number: AccessNumber) => Promise<HomePolicy | undefined>;
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
  const { clock, quotas, policyOf, audit } = options;
  /** Refusals since the last line of the audit, by home and reason. */
  const held = new Map<string, number>();
  let window = 0;

  const tell = ({ number, user, source }: Caller, { target }: Asked, thrown: unknown): void => {
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

  async function pass(asked: Asked, caller: Caller): Promise<Passage> {
    const { way, method, headers, left } = asked;
    const policy = await policyOf(caller.number);
    if (policy === undefined) throw refused("off");
    if (way === "request" && !methods.includes(method)) {
      throw new HomeError("proxy-request-invalid", "the proxy does not take this method", { reason: "method" });
    }
    const target = readTarget(way, asked.target, fieldOf(headers, "host"));
    const lease = quotas.open(caller.number);
    try {
      const rules = narrowedRules(options.rules, policy);
      return { caller, target, lease, upstream: await reach({ ...options, rules }, target, way, left) };
    } catch (thrown) {
      lease.close();
      throw thrown;
    }
  }

  return async (asked) => {
    assertClearHead(asked.headers);
    const caller = await asked.identify();
    try {
      return await pass(asked, caller);
    } catch (thrown) {
      if (!asked.left.aborted) tell(caller, asked, thrown);
      throw thrown;
    }
  };
}
