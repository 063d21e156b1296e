/** HAVi within a session of the adapter: joins messaging, Registries and screens behind the port (contract/adapter.ts). */

import type { Call, Change, DeviceRef, Outcome, Sighting } from "../contract/adapter.ts";
import type { Host } from "../contract/clock.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import type { DeviceId } from "../contract/device.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import type { Bus } from "./bus.ts";
import { takesCommands } from "./discovery.ts";
import { haviBindingsOf } from "./havi-binding.ts";
import {
  describeHaviDevice,
  getHaviProperties,
  type HaviDeviceOptions,
  invokeHaviAction,
  setHaviProperties,
} from "./havi-device.ts";
import { createHaviDiscovery, type HaviDevice } from "./havi-discovery.ts";
import { createHaviMessenger } from "./havi-messenger.ts";
import { createHaviNews } from "./havi-news.ts";
import { createHaviScreen, type HaviScreen } from "./havi-screen.ts";
import { serveSystem } from "./havi-system.ts";
import { haviUnit } from "./havi-unit.ts";
import type { Ieee1394Settings } from "./ieee1394-settings.ts";
import type { NodeDirectory } from "./node-directory.ts";
import { watchHavi } from "./watch-havi.ts";

/** The part of a session that HAVi devices are reached through; methods are those of Session. */
export interface HaviSession {
  has(id: DeviceId): boolean;
  look(): void;
  follow(listener: (sighting: Sighting) => void): () => void;
  describe(ref: DeviceRef, model: Descriptor, call: Call): Promise<Descriptor>;
  get(ref: DeviceRef, descriptor: Descriptor, names: readonly string[], call: Call): Promise<Outcome>;
  set(ref: DeviceRef, descriptor: Descriptor, values: JsonObject, call: Call): Promise<Outcome>;
  subscribe(ref: DeviceRef, descriptor: Descriptor, call: Call): AsyncIterable<Change>;
  invoke(ref: DeviceRef, descriptor: Descriptor, action: string, input: Json, call: Call): Promise<Outcome>;
  dispose(): void;
}

export interface HaviSessionOptions {
  readonly bus: Bus;
  readonly directory: NodeDirectory;
  readonly settings: Ieee1394Settings;
  readonly host: Host;
  /** The session's life. */
  readonly signal: AbortSignal;
}

const guidDigits = 16;

export function createHaviSession({ bus, directory, settings, host, signal: life }: HaviSessionOptions): HaviSession {
  const { clock, log } = host;
  const messenger = createHaviMessenger({ bus, host, directory, signal: life });
  const news = createHaviNews(messenger, directory);
  const { rediscoverMs, recording: mayRecord, availabilityMs, pollMs } = settings;
  const discovery = createHaviDiscovery({ directory, messenger, news, clock, log, rediscoverMs, signal: life });
  const screens = new Map<DeviceId, { readonly seid: string; readonly screen: HaviScreen }>();
  /** Whoever follows a device hears of what was commanded to it. */
  const commanded = new Set<(seid: string) => void>();
  const warned = new Set<string>();
  let isServing = false;

  /** Answers as soon as there is somebody who could ask. */
  const serve = async (): Promise<void> => {
    if (isServing || !directory.nodes().some(({ rom }) => takesCommands(rom, "havi"))) return;
    isServing = true;
    try {
      await serveSystem(messenger, news);
      bus.announce?.(haviUnit);
    } catch (thrown) {
      isServing = false;
      if (!life.aborted) log.write("debug", "havi-not-served", { error: toHomeError(thrown).toBody() });
    }
  };
  const stopServing = directory.onChange(() => void serve());

  function deviceOf({ id }: DeviceRef): HaviDevice {
    const device = discovery.device(id);
    if (device === undefined) throw new HomeError("unknown-device", `no device ${id} was found`, { device: id });
    return device;
  }

  function screenOf({ id, element }: HaviDevice): HaviScreen | undefined {
    const { seid } = element;
    const known = screens.get(id);
    if (!element.hasScreen || known?.seid === seid) return element.hasScreen ? known?.screen : undefined;
    const generation = (): number | undefined => directory.node(seid.slice(0, guidDigits))?.at.generation;
    const screen = createHaviScreen({ seid, messenger, generation, log, signal: life });
    screens.set(id, { seid, screen });
    return screen;
  }

  function optionsOf(ref: DeviceRef, descriptor: Descriptor, { signal }: Call): HaviDeviceOptions {
    for (const [name, error] of haviBindingsOf(descriptor).broken) {
      const what = `${ref.id} ${name}`;
      if (!warned.has(what)) log.write("warn", "bind-unreadable", { device: ref.id, name, error: error.toBody() });
      warned.add(what);
    }
    const device = deviceOf(ref);
    return {
      ...{ device, descriptor, messenger, clock, mayRecord },
      screen: screenOf(device),
      signal: AbortSignal.any([signal, life]),
    };
  }

  async function command<T>(options: HaviDeviceOptions, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } finally {
      for (const tell of [...commanded]) tell(options.device.element.seid);
    }
  }

  /** News of one element: its node came, left or got another place; it came or went; something was commanded. */
  function onNewsOf({ id, element }: HaviDevice, listener: () => void): () => void {
    const placeOf = (): string => JSON.stringify(directory.node(element.seid.slice(0, guidDigits))?.at ?? null);
    let place = placeOf();
    const stops = [
      directory.onChange(() => {
        const before = place;
        place = placeOf();
        if (place !== before) listener();
      }),
      discovery.follow(({ ref }) => void (ref.id === id && listener())),
    ];
    const onCommand = (of: string): void => void (of === element.seid && listener());
    commanded.add(onCommand);
    return () => {
      for (const stop of stops) stop();
      commanded.delete(onCommand);
    };
  }

  return {
    has: (id) => discovery.device(id) !== undefined,
    look: discovery.look,
    follow: discovery.follow,
    describe: async (ref, model, call) => describeHaviDevice(optionsOf(ref, model, call)),
    get: async (ref, descriptor, names, call) => getHaviProperties(optionsOf(ref, descriptor, call), names),
    async set(ref, descriptor, values, call) {
      const options = optionsOf(ref, descriptor, call);
      return command(options, () => setHaviProperties(options, values));
    },
    async *subscribe(ref, descriptor, call) {
      const options = optionsOf(ref, descriptor, call);
      const { device } = options;
      yield* watchHavi({
        ...options,
        ...{ news, availabilityMs, pollMs },
        isPresent: () => discovery.isPresent(device),
        onNews: (listener) => onNewsOf(device, listener),
      });
    },
    async invoke(ref, descriptor, action, input, call) {
      const options = optionsOf(ref, descriptor, call);
      return command(options, () => invokeHaviAction(options, action, input));
    },
    dispose() {
      stopServing();
      messenger.dispose();
    },
  };
}
