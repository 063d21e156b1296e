/** The front of the devices room: sightings and descriptors in, events of the home and what descriptors it wants out, and the one control. */

import type { Session } from "../contract/adapter.ts";
import type { Host } from "../contract/clock.ts";
import type { DescriptorEvent, DescriptorsWanted } from "../contract/descriptor-events.ts";
import type { Device } from "../contract/device.ts";
import type { Control, DiscoveryEvent, HomeEvent } from "../contract/messages.ts";
import { createBinder } from "./binder.ts";
import { createControl } from "./control.ts";
import { createDescriptorChoice, type Origins } from "./descriptor-choice.ts";
import { createRegistry } from "./registry.ts";
import { createWantedList } from "./wanted-descriptors.ts";

export interface DevicesOptions extends Origins {
  readonly host: Host;
  /** Open sessions by protocol; whoever opened them closes them, after this room is disposed of. */
  readonly sessions: ReadonlyMap<string, Session>;
}

export interface Devices extends AsyncDisposable {
  receive(event: DiscoveryEvent | DescriptorEvent): void;
  snapshot(): HomeEvent;
  wanted(): DescriptorsWanted;
  /** Calls the listener with every event from now on; returns how to stop. */
  onEvent(listener: (event: HomeEvent) => void): () => void;
  /** Calls the listener whenever the list is another, or is asked for; returns how to stop. */
  onWanted(listener: (wanted: DescriptorsWanted) => void): () => void;
  readonly control: Control;
  list(): readonly Device[];
}

export function createDevices({ host, sessions, ...origins }: DevicesOptions): Devices {
  const closing = new AbortController();
  const registry = createRegistry(host.clock);
  const choice = createDescriptorChoice(origins);
  const wanted = createWantedList([...sessions.keys()].join(" "), choice);
  const binder = createBinder({ host, sessions, choice, registry });
  const control = createControl({ host, registry, reach: binder.reach, signal: closing.signal });
  const listeners = new Set<(wanted: DescriptorsWanted) => void>();
  const tellWanted = (): void => {
    for (const listener of listeners) listener(wanted.message());
  };
  return {
    receive(event) {
      if (event.type === "sighting" || event.type === "sightings") {
        binder.receive(event);
        if (wanted.set(binder.keys())) tellWanted();
        return;
      }
      choice.receive(event);
      binder.reconsider();
      // Who tells all that was learned may have come after us, and not know what is wanted.
      if (event.type === "learned") tellWanted();
    },
    snapshot: registry.snapshot,
    wanted: wanted.message,
    onEvent: registry.onEvent,
    onWanted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    control,
    list: registry.list,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await binder[Symbol.asyncDispose]();
    },
  };
}
