/** A simulated bus with one deck in a process of its own, as the benches of the bus use it: tells where it is. */

import type { Clock } from "../gateway-core/contract/clock.ts";
import { systemClock } from "../host/system-host.ts";
import { openBusServer } from "../simulated-home/ieee1394/bus-server.ts";
import { createModel } from "../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../simulated-home/ieee1394/simulated-bus.ts";

/** Nothing waits but what must: a timer of no length would last a millisecond, and runs in the next turn instead. */
const clock: Clock = {
  now: () => systemClock.now(),
  after(delayMs, action) {
    if (delayMs > 0) return systemClock.after(delayMs, action);
    const immediate = setImmediate(action);
    return { cancel: () => clearImmediate(immediate) };
  },
};
const bus = createSimulatedBus({ clock });
bus.plug(createModel({ clock, model: "dv-deck", makeFrames: async () => new Uint8Array(0) }));
const { url } = await openBusServer(bus, 0);
process.stdout.write(`${url}\n`);
