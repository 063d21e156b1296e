/** The adapter port: how a protocol joins the home. ECHONET Lite and IEEE 1394 implement it, and other packages do (plugin-adapter.ts). */

import type { Host } from "./clock.ts";
import type { Descriptor, DescriptorKey } from "./descriptor.ts";
import type { DeviceId } from "./device.ts";
import type { ErrorBody } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import type { AvSource } from "./stream.ts";

/** A device as its adapter knows it. `id` is stable over restarts, address changes and bus resets: `[a-z0-9-]`. */
export interface DeviceRef {
  readonly id: DeviceId;
  /** Where it is reached now: for people and logs, never a key. */
  readonly address: string;
}

/** One device seen (or seen leaving) by discovery. Everything here is structured-cloneable. */
export interface Sighting {
  readonly protocol: string;
  readonly ref: DeviceRef;
  readonly key: DescriptorKey;
  readonly gone?: boolean;
}

export interface Call {
  readonly signal: AbortSignal;
}

/** Per-property result: a name stands in exactly one of the two. */
export interface Outcome {
  readonly values: { readonly [property: string]: Json };
  readonly errors: { readonly [property: string]: ErrorBody };
}

/** What a device tells by itself or by being polled. */
export type Change =
  | { readonly type: "value"; readonly property: string; readonly value: Json }
  | { readonly type: "availability"; readonly available: boolean }
  | { readonly type: "event"; readonly name: string; readonly data: Json }
  /** The device is another than it was described as: whoever follows it describes it anew. */
  | { readonly type: "description" };

export interface Session extends AsyncDisposable {
  /** Every device known now, then each as it is found, moved (new address) or gone; ends when the signal aborts. Active discovery also asks the network. */
  discover(call: Call & { readonly active: boolean }): AsyncIterable<Sighting>;
  /**
   * The descriptor narrowed to this very device: properties that it lacks are left out, those that it does not let
   * set are `readOnly`, pushed ones `observable`; ranges are the device's own where it tells them. A model of version
   * 0.0.0 stands in for one that nobody has: an adapter that knows better answers with a descriptor of its own.
   * @throws HomeError `device-silent` when it does not answer.
   */
  describe(ref: DeviceRef, model: Descriptor, call: Call): Promise<Descriptor>;
  get(ref: DeviceRef, descriptor: Descriptor, properties: readonly string[], call: Call): Promise<Outcome>;
  /** `values` are checked against the descriptor already. A value in the outcome is what the device then reports (read back). */
  set(
    ref: DeviceRef,
    descriptor: Descriptor,
    values: { readonly [property: string]: Json },
    call: Call,
  ): Promise<Outcome>;
  /** All readable properties once, then each change (pushed or polled) and each change of availability, until aborted. */
  subscribe(ref: DeviceRef, descriptor: Descriptor, call: Call): AsyncIterable<Change>;
  invoke(ref: DeviceRef, descriptor: Descriptor, action: string, input: Json, call: Call): Promise<Outcome>;
  /**
   * Of a device whose narrowed descriptor has `gk:stream`: reserves and connects, before the device is told to play. The
   * signal is for the opening only.
   * @throws HomeError `unknown-device`, `bus-full`, `device-unavailable`, `device-silent`
   */
  stream?(ref: DeviceRef, descriptor: Descriptor, call: Call): Promise<AvSource>;
}

export interface Adapter {
  readonly protocol: string;
  /** @throws HomeError `settings-invalid`, `address-unusable`. */
  open(config: JsonObject, host: Host, signal: AbortSignal): Promise<Session>;
}
