/** What of a device one person was granted, for its Thing Description: what may only be looked at is read-only there, and has no actions. Pure. */

import type { Device } from "../contract/device.ts";
import { deviceGrantOf, type Grant, mayInvoke, maySeeProperty } from "../contract/grant.ts";

/** Undefined where the device may not be seen. */
export function grantedThing(device: Device, grant: Grant): Device | undefined {
  const { id, descriptor, values } = device;
  const found = deviceGrantOf(grant, id);
  if (found === undefined) return undefined;
  const isSeen = ([name]: [string, unknown]): boolean => maySeeProperty(grant, id, name);
  const mayDo = ([name]: [string, unknown]): boolean => mayInvoke(grant, id, name);
  const properties = Object.entries(descriptor.properties)
    .filter(isSeen)
    .filter(([, { writeOnly }]) => found.access === "control" || writeOnly !== true)
    .map(([name, property]) => [name, found.access === "control" ? property : { ...property, readOnly: true }]);
  return {
    ...device,
    descriptor: {
      ...descriptor,
      properties: Object.fromEntries(properties),
      actions: Object.fromEntries(Object.entries(descriptor.actions ?? {}).filter(mayDo)),
    },
    values: Object.fromEntries(Object.entries(values).filter(isSeen)),
  };
}
