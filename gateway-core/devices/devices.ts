/** The front of the devices room: sightings and descriptors in, events of the home and what descriptors it wants out, and the one control. */

import type { Session } from "../contract/adapter.ts";
import type { Arrange } from "../contract/appearance.ts";
import type { Host } from "../contract/clock.ts";
import type { DescriptorEvent, DescriptorsWanted } from "../contract/descriptor-events.ts";
import type { Device, DeviceId } from "../contract/device.ts";
import { HomeError } from "../contract/errors.ts";
import type { Control, DiscoveryEvent, HomeEvent } from "../contract/messages.ts";
import type { AvSource } from "../contract/stream.ts";
import { dress, openAppearances } from "./appearances.ts";
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
  readonly arrange: Arrange;
  list(): readonly Device[];
  /**
   * Connects to what a device sends; the signal is for the opening only.
   * @throws HomeError `unknown-device`, `not-found` of a device that sends nothing, and what its adapter says
   */
  openSource(id: DeviceId, signal: AbortSignal): Promise<AvSource>;
}

export function createDevices({ host, sessions, ...origins }: DevicesOptions): Devices {
  const closing = new AbortController();
  const registry = createRegistry(host.clock);
  const choice = createDescriptorChoice(origins);
  const wanted = createWantedList([...sessions.keys()].join(" "), choice);
  const binder = createBinder({ host, sessions, choice, registry });
  const control = createControl({ host, registry, reach: binder.reach, signal: closing.signal });
  const appearances = openAppearances(host);
  const dressed = (device: Device): Device => dress(device, appearances.of(device.id));
  const homeListeners = new Set<(event: HomeEvent) => void>();
  const tell = (event: HomeEvent): void => {
    const told = event.type === "found" ? { ...event, device: dressed(event.device) } : event;
    for (const listener of homeListeners) listener(told);
  };
  registry.onEvent(tell);
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
    snapshot: () => ({ type: "snapshot", devices: registry.list().map(dressed) }),
    wanted: wanted.message,
    onEvent(listener) {
      homeListeners.add(listener);
      return () => void homeListeners.delete(listener);
    },
    onWanted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    control,
    arrange(id, change) {
      const device = registry.get(id);
      if (device === undefined) throw new HomeError("unknown-device", `no device ${id} is known`, { device: id });
      const chosen = appearances.change(id, change);
      tell({ type: "found", device });
      return chosen;
    },
    list: () => registry.list().map(dressed),
    async openSource(id, signal) {
      const [device, reached] = [registry.get(id), binder.reach(id)];
      if (device === undefined || reached === undefined) {
        throw new HomeError("unknown-device", `no device ${id} is known`, { device: id });
      }
      const { session, ref } = reached;
      if (device.descriptor["gk:stream"] !== true || session.stream === undefined) {
        throw new HomeError("not-found", `the device ${id} sends no pictures`, { device: id });
      }
      return session.stream(ref, device.descriptor, { signal });
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await binder[Symbol.asyncDispose]();
    },
  };
}
