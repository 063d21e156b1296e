/** What people chose for the appearance of devices (contract/appearance.ts), kept in memory: also of devices that are away. */

import { type Appearance, type AppearanceChange, parseAppearanceChange, withChange } from "../contract/appearance.ts";
import type { Memory } from "../contract/clock.ts";
import type { Device, DeviceId } from "../contract/device.ts";
import { HomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";

export interface Appearances {
  /** Undefined where nobody chose anything. */
  of(device: DeviceId): Appearance | undefined;
  /** Durable when it returns. */
  change(device: DeviceId, change: AppearanceChange): Appearance;
}

const memoryName = "appearances";
const mostDevices = 2_000;

export function openAppearances(memory: Memory): Appearances {
  const chosen = readChosen(memory);
  return {
    of: (device) => chosen.get(device),
    change(device, change) {
      const next = withChange(chosen.get(device) ?? {}, change);
      if (!chosen.has(device) && chosen.size >= mostDevices) {
        throw new HomeError("value-invalid", `at most ${mostDevices} devices have an appearance of their own`);
      }
      if (Object.keys(next).length > 0) chosen.set(device, next);
      else chosen.delete(device);
      memory.write(
        memoryName,
        Object.fromEntries(Array.from(chosen, ([id, one]): [string, JsonObject] => [id, { ...one }])),
      );
      return next;
    },
  };
}

/** The device as people chose to see it, in every language. */
export function dress(device: Device, appearance: Appearance | undefined): Device {
  if (appearance === undefined) return device;
  const { name, room } = appearance;
  return {
    ...device,
    ...(name === undefined ? {} : { title: name, titles: { en: name, ja: name } }),
    ...(room === undefined ? {} : { room }),
    appearance,
  };
}

/** What cannot be read any more is as if nobody had chosen it. */
function readChosen(memory: Memory): Map<DeviceId, Appearance> {
  const kept = memory.read(memoryName);
  const entries = isJsonObject(kept) ? Object.entries(kept) : [];
  return new Map(
    entries.flatMap(([id, told]): [DeviceId, Appearance][] => {
      try {
        return [[id, withChange({}, parseAppearanceChange(told))]];
      } catch {
        return [];
      }
    }),
  );
}
