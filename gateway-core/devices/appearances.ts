/** What people chose for the appearance of devices (contract/appearance.ts), kept in memory: also of devices that are away. */

import { type Appearance, type AppearanceChange, parseAppearanceChange, withChange } from "../contract/appearance.ts";
import type { Host } from "../contract/clock.ts";
import type { Device, DeviceId } from "../contract/device.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";

export interface Appearances {
  /** Undefined where nobody chose anything. */
  of(device: DeviceId): Appearance | undefined;
  /**
   * Durable when it returns.
   * @throws HomeError `store-unavailable`; `value-invalid` when too many have one
   */
  change(device: DeviceId, change: AppearanceChange): Appearance;
}

const memoryName = "appearances";
const mostDevices = 2_000;

/** Never throws: while what was chosen cannot be read, devices appear as they are, and nothing is chosen over it. */
export function openAppearances({ memory, log }: Pick<Host, "memory" | "log">): Appearances {
  let known: Map<DeviceId, Appearance> | undefined;
  try {
    known = readChosen(memory);
  } catch (thrown) {
    log.write("error", "memory-not-read", { name: memoryName, reason: toHomeError(thrown).message });
  }
  return {
    of: (device) => known?.get(device),
    change(device, change) {
      known ??= readChosen(memory);
      const chosen = new Map(known);
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
      known = chosen;
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
function readChosen(memory: Host["memory"]): Map<DeviceId, Appearance> {
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
