/** An open session of the adapter: joins bus, directory, FCP and devices behind the port (contract/adapter.ts Session). */

import type { Call, DeviceRef, Session, Sighting } from "../contract/adapter.ts";
import type { Host } from "../contract/clock.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import { HomeError } from "../contract/errors.ts";
import { createMailbox } from "../contract/mailbox.ts";
import { createAvStreams } from "./av-streams.ts";
import { bindingsOf } from "./avc-binding.ts";
import { type AvcDeviceOptions, describeDevice, getProperties, invokeAction, setProperties } from "./avc-device.ts";
import type { Bus } from "./bus.ts";
import { type AvDevice, createDiscovery } from "./discovery.ts";
import { createFcp } from "./fcp.ts";
import { createHaviSession } from "./havi-session.ts";
import type { Ieee1394Settings } from "./ieee1394-settings.ts";
import { createNodeDirectory } from "./node-directory.ts";
import { createStreamConnections } from "./stream-connections.ts";
import { watchDevice } from "./watch-device.ts";

/** Starts to look for devices. The session owns the bus from now on. */
export function startIeee1394Session(bus: Bus, settings: Ieee1394Settings, host: Host): Session {
  const { clock, log } = host;
  const closing = new AbortController();
  const { signal: life } = closing;
  const directory = createNodeDirectory({ bus, host, rediscoverMs: settings.rediscoverMs, signal: life });
  const fcp = createFcp({ bus, clock, locate: directory.locate });
  const discovery = createDiscovery({ directory, fcp, log, signal: life });
  const havi = createHaviSession({ bus, directory, settings, host, signal: life });
  const connections = createStreamConnections({ bus, clock, locate: directory.locate });
  const streams = createAvStreams({ bus, clock, fcp, locate: directory.locate, connections });
  /** Whoever follows a device hears of what was commanded to it. */
  const commanded = new Set<(guid: string) => void>();
  const warned = new Set<string>();

  function deviceOf({ id }: DeviceRef): AvDevice {
    const device = discovery.device(id);
    if (device === undefined) throw new HomeError("unknown-device", `no device ${id} was found`, { device: id });
    return device;
  }

  function optionsOf(ref: DeviceRef, descriptor: Descriptor, { signal }: Call): AvcDeviceOptions {
    for (const [name, error] of bindingsOf(descriptor).broken) {
      const what = `${ref.id} ${name}`;
      if (!warned.has(what)) log.write("warn", "bind-unreadable", { device: ref.id, name, error: error.toBody() });
      warned.add(what);
    }
    const mayRecord = settings.recording;
    return { device: deviceOf(ref), descriptor, fcp, clock, mayRecord, signal: AbortSignal.any([signal, life]) };
  }

  async function command<T>(options: AvcDeviceOptions, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } finally {
      for (const tell of [...commanded]) tell(options.device.guid);
    }
  }

  /** News of one device: its node came, left, or got another place; something was commanded. */
  function onNewsOf({ guid }: AvDevice, listener: () => void): () => void {
    const placeOf = (): string => JSON.stringify(directory.node(guid)?.at ?? null);
    let place = placeOf();
    const stop = directory.onChange(() => {
      const before = place;
      place = placeOf();
      if (place !== before) listener();
    });
    const onCommand = (of: string): void => void (of === guid && listener());
    commanded.add(onCommand);
    return () => {
      stop();
      commanded.delete(onCommand);
    };
  }

  return {
    async *discover(call) {
      const mailbox = createMailbox<Sighting>(AbortSignal.any([call.signal, life]));
      const stops = [discovery, havi].map(({ follow }) => follow((sighting) => mailbox.put(sighting)));
      if (call.active) for (const { look } of [discovery, havi]) look();
      try {
        yield* mailbox;
      } finally {
        for (const stop of stops) stop();
      }
    },

    async describe(ref, model, call) {
      if (havi.has(ref.id)) return havi.describe(ref, model, call);
      const options = optionsOf(ref, model, call);
      const described = await describeDevice(options);
      const { "gk:stream": isWatchable = false, ...rest } = described;
      return isWatchable && (await streams.isOffered(options.device.guid, options.signal)) ? described : rest;
    },

    async get(ref, descriptor, names, call) {
      if (havi.has(ref.id)) return havi.get(ref, descriptor, names, call);
      return getProperties(optionsOf(ref, descriptor, call), names);
    },

    async set(ref, descriptor, values, call) {
      if (havi.has(ref.id)) return havi.set(ref, descriptor, values, call);
      const options = optionsOf(ref, descriptor, call);
      return command(options, () => setProperties(options, values));
    },

    async *subscribe(ref, descriptor, call) {
      if (havi.has(ref.id)) return yield* havi.subscribe(ref, descriptor, call);
      const options = optionsOf(ref, descriptor, call);
      const { device } = options;
      yield* watchDevice({
        ...options,
        isPresent: () => discovery.isPresent(device),
        onNews: (listener) => onNewsOf(device, listener),
        availabilityMs: settings.availabilityMs,
        pollMs: settings.pollMs,
      });
    },

    async invoke(ref, descriptor, action, input, call) {
      if (havi.has(ref.id)) return havi.invoke(ref, descriptor, action, input, call);
      const options = optionsOf(ref, descriptor, call);
      return command(options, () => invokeAction(options, action, input));
    },

    async stream(ref, descriptor, call) {
      const { device, signal } = optionsOf(ref, descriptor, call);
      return streams.open(device.guid, signal);
    },

    async [Symbol.asyncDispose]() {
      await connections.dispose();
      closing.abort(new HomeError("device-unavailable", "the IEEE 1394 session is closed"));
      fcp.dispose();
      havi.dispose();
      await bus[Symbol.asyncDispose]();
    },
  };
}
