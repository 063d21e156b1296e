/** A simulated bus with the lamp on it, as the law of buses needs one: what is done to it, without the bus port before it. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { BusNode, Wire } from "../../simulated-home/ieee1394/bus-words.ts";
import type { SimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import type { BusWorld } from "../laws/bus-clauses.ts";
import { createLamp, lampGuid } from "./lamp-unit.ts";

export const anotherGuid = "0050c20000000002";

/** The lamp, and where it is on the wire. */
export interface WiredLamp {
  readonly node: BusNode;
  readonly wire: () => Wire | undefined;
}

export function wiredLamp(clock: Clock): WiredLamp {
  const lamp = createLamp(clock);
  let wire: Wire | undefined;
  const node: BusNode = {
    ...{ guid: lamp.guid, isContender: false, answer: lamp.answer },
    reset(next) {
      wire = next;
      lamp.reset(next);
    },
  };
  return { node, wire: () => wire };
}

export function lampWorld(
  bus: SimulatedBus,
  lamp: WiredLamp,
  clock: Clock,
): Omit<BusWorld, "bus" | "pass" | keyof AsyncDisposable> {
  return {
    guid: lampGuid,
    command: Uint8Array.of(1, 0x68, 0x42, 0xff),
    response: Uint8Array.of(0x0c, 0x68, 0x42, 50),
    unplug: () => bus.unplug(lampGuid),
    plugIn: () => bus.plug(lamp.node),
    plugAnother: () => bus.plug(createLamp(clock, { guid: anotherGuid })),
    transmit: (channel, packets) => lamp.wire()?.transmit(channel, packets),
  };
}
