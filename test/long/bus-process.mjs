/** A simulated bus in a process of its own, with two decks whose tapes play; tells where it is. */

import { systemClock } from "../../host/system-host.ts";
import { openBusServer } from "../../simulated-home/ieee1394/bus-server.ts";
import { createModel } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";

const clock = systemClock;
const bus = createSimulatedBus({ clock, gapCount: 5 });
for (const guid of process.argv.slice(2)) {
  bus.plug(createModel({ clock, model: "dv-deck", guid, makeFrames: async () => new Uint8Array(0) }));
}
const { url } = await openBusServer(bus, 0);
process.stdout.write(`${url}\n`);
