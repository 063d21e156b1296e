/** The device of one object of a scenario: a hand-written behaviour where its class has one, else what its descriptor says. */

import type { Clock } from "../gateway-core/contract/clock.ts";
import type { Descriptor } from "../gateway-core/contract/descriptor.ts";
import { airConditioner } from "./behaviours/air-conditioner.ts";
import { lighting } from "./behaviours/lighting.ts";
import type { SimulatedDevice } from "./behaviours/simulated-device.ts";
import { thermometer } from "./behaviours/thermometer.ts";
import { waterHeater } from "./behaviours/water-heater.ts";
import { describedDevice } from "./described/described-device.ts";
import type { Random } from "./random.ts";
import type { Room } from "./room.ts";
import type { PlannedObject } from "./scenario/plan-nodes.ts";
import { invalidAt } from "./scenario/scenario.ts";
import { edtsOf } from "./scenario/values.ts";

export interface Surroundings {
  /** The room that the device is in. */
  readonly room: () => Room;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly random: Random;
  /** The descriptor of a class, four lower-case digits. */
  readonly find: (eojClass: string) => Descriptor | undefined;
}

const byHand: Readonly<Record<string, (instance: number, around: Surroundings) => SimulatedDevice>> = {
  "0011": (instance, { room }) => thermometer(instance, room()),
  "0130": (instance, { room }) => airConditioner(instance, room()),
  "026b": (instance, { clock, signal }) => waterHeater(instance, clock, signal),
  "0290": (instance) => lighting(instance),
};

/** @throws HomeError `settings-invalid` with `path`: a class that nobody describes, a property that it has not. */
export function makeDevice(planned: PlannedObject, around: Surroundings): SimulatedDevice {
  const { class: eojClass, eoj, behaviour, properties, values = {}, path } = planned;
  const write = behaviour === undefined && properties === undefined ? byHand[eojClass] : undefined;
  const needsNames = Object.keys(values).some((name) => name.length !== 2);
  const descriptor = write === undefined || needsNames ? around.find(eojClass) : undefined;
  const device = write?.(eoj & 0xff, around) ?? described();
  for (const { epc, edt } of edtsOf(values, device.object, descriptor, [...path, "values"])) {
    device.object.preset(epc, edt);
  }
  return device;

  function described(): SimulatedDevice {
    if (descriptor === undefined) throw invalidAt([...path, "class"], `no descriptor for class ${eojClass}`);
    const unknown = properties?.findIndex((name) => !Object.hasOwn(descriptor.properties, name)) ?? -1;
    if (unknown >= 0) throw invalidAt([...path, "properties", unknown], `class ${eojClass} has no such property`);
    return describedDevice({ eoj, descriptor, ...around, properties, isStill: behaviour === "still" });
  }
}
