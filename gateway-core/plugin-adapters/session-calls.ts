/** The functions of a session that foreign code opened: called on what they were read from, and believed in nothing. */

import type { Call, DeviceRef } from "../contract/adapter.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import type { Json, JsonObject } from "../contract/json.ts";

/** As contract/adapter.ts Session, but for what comes back. */
export interface SessionCalls extends AsyncDisposable {
  discover(call: Call & { readonly active: boolean }): unknown;
  describe(ref: DeviceRef, model: Descriptor, call: Call): unknown;
  get(ref: DeviceRef, descriptor: Descriptor, properties: readonly string[], call: Call): unknown;
  set(ref: DeviceRef, descriptor: Descriptor, values: JsonObject, call: Call): unknown;
  subscribe(ref: DeviceRef, descriptor: Descriptor, call: Call): unknown;
  invoke(ref: DeviceRef, descriptor: Descriptor, action: string, input: Json, call: Call): unknown;
  readonly stream?: (ref: DeviceRef, descriptor: Descriptor, call: Call) => unknown;
}

const names = ["discover", "describe", "get", "set", "subscribe", "invoke"] as const;

/** Undefined for what is no session. Functions are read once: what is there now is what is called. */
export function readSession(session: unknown): SessionCalls | undefined {
  if (typeof session !== "object" || session === null) return undefined;
  const functionOf = (name: string | symbol): ((...given: unknown[]) => unknown) | undefined => {
    const found: unknown = Reflect.get(session, name);
    return typeof found === "function" ? (...given) => Reflect.apply(found, session, given) : undefined;
  };
  const [discover, describe, get, set, subscribe, invoke] = names.map(functionOf);
  const dispose = functionOf(Symbol.asyncDispose);
  const stream = functionOf("stream");
  if (!discover || !describe || !get || !set || !subscribe || !invoke || !dispose) return undefined;
  return {
    ...{ discover, describe, get, set, subscribe, invoke },
    ...(stream === undefined ? {} : { stream }),
    [Symbol.asyncDispose]: async () => void (await dispose()),
  };
}
