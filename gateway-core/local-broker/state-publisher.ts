/** Keeps the retained topics of `home/…` (docs/interfaces.md) equal to what HomeEvents tell, and publishes each message once. */

import type { Clock } from "../contract/clock.ts";
import type { Device, DeviceId } from "../contract/device.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import type { CommandResult, HomeEvent } from "../contract/messages.ts";
import { homeTopics } from "../contract/topics.ts";

export interface StatePublisherOptions {
  readonly clock: Clock;
  /** The Thing Description of a device. */
  readonly describe: (device: Device) => JsonObject;
  readonly publish: (topic: string, payload: string, isRetained: boolean) => void;
}

export interface StatePublisher {
  receive(event: HomeEvent): void;
  reportResult(result: CommandResult): void;
  /** No news comes any more: `home/status` is `offline` until some does. Nothing else is touched. */
  setOffline(): void;
}

/** What was published last of one device. */
interface Published {
  device: Device;
  readonly values: Map<string, Json>;
  readonly topics: Map<string, string>;
}

/**
 * Values are published one by one as they change; `state` and the list of devices follow once for all changes of a turn.
 * `home/status` is `online` from the first event on.
 */
export function createStatePublisher({ clock, describe, publish }: StatePublisherOptions): StatePublisher {
  const home = new Map<DeviceId, Published>();
  const shared = new Map<string, string>();
  const changed = new Set<Published>();
  let isListChanged = false;
  let isFlushDue = false;

  const retain = (topics: Map<string, string>, topic: string, payload: string): void => {
    if (topics.get(topic) === payload) return;
    topics.set(topic, payload);
    publish(topic, payload, true);
  };

  const clear = (topics: Map<string, string>, topic: string): void => {
    if (topics.delete(topic)) publish(topic, "", true);
  };

  function flushSoon(): void {
    if (isFlushDue) return;
    isFlushDue = true;
    clock.after(0, () => {
      isFlushDue = false;
      for (const known of changed) {
        const { id } = known.device;
        if (home.get(id) === known) retain(known.topics, homeTopics.state(id), stateOf(known.values));
      }
      changed.clear();
      if (isListChanged) retain(shared, homeTopics.devices, listOf(home.values()));
      isListChanged = false;
    });
  }

  function put(device: Device): void {
    const { id } = device;
    const known = home.get(id) ?? { device, values: new Map(), topics: new Map() };
    known.device = device;
    home.set(id, known);
    const { values, topics } = known;
    for (const name of [...values.keys()].filter((name) => !Object.hasOwn(device.values, name))) {
      values.delete(name);
      clear(topics, homeTopics.property(id, name));
    }
    retain(topics, homeTopics.description(id), JSON.stringify(describe(device)));
    for (const [name, { value }] of Object.entries(device.values)) {
      values.set(name, value);
      retain(topics, homeTopics.property(id, name), JSON.stringify(value));
    }
    retain(topics, homeTopics.availability(id), wordOf(device.available));
    if (device.appearance === undefined) clear(topics, homeTopics.appearance(id));
    else retain(topics, homeTopics.appearance(id), JSON.stringify(device.appearance));
    changed.add(known);
    isListChanged = true;
  }

  function drop(id: DeviceId): void {
    const known = home.get(id);
    if (known === undefined) return;
    home.delete(id);
    for (const topic of [...known.topics.keys()]) clear(known.topics, topic);
    isListChanged = true;
  }

  function enter(event: HomeEvent): void {
    if (event.type === "snapshot") {
      const ids = new Set(event.devices.map(({ id }) => id));
      for (const id of [...home.keys()].filter((id) => !ids.has(id))) drop(id);
      for (const device of event.devices) put(device);
      isListChanged = true;
    } else if (event.type === "found") put(event.device);
    else if (event.type === "gone") drop(event.device);
    else if (event.type === "event") {
      publish(homeTopics.event(event.device, event.name), JSON.stringify(event.data), false);
    } else {
      const known = home.get(event.device);
      if (known === undefined) return;
      if (event.type === "changed") {
        known.values.set(event.property, event.value);
        retain(known.topics, homeTopics.property(event.device, event.property), JSON.stringify(event.value));
        changed.add(known);
      } else {
        known.device = { ...known.device, available: event.available };
        retain(known.topics, homeTopics.availability(event.device), wordOf(event.available));
        isListChanged = true;
      }
    }
  }

  return {
    receive(event) {
      enter(event);
      flushSoon();
      retain(shared, homeTopics.status, wordOf(true));
    },
    reportResult(result) {
      publish(homeTopics.result(result.device), JSON.stringify(messageOf(result)), false);
    },
    setOffline() {
      retain(shared, homeTopics.status, wordOf(false));
    },
  };
}

const wordOf = (isOnline: boolean): string => (isOnline ? "online" : "offline");

/** All known values; `null` is left out, as it is not known. */
function stateOf(values: ReadonlyMap<string, Json>): string {
  return JSON.stringify(Object.fromEntries([...values].filter(([, value]) => value !== null)));
}

function listOf(published: Iterable<Published>): string {
  return JSON.stringify(
    Array.from(published, ({ device: { id, type, kind, title, titles, room, protocol, available } }) => ({
      id,
      type,
      kind,
      title,
      titles,
      room,
      protocol,
      available,
    })),
  );
}

function messageOf(result: CommandResult): object {
  const { id, device: _, request, ...outcome } = result;
  return { $id: id, request, ...outcome };
}
