/** Opens the connection to where a request should lead: to the very address that was judged, whatever its name says a moment later. */

import { connect, isIP, type Socket } from "node:net";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { ProxyRules, Refusal } from "./proxy-rules.ts";
import type { Target, Way } from "./target.ts";

export interface ReachOptions {
  readonly clock: Clock;
  readonly rules: ProxyRules;
  /** All addresses of a name; rejects when it has none. Never asked about an address. */
  readonly lookup: (name: string) => Promise<readonly string[]>;
  /** For the look-up and the connection together. */
  readonly reachMs: number;
}

const mostAddresses = 4;

/**
 * One forbidden address among several forbids all. To the client, a name that leads to such a place is a name that leads
 * nowhere: the provider's own names are none of its business. The audit is told by `cause`, a Refusal.
 * @throws HomeError `proxy-target-refused`, `proxy-target-away`, `proxy-target-silent`
 */
export async function reach(options: ReachOptions, target: Target, way: Way, left: AbortSignal): Promise<Socket> {
  const { clock, rules, lookup, reachMs } = options;
  const refusal = rules.judgeTarget(target, way);
  if (refusal !== undefined) throw refused(refusal);

  const late = new AbortController();
  const timer = clock.after(reachMs, () => late.abort(silent()));
  const signal = AbortSignal.any([left, late.signal]);
  try {
    const found = isIP(target.host) === 0 ? await orAborted(lookup(target.host), signal) : [target.host];
    const addresses = [...new Set(found)].slice(0, mostAddresses);
    // All that was found is judged, also what would not be tried.
    const forbidden = found.map((one) => rules.judgeAddress(target, way, one)).find((one) => one !== undefined);
    if (forbidden !== undefined) throw away(forbidden);
    return await firstOf(addresses, target.port, signal);
  } catch (thrown) {
    if (thrown instanceof HomeError) throw thrown;
    throw away(thrown);
  } finally {
    timer.cancel();
  }
}

async function firstOf(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  let failure: unknown = "no-address";
  for (const host of addresses) {
    try {
      return await open(host, port, signal);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      failure = thrown;
    }
  }
  throw away(failure);
}

function open(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = connect({ host, port, allowHalfOpen: true, autoSelectFamily: false, noDelay: true });
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    const onError = (cause: Error): void => {
      signal.removeEventListener("abort", onAbort);
      reject(cause);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      // Whoever uses it listens too; between the two nothing may be thrown.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

export const refused = (refusal: Refusal | "off"): HomeError =>
  new HomeError("proxy-target-refused", "the proxy does not lead there", {}, refusal);
const away = (cause: unknown): HomeError =>
  new HomeError("proxy-target-away", "there is no way to that server", {}, cause);
export const silent = (): HomeError => new HomeError("proxy-target-silent", "that server does not answer in time");
