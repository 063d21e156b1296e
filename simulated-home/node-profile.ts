/** The node profile object 0EF001 (ECHONET Lite specification 1.13, part II, 6.11.1): which node this is and what it holds. */

import { createSimulatedObject, type SimulatedObject } from "./simulated-object.ts";
import { big, hex } from "./wire/octets.ts";

export const nodeProfileEoj = 0x0ef001;

/** The code that ECHONET keeps for what nobody sells. */
export const manufacturer = "ffffff";

/** `identification`: 0x83 in hexadecimal, if it has one. The profile itself stands in no list, but its class counts in 0xD4. */
export function createNodeProfile(
  identification: string | undefined,
  objects: readonly SimulatedObject[],
): SimulatedObject {
  const instances = objects.map(({ eoj }) => hex(big(eoj, 3)));
  const classes = [...new Set(instances.map((eoj) => eoj.slice(0, 4)))];
  const instanceList = hex(big(instances.length, 1)) + instances.join("");
  return createSimulatedObject(nodeProfileEoj, {
    "80": { edt: "30", inf: true },
    "82": { edt: "010d0100" },
    ...(identification === undefined ? {} : { "83": { edt: identification } }),
    "8a": { edt: manufacturer },
    d3: { edt: hex(big(instances.length, 3)) },
    d4: { edt: hex(big(classes.length + 1, 2)) },
    d5: { edt: instanceList, get: false, inf: true },
    d6: { edt: instanceList },
    d7: { edt: hex(big(classes.length, 1)) + classes.join("") },
  });
}
