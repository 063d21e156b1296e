/** Which devices a node means: one by its id, or all of a kind (`kind:light`), so that an example works in any home. */

import type { Device } from "../gateway-core/contract/device.ts";

/** The devices that a choice names now, in the order in which they were found. */
export function chosenDevices(devices: readonly Device[], choice: string): readonly Device[] {
  const kind = /^kind:(.+)$/.exec(choice)?.[1];
  return devices.filter((device) => (kind === undefined ? device.id === choice : device.kind === kind));
}
