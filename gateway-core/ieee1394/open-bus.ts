/** Which bus a setting names: this machine's own, one behind a socket, or none. */

import type { Host } from "../contract/clock.ts";
import { absentBus } from "./absent-bus.ts";
import type { Bus, TellTrouble } from "./bus.ts";
import { startCard } from "./linux/start-card.ts";
import { openLinuxBus } from "./linux-bus.ts";
import { openSocketBus } from "./socket-bus.ts";

/**
 * `tell` hears why there is no bus, and when there is one again.
 * @throws HomeError `settings-invalid`: no name of a bus
 */
export type OpenBus = (name: string, host: Host, tell?: TellTrouble) => Bus;

const device = /^\/dev\/(fw\d{1,3})$/;

/** "": the first FireWire card of this machine, now or as soon as there is one; "/dev/fwN": the card of that file; "none"; tcp://127.0.0.1:PORT. */
export const openNamedBus: OpenBus = (name, host, tell) => {
  const [, file] = device.exec(name) ?? [];
  if (name === "none" || (name === "" && process.platform !== "linux")) return absentBus;
  return name === "" || file !== undefined
    ? openLinuxBus(startCard(file), host, tell)
    : openSocketBus(name, host, tell);
};
