/** The one place where the state of devices lives; tells what changed as HomeEvents (contract/messages.ts). */

import type { Clock } from "../contract/clock.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import type { LookUp } from "../contract/descriptor-events.ts";
import type { Device, DeviceId, PropertyState } from "../contract/device.ts";
import { isSameJson, type Json } from "../contract/json.ts";
import type { HomeEvent } from "../contract/messages.ts";

export interface Registry {
  /**
   * Adds a device, available, or describes a known one anew; what is still known of its values stays. Emits `found`.
   * `lookUp`: the descriptor is a makeshift, and a real one is looked for.
   */
  put(id: DeviceId, protocol: string, descriptor: Descriptor, lookUp?: LookUp): void;
  /** Emits `gone`. */
  remove(id: DeviceId): void;
  /** The device reports a value now: `at` is refreshed always, `changed` is emitted only for another value. */
  report(id: DeviceId, property: string, value: Json): void;
  setAvailable(id: DeviceId, isAvailable: boolean): void;
  /** Emits `event`; it leaves no state. */
  raise(id: DeviceId, name: string, data: Json): void;
  get(id: DeviceId): Device | undefined;
  list(): readonly Device[];
  snapshot(): HomeEvent;
  /** Calls the listener with every event from now on; returns how to stop. */
  onEvent(listener: (event: HomeEvent) => void): () => void;
}

/** Devices are immutable values: a change makes a new one, so what was handed out before stays as it was. */
export function createRegistry(clock: Clock): Registry {
  const devices = new Map<DeviceId, Device>();
  const listeners = new Set<(event: HomeEvent) => void>();

  const emit = (event: HomeEvent): void => {
    for (const listener of listeners) listener(event);
  };

  return {
    put(id, protocol, descriptor, lookUp) {
      const before = devices.get(id);
      const values = carriedValues(descriptor, before?.values ?? {});
      const device: Device = {
        id,
        protocol,
        type: descriptor["gk:type"],
        kind: descriptor["gk:kind"],
        title: descriptor.title,
        titles: descriptor.titles,
        room: roomOf(descriptor, values),
        available: before?.available ?? true,
        availabilityAt: before?.availabilityAt ?? clock.now(),
        ...(lookUp === undefined ? {} : { lookUp }),
        descriptor,
        values,
      };
      devices.set(id, device);
      emit({ type: "found", device });
    },

    remove(id) {
      if (devices.delete(id)) emit({ type: "gone", device: id });
    },

    report(id, property, value) {
      const before = devices.get(id);
      if (before === undefined || !Object.hasOwn(before.values, property)) return;
      const at = clock.now();
      const values = { ...before.values, [property]: { value, at } };
      const device = { ...before, values, room: roomOf(before.descriptor, values) };
      devices.set(id, device);
      if (isSameJson(before.values[property]?.value, value)) return;
      emit({ type: "changed", device: id, property, value, at });
      if (device.room !== before.room) emit({ type: "found", device });
    },

    setAvailable(id, available) {
      const before = devices.get(id);
      if (before === undefined || before.available === available) return;
      const at = clock.now();
      devices.set(id, { ...before, available, availabilityAt: at });
      emit({ type: "availability", device: id, available, at });
    },

    raise(id, name, data) {
      if (devices.has(id)) emit({ type: "event", device: id, name, data, at: clock.now() });
    },

    get: (id) => devices.get(id),
    list: () => [...devices.values()],
    snapshot: () => ({ type: "snapshot", devices: [...devices.values()] }),
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

type Values = Readonly<Record<string, PropertyState>>;

function carriedValues(descriptor: Descriptor, known: Values): Values {
  const names = Object.keys(descriptor.properties);
  return Object.fromEntries(
    names.map((name) => [name, (Object.hasOwn(known, name) && known[name]) || { value: null, at: 0 }]),
  );
}

/** The word that the device reports as its place (role `installationLocation`); a special state such as "not set" is none. */
function roomOf(descriptor: Descriptor, values: Values): string | null {
  const entry = Object.entries(descriptor.properties).find(
    ([, schema]) => schema["gk:role"] === "installationLocation",
  );
  if (entry === undefined) return null;
  const [name, schema] = entry;
  const place = values[name]?.value;
  if (typeof place !== "string" || place === "" || place === "undefined") return null;
  const isSpecial = schema.oneOf?.some((branch) => branch.const === place && branch.readOnly === true) ?? false;
  return isSpecial ? null : place;
}
