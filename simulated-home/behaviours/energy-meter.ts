/** The meter inside a device: 0x84, watts now, and 0x85, thousandths of a kilowatt-hour since it was made (Appendix, chapter 2). */

import type { SimulatedObject, Table } from "../simulated-object.ts";
import { big } from "../wire/octets.ts";
import { numberAt } from "./simulated-device.ts";

export const meterRules: Table = { "84": { edt: "0001" }, "85": { edt: "0001b0d0" } };

/** Returns how to count the watts drawn during the milliseconds that have passed. */
export function createEnergyMeter(object: SimulatedObject): (watts: number, forMs: number) => void {
  let wattHours = numberAt(object, 0x85);
  return (watts, forMs) => {
    wattHours += (watts * forMs) / 3_600_000;
    object.put(0x84, big(Math.round(watts), 2));
    object.put(0x85, big(Math.floor(wattHours), 4));
  };
}
