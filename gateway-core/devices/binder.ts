/** Joins what discovery sees to what descriptors know: a sighting becomes a described device in the registry, and is followed there. */

import type { DeviceRef, Session, Sighting } from "../contract/adapter.ts";
import { type Host, sleep } from "../contract/clock.ts";
import { type Descriptor, type DescriptorKey, makeshiftVersion } from "../contract/descriptor.ts";
import type { DeviceId } from "../contract/device.ts";
import { toHomeError } from "../contract/errors.ts";
import { isSameJson } from "../contract/json.ts";
import type { DiscoveryEvent } from "../contract/messages.ts";
import type { DescriptorChoice } from "./descriptor-choice.ts";
import { genericDescriptor } from "./generic-descriptor.ts";
import type { Registry } from "./registry.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { watchDevice } from "./watch-device.ts";

export interface Binder extends AsyncDisposable {
  /**
   * A `sightings` snapshot is the whole truth for each protocol that stands in it: other devices of these are gone.
   * A protocol that does not stand in it is left alone, so several discoveries can lead here.
   */
  receive(event: DiscoveryEvent): void;
  /** The choice of descriptors has changed: binds anew, as they are used, those devices that another one is for now. */
  reconsider(): void;
  /** What is bound now, by what its adapters told of it. */
  keys(): readonly DescriptorKey[];
  /** Where a bound device is reached now, and through which session. */
  reach(id: DeviceId): { readonly session: Session; readonly ref: DeviceRef } | undefined;
}

export interface BinderOptions {
  readonly host: Host;
  readonly sessions: ReadonlyMap<string, Session>;
  readonly choice: Pick<DescriptorChoice, "find" | "lookUpOf">;
  readonly registry: Registry;
}

/** More devices than any home has: what the LAN can make us remember is bounded. */
const mostDevices = 1_000;
/** Between two descriptions of a device that became another. */
const becomingMs = 100;

interface Bound {
  sighting: Sighting;
  /** What it was bound with; undefined: with the generic one. */
  readonly model: Descriptor | undefined;
  readonly session: Session;
  readonly leaving: AbortController;
  readonly done: Promise<void>;
}

export function createBinder({ host, sessions, choice, registry }: BinderOptions): Binder {
  const bound = new Map<DeviceId, Bound>();
  const logged = new Set<string>();

  const warnOnce = (event: string, fact: string): void => {
    if (logged.has(event)) return;
    logged.add(event);
    host.log.write("warn", event, { first: fact });
  };

  function see(sighting: Sighting): void {
    const { id } = sighting.ref;
    const known = bound.get(id);
    if (sighting.gone === true) leave(id);
    else if (known !== undefined && isSameJson(known.sighting.key, sighting.key)) known.sighting = sighting;
    else {
      known?.leaving.abort();
      bind(sighting);
    }
  }

  function bind(sighting: Sighting): void {
    const { id } = sighting.ref;
    const session = sessions.get(sighting.protocol);
    if (session === undefined) {
      warnOnce("protocol-not-open", sighting.protocol);
      return;
    }
    if (!bound.has(id) && bound.size >= mostDevices) {
      warnOnce("too-many-devices", id);
      return;
    }
    const leaving = new AbortController();
    const model = choice.find(sighting.key);
    const done = Promise.resolve()
      .then(() => follow(id, sighting.key, model, session, leaving.signal))
      .catch((thrown) =>
        host.log.write("error", "binding-failed", { device: id, error: toHomeError(thrown).toBody() }),
      );
    bound.set(id, { sighting, model, session, leaving, done });
  }

  function leave(id: DeviceId): void {
    bound.get(id)?.leaving.abort();
    bound.delete(id);
    registry.remove(id);
  }

  const refOf = (id: DeviceId): DeviceRef => bound.get(id)?.sighting.ref ?? { id, address: "" };

  async function follow(
    id: DeviceId,
    key: DescriptorKey,
    model: Descriptor | undefined,
    session: Session,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      const descriptor = await describe(id, model ?? genericDescriptor(key), session, signal);
      if (descriptor === undefined || signal.aborted) return;
      registry.put(id, key.protocol, descriptor, isMakeshift(descriptor) ? choice.lookUpOf(key) : undefined);
      await watchDevice({ host, session, registry, ref: () => refOf(id), descriptor, signal });
      // A device may become another again and again: the home takes it as it is then.
      await sleep(host.clock, becomingMs, signal).catch(() => undefined);
    }
  }

  /** Asks until the device tells what it has; undefined only when the device left meanwhile. */
  async function describe(
    id: DeviceId,
    model: Descriptor,
    session: Session,
    signal: AbortSignal,
  ): Promise<Descriptor | undefined> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        return await session.describe(refOf(id), model, { signal });
      } catch (thrown) {
        if (signal.aborted) return undefined;
        const error = toHomeError(thrown).toBody();
        if (attempt === 0) host.log.write("warn", "device-not-described", { device: id, error });
      }
      await sleep(host.clock, retryDelayMs(attempt, host.ids.fraction()), signal).catch(() => undefined);
    }
    return undefined;
  }

  /** What is said of a device that has only a makeshift page. */
  function tellLookUp(id: DeviceId, { key, protocol }: Sighting): void {
    const device = registry.get(id);
    const lookUp = choice.lookUpOf(key);
    if (device === undefined || device.lookUp === lookUp || !isMakeshift(device.descriptor)) return;
    registry.put(id, protocol, device.descriptor, lookUp);
  }

  return {
    receive(event) {
      if (event.type === "sighting") {
        see(event.sighting);
        return;
      }
      const seen = new Set(event.sightings.map(({ ref }) => ref.id));
      const protocols = new Set(event.sightings.map(({ protocol }) => protocol));
      for (const [id, { sighting }] of bound) if (protocols.has(sighting.protocol) && !seen.has(id)) leave(id);
      for (const sighting of event.sightings) see(sighting);
    },

    reconsider() {
      for (const [id, { sighting, model, leaving }] of [...bound]) {
        const chosen = choice.find(sighting.key);
        if (chosen !== model) {
          leaving.abort();
          bind(sighting);
        } else if (model === undefined) tellLookUp(id, sighting);
      }
    },

    keys: () => [...bound.values()].map(({ sighting }) => sighting.key),

    reach(id) {
      const known = bound.get(id);
      return known === undefined ? undefined : { session: known.session, ref: known.sighting.ref };
    },

    async [Symbol.asyncDispose]() {
      const all = [...bound.values()];
      bound.clear();
      for (const { leaving } of all) leaving.abort();
      await Promise.all(all.map(({ done }) => done));
    },
  };
}

/** An adapter may know more of a device than any descriptor, and then has described it by itself. */
const isMakeshift = ({ version }: Descriptor): boolean => version.model === makeshiftVersion;
