/** The law of buses (test/laws/bus-clauses.ts) in the guest: the product's bus before the kernel, a simulated one with the lamp behind the card. */

import type { Host } from "../../gateway-core/contract/clock.ts";
import { sleep } from "../../gateway-core/contract/clock.ts";
import { deviceFiles } from "../../gateway-core/ieee1394/linux/start-card.ts";
import { openNamedBus } from "../../gateway-core/ieee1394/open-bus.ts";
import type { SimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { lampGuid } from "../ieee1394/lamp-unit.ts";
import { anotherGuid, lampWorld, wiredLamp } from "../ieee1394/lamp-world.ts";
import { type BusWorld, busClauses } from "../laws/bus-clauses.ts";

export interface ClauseKept {
  readonly name: string;
  /** Why it does not hold. */
  readonly failure?: string;
}

/** So long nothing happens on a bus that has settled. */
const calmMs = 300;

/**
 * Holds the clauses one after another, each on a bus that was just reset. Two devices or more are to stand on it besides,
 * else the kernel would find the gaps too long, and make bus resets of its own. Nothing of it stays plugged in.
 */
export async function keepLaw(simulated: SimulatedBus, host: Host): Promise<readonly ClauseKept[]> {
  const { clock } = host;
  const lamp = wiredLamp(clock);
  /** Those, the machine's own node, and the lamp. */
  const nodes = simulated.connect().state.nodeIds.length + 1;
  const pass = (): Promise<void> => sleep(clock, 10);

  async function openWorld(): Promise<BusWorld> {
    simulated.unplug(anotherGuid);
    simulated.plug(lamp.node);
    const bus = openNamedBus("", host);
    const client = simulated.connect();
    const isSettled = (): boolean =>
      bus.state.generation === client.state.generation &&
      bus.state.nodeIds.length === nodes &&
      deviceFiles().length === nodes;
    for (let calm = 0; calm < calmMs; calm = isSettled() ? calm + 10 : 0) await pass();
    return {
      ...lampWorld(simulated, lamp, clock),
      ...{ bus, pass },
      async [Symbol.asyncDispose]() {
        await client[Symbol.asyncDispose]();
        await bus[Symbol.asyncDispose]();
      },
    };
  }

  const kept: ClauseKept[] = [];
  for (const { name, hold } of busClauses) {
    await using world = await openWorld();
    await hold(world).then(
      () => kept.push({ name }),
      (thrown: Error) => kept.push({ name, failure: thrown.message }),
    );
  }
  for (const guid of [lampGuid, anotherGuid]) simulated.unplug(guid);
  return kept;
}
