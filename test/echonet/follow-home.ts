/** Follows every device that a session finds, and keeps the last value of each of its properties. */

import type { Session } from "../../gateway-core/contract/adapter.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import type { FindDescriptor } from "../../gateway-core/echonet/object-knowledge.ts";

export interface FollowedHome {
  /** By device id, in the order of the ids; names in order too. */
  values(): [id: string, values: Readonly<Record<string, Json>>][];
  /** Whether so many devices are found and each has told every property that it lets read. */
  isComplete(devices: number): boolean;
}

export function followHome(session: Session, find: FindDescriptor, signal: AbortSignal): FollowedHome {
  const devices = new Map<string, { readonly values: Map<string, Json>; readable: number }>();

  async function follow(): Promise<void> {
    for await (const { ref, key } of session.discover({ signal, active: true })) {
      const model = find(key);
      if (devices.has(ref.id) || model === undefined) continue;
      const device = { values: new Map<string, Json>(), readable: Number.POSITIVE_INFINITY };
      devices.set(ref.id, device);
      void (async () => {
        const descriptor = await session.describe(ref, model, { signal });
        device.readable = readableOf(descriptor);
        for await (const change of session.subscribe(ref, descriptor, { signal })) {
          if (change.type === "value") device.values.set(change.property, change.value);
        }
      })();
    }
  }

  void follow();
  return {
    values: () =>
      [...devices]
        .map(([id, { values }]): [string, Record<string, Json>] => [
          id,
          Object.fromEntries([...values].sort(([a], [b]) => a.localeCompare(b))),
        ])
        .sort(([a], [b]) => a.localeCompare(b)),
    isComplete: (count) =>
      devices.size === count && [...devices.values()].every(({ values, readable }) => values.size >= readable),
  };
}

function readableOf({ properties }: Descriptor): number {
  return Object.values(properties).filter(({ writeOnly }) => writeOnly !== true).length;
}
