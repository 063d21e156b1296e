/** The front of the devices room: sightings in, events of the home out, and the one control. */

import type { Session } from "../contract/adapter.ts";
import type { Host } from "../contract/clock.ts";
import type { Device } from "../contract/device.ts";
import type { Control, DiscoveryEvent, HomeEvent } from "../contract/messages.ts";
import { createBinder, type Find } from "./binder.ts";
import { createControl } from "./control.ts";
import { createRegistry } from "./registry.ts";

export interface DevicesOptions {
  readonly host: Host;
  /** Open sessions by protocol; whoever opened them closes them, after this room is disposed of. */
  readonly sessions: ReadonlyMap<string, Session>;
  readonly find: Find;
}

export interface Devices extends AsyncDisposable {
  receive(event: DiscoveryEvent): void;
  snapshot(): HomeEvent;
  /** Calls the listener with every event from now on; returns how to stop. */
  onEvent(listener: (event: HomeEvent) => void): () => void;
  readonly control: Control;
  list(): readonly Device[];
}

export function createDevices({ host, sessions, find }: DevicesOptions): Devices {
  const closing = new AbortController();
  const registry = createRegistry(host.clock);
  const binder = createBinder({ host, sessions, find, registry });
  const control = createControl({ host, registry, reach: binder.reach, signal: closing.signal });
  return {
    receive: binder.receive,
    snapshot: registry.snapshot,
    onEvent: registry.onEvent,
    control,
    list: registry.list,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await binder[Symbol.asyncDispose]();
    },
  };
}
