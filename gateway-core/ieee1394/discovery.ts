/**
 * Finds the AV devices of the bus: nodes by their ROMs, AV/C units by their unit directories, subunits by asking; at the
 * start, after every bus reset and now and then. A device is known by the GUID of its node and its subunit.
 */

import type { Sighting } from "../contract/adapter.ts";
import type { Log } from "../contract/clock.ts";
import type { DescriptorKey } from "../contract/descriptor.ts";
import type { DeviceId } from "../contract/device.ts";
import { toHomeError } from "../contract/errors.ts";
import type { SubunitAddress } from "./avc/subunit-address.ts";
import { type AvcUnitInfo, readUnitInfo, subunitWord, unitAddress } from "./avc-units.ts";
import type { ConfigRom } from "./config-rom.ts";
import type { Fcp } from "./fcp.ts";
import type { KnownNode, NodeDirectory } from "./node-directory.ts";
import unitKinds from "./unit-kinds.json" with { type: "json" };

/** One subunit: what is a device of the home. */
export interface AvDevice {
  readonly id: DeviceId;
  readonly guid: string;
  readonly subunit: SubunitAddress;
  readonly key: DescriptorKey;
  /** What its ROM calls it. */
  readonly modelName: string | undefined;
}

export interface Discovery {
  device(id: DeviceId): AvDevice | undefined;
  /** Whether its node is on the bus. */
  isPresent(device: AvDevice): boolean;
  look(): void;
  /** Calls the listener with every device known, then with each that is found, has moved or is gone; returns how to stop. */
  follow(listener: (sighting: Sighting) => void): () => void;
}

export interface DiscoveryOptions {
  readonly directory: NodeDirectory;
  readonly fcp: Fcp;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const kinds = unitKinds.units.map(({ specifierId, version, commands }) => ({
  specifierId: Number.parseInt(specifierId, 16),
  version: Number.parseInt(version, 16),
  commands,
}));

/** Whether a unit of the node takes AV/C commands. */
export function takesAvc(rom: ConfigRom): boolean {
  return takesCommands(rom, "avc");
}

/** Whether a unit of the node takes commands of this set, as unit-kinds.json calls it. */
export function takesCommands({ units }: ConfigRom, commands: string): boolean {
  const isOne = ({ specifierId, version }: ConfigRom["units"][number]): boolean =>
    kinds.some((kind) => kind.commands === commands && kind.specifierId === specifierId && kind.version === version);
  return units.some(isOne);
}

export function createDiscovery({ directory, fcp, log, signal }: DiscoveryOptions): Discovery {
  const devices = new Map<DeviceId, AvDevice>();
  /** Where each was seen last, as its sightings said. */
  const addresses = new Map<DeviceId, string>();
  const listeners = new Set<(sighting: Sighting) => void>();
  /** What was asked of whom, and in which generation. */
  const asked = new Map<string, number>();

  const sightingOf = (device: AvDevice): Sighting => ({
    protocol: "ieee1394",
    ref: { id: device.id, address: addresses.get(device.id) ?? "" },
    key: device.key,
  });
  const tell = (sighting: Sighting): void => {
    for (const listener of [...listeners]) listener(sighting);
  };

  async function learn({ guid, at, rom }: KnownNode): Promise<void> {
    if (!takesAvc(rom) || asked.get(guid) === at.generation) return;
    asked.set(guid, at.generation);
    try {
      take(guid, rom, at.nodeId, await readUnitInfo(fcp, guid, signal));
    } catch (thrown) {
      if (signal.aborted) return;
      // Asked again after the next reset, or with the next look.
      asked.delete(guid);
      log.write("warn", "unit-not-read", { guid, error: toHomeError(thrown).toBody() });
    }
  }

  function take(guid: string, rom: ConfigRom, nodeId: number, info: AvcUnitInfo): void {
    const subunits = info.subunits.length > 0 ? info.subunits : [unitAddress];
    const found = subunits.map((subunit) => deviceOf(guid, subunit, rom, info));
    const ids = new Set(found.map(({ id }) => id));
    for (const device of [...devices.values()].filter((one) => one.guid === guid && !ids.has(one.id))) {
      devices.delete(device.id);
      tell({ ...sightingOf(device), gone: true });
    }
    const address = `${guid} (node ${nodeId & 0x3f})`;
    for (const device of found) {
      const isNew = !devices.has(device.id);
      const hasMoved = addresses.get(device.id) !== address;
      devices.set(device.id, device);
      addresses.set(device.id, address);
      if (isNew || hasMoved) tell(sightingOf(device));
    }
  }

  const stop = directory.onChange(() => {
    for (const node of directory.nodes()) void learn(node);
  });
  signal.addEventListener("abort", stop, { once: true });

  return {
    device: (id) => devices.get(id),
    isPresent: ({ guid }) => directory.node(guid) !== undefined,
    look() {
      asked.clear();
      directory.look();
    },
    follow(listener) {
      for (const device of devices.values()) listener(sightingOf(device));
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function deviceOf(guid: string, subunit: SubunitAddress, rom: ConfigRom, { unitType }: AvcUnitInfo): AvDevice {
  const word = subunitWord(subunit.type);
  const number = subunit === unitAddress ? "" : String(subunit.id);
  return {
    id: `ieee1394-${guid}-${word}${number}`,
    guid,
    subunit,
    modelName: rom.modelName?.trim(),
    key: {
      protocol: "ieee1394",
      commands: "avc",
      subunit: word,
      ...(unitType === undefined ? {} : { unit: unitType }),
      ...(rom.vendorId === undefined ? {} : { vendor: identifier(rom.vendorId) }),
      ...(rom.modelId === undefined ? {} : { model: identifier(rom.modelId) }),
    },
  };
}

const identifier = (value: number): string => `0x${value.toString(16).padStart(6, "0")}`;
