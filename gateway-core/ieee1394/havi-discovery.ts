/**
 * Finds HAVi devices: asks the Registry of every node whose ROM says HAVi for all the software elements that it knows,
 * those of other nodes included; at the start, after every bus reset, now and then, and when an event manager tells of
 * elements or devices that came or went (HAVi 1.1, Registry, as reconstructed).
 */

import type { Sighting } from "../contract/adapter.ts";
import type { Clock, Log } from "../contract/clock.ts";
import type { DescriptorKey } from "../contract/descriptor.ts";
import type { DeviceId } from "../contract/device.ts";
import { toHomeError } from "../contract/errors.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import { takesCommands } from "./discovery.ts";
import { devicesAmong, elementOf, keyOf, type SoftwareElement } from "./havi/element.ts";
import handles from "./havi/handles.json" with { type: "json" };
import { operationForm } from "./havi/operation-form.ts";
import type { HaviMessenger } from "./havi-messenger.ts";
import type { HaviNews } from "./havi-news.ts";
import type { KnownNode, NodeDirectory } from "./node-directory.ts";

export interface HaviDevice {
  readonly id: DeviceId;
  readonly key: DescriptorKey;
  readonly element: SoftwareElement;
}

export interface HaviDiscovery {
  device(id: DeviceId): HaviDevice | undefined;
  /** Whether the node on which its element runs is on the bus. */
  isPresent(device: HaviDevice): boolean;
  look(): void;
  /** Every device known, then each that is found, has changed or is gone; returns how to stop. */
  follow(listener: (sighting: Sighting) => void): () => void;
}

export interface HaviDiscoveryOptions {
  readonly directory: NodeDirectory;
  readonly messenger: HaviMessenger;
  readonly news: HaviNews;
  readonly clock: Clock;
  readonly log: Log;
  readonly rediscoverMs: number;
  readonly signal: AbortSignal;
}

/** What one Registry can make us remember. */
const mostElements = 256;
const guidDigits = 16;
const all: Json = { type: "SIMPLE", attribute: "SE_TYPE", value: { octets: "" }, operation: "ANY" };
/** Of these it is told that there is something else to be found. */
const events = ["NEW_DEVICES", "GONE_DEVICES", "NEW_SOFTWARE_ELEMENT", "GONE_SOFTWARE_ELEMENT"];
const getElement = operationForm("Registry", "GetElement");
const retrieveAttributes = operationForm("Registry", "RetrieveAttributes");

/** A bus reset came between: nothing is wrong, and all is asked anew. */
const resetReasons = ["bus-reset", "generation"];

export function createHaviDiscovery(options: HaviDiscoveryOptions): HaviDiscovery {
  const { directory, messenger, news, clock, log, rediscoverMs, signal } = options;
  /** What each Registry told, by the EUI-64 of its node. */
  const told = new Map<string, readonly SoftwareElement[]>();
  /** In which generation each was asked last. */
  const asked = new Map<string, number>();
  const asking = new Set<string>();
  const again = new Set<string>();
  /** Those that could not be read the last time; it is said once. */
  const unread = new Set<string>();
  let devices = new Map<DeviceId, HaviDevice>();
  const listeners = new Set<(sighting: Sighting) => void>();

  const sightingOf = ({ id, key, element }: HaviDevice): Sighting => ({
    protocol: "ieee1394",
    ref: { id, address: `${element.target} (element ${element.seid})` },
    key,
  });
  const tell = (sighting: Sighting): void => {
    for (const listener of [...listeners]) listener(sighting);
  };

  async function learn(guid: string): Promise<void> {
    if (asking.has(guid)) {
      again.add(guid);
      return;
    }
    asking.add(guid);
    try {
      await news.subscribe(guid, events, signal);
      told.set(guid, await elementsAt(guid));
      unread.delete(guid);
      update();
    } catch (thrown) {
      // Asked again after the next reset, or with the next look.
      asked.delete(guid);
      const error = toHomeError(thrown);
      const isCutOff = resetReasons.includes(String(error.details["reason"]));
      if (!signal.aborted && !isCutOff && !unread.has(guid)) {
        unread.add(guid);
        log.write("warn", "registry-not-read", { guid, error: error.toBody() });
      }
    } finally {
      asking.delete(guid);
    }
    if (again.delete(guid) && !signal.aborted) await learn(guid);
  }

  async function elementsAt(guid: string): Promise<readonly SoftwareElement[]> {
    const registry = `${guid}${handles.registry}`;
    const own = await messenger.guid();
    const { seids } = await messenger.call(registry, getElement, { query: all }, signal);
    const others = listOf(seids).filter((seid) => typeof seid === "string" && !seid.startsWith(own));
    const elements: SoftwareElement[] = [];
    for (const seid of others.slice(0, mostElements)) {
      const { attributes } = await attributesOf(registry, seid);
      const element = elementOf(String(seid), listOf(attributes));
      if (element !== undefined) elements.push(element);
    }
    return elements;
  }

  /** An element may be gone between two questions. */
  async function attributesOf(registry: string, seid: Json): Promise<JsonObject> {
    try {
      return await messenger.call(registry, retrieveAttributes, { seid }, signal);
    } catch (thrown) {
      if (toHomeError(thrown).code !== "device-refused") throw thrown;
      return {};
    }
  }

  /** Several Registries may know the same element. */
  function update(): void {
    const elements = new Map([...told.values()].flat().map((element) => [element.seid, element]));
    const next = new Map<DeviceId, HaviDevice>();
    for (const element of devicesAmong([...elements.values()], isFoundOtherwise)) {
      const id = `ieee1394-${element.target}-havi-${element.word.replaceAll(/[^a-z0-9]+/g, "-")}-${element.number}`;
      if (!next.has(id)) next.set(id, { id, key: keyOf(element), element });
    }
    const before = devices;
    devices = next;
    for (const [id, device] of before) if (!next.has(id)) tell({ ...sightingOf(device), gone: true });
    for (const [id, device] of next) {
      const known = before.get(id);
      if (JSON.stringify(known) !== JSON.stringify(device)) tell(sightingOf(device));
    }
  }

  /** A component that is driven by AV/C is a subunit of its unit, where that unit is on this bus. */
  function isFoundOtherwise({ target }: SoftwareElement): boolean {
    const node = directory.node(target);
    return node !== undefined && takesCommands(node.rom, "avc");
  }

  const isHavi = ({ rom }: KnownNode): boolean => takesCommands(rom, "havi");

  const stop = directory.onChange(() => {
    for (const { guid, at } of directory.nodes().filter(isHavi)) {
      if (asked.get(guid) === at.generation) continue;
      asked.set(guid, at.generation);
      void learn(guid);
    }
  });
  const stopNews = news.follow(({ poster, event }) => {
    const guid = poster.slice(0, guidDigits);
    if (event !== undefined && events.includes(event) && directory.node(guid) !== undefined) void learn(guid);
  });
  signal.addEventListener("abort", () => [stop, stopNews].forEach((end) => void end()), { once: true });

  function look(): void {
    for (const { guid } of directory.nodes().filter(isHavi)) void learn(guid);
  }

  let timer = clock.after(rediscoverMs, onTimer);
  function onTimer(): void {
    timer = clock.after(rediscoverMs, onTimer);
    look();
  }
  signal.addEventListener("abort", () => timer.cancel(), { once: true });

  return {
    device: (id) => devices.get(id),
    isPresent: ({ element }) => directory.node(element.seid.slice(0, guidDigits)) !== undefined,
    look,
    follow(listener) {
      for (const device of devices.values()) listener(sightingOf(device));
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
