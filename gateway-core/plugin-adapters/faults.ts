/** What an adapter of another package fails with, as errors of the house; each fault of its own is told once. */

import type { Log } from "../contract/clock.ts";
import { type ErrorBody, type ErrorCode, HomeError } from "../contract/errors.ts";
import { adapterCodes } from "../contract/plugin-adapter.ts";
import { copyJson } from "./copy-json.ts";

export interface Faults {
  /** Whatever was thrown: what an adapter may say goes on as it is, all else is `adapter-failed`, and told. */
  errorOf(thrown: unknown, call: string): HomeError;
  /** The adapter did what it must not; told once for each call and reason. */
  fault(call: string, reason: string): HomeError;
  /** An error in an outcome. */
  bodyOf(error: unknown, call: string): ErrorBody;
}

/** More different faults than these are no news any more. */
const mostTold = 50;
const longestText = 300;

export function createFaults(protocol: string, log: Log): Faults {
  const told = new Set<string>();

  const fault = (call: string, reason: string, cause?: unknown): HomeError => {
    const key = `${call} ${reason}`;
    if (!told.has(key) && told.size < mostTold) {
      told.add(key);
      log.write("error", "adapter-fault", { protocol, call, reason });
    }
    return new HomeError("adapter-failed", `the adapter ${protocol} failed (${call})`, { protocol, call }, cause);
  };

  const said = (error: unknown): HomeError | undefined => {
    const code = codeOf(memberOf(error, "code"));
    if (code === undefined) return undefined;
    return new HomeError(code, textOf(memberOf(error, "message")) || code, {}, error);
  };

  return {
    errorOf(thrown, call) {
      if (thrown instanceof HomeError) return thrown;
      return said(thrown) ?? fault(call, reasonOf(thrown), thrown);
    },
    fault: (call, reason) => fault(call, reason),
    bodyOf: (error, call) => (said(copyJson(error)) ?? fault(call, "an error without a code that it may say")).toBody(),
  };
}

function codeOf(code: unknown): ErrorCode | undefined {
  return adapterCodes.find((known) => known === code);
}

/** Foreign values have getters and proxies. */
function memberOf(value: unknown, name: string): unknown {
  try {
    return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value.slice(0, longestText) : "");

/** What a person who wrote the adapter needs to find it. */
function reasonOf(thrown: unknown): string {
  if (typeof thrown === "string") return textOf(thrown);
  const [name, message] = [textOf(memberOf(thrown, "name")), textOf(memberOf(thrown, "message"))];
  return [name, message].filter((part) => part !== "").join(": ") || `it threw ${typeof thrown}`;
}
