import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { adapterLaw } from "../laws/adapter.law.ts";
import { createLamp, lampDescriptor, lampGuid } from "./lamp-unit.ts";

adapterLaw("the IEEE 1394 adapter over a simulated bus", async () => {
  const host = fakeHost();
  const bus = createSimulatedBus({ clock: host.clock });
  const lamp = createLamp(host.clock);
  bus.plug(lamp);
  let clients = 0;
  const adapter = createIeee1394Adapter(() => {
    const client = bus.connect();
    clients++;
    return Object.assign(client, {
      async [Symbol.asyncDispose]() {
        clients--;
      },
    });
  });
  return {
    adapter,
    config: { pollMs: 500 },
    host,
    model: lampDescriptor,
    settable: { name: "lit", before: false, after: true },
    absent: "colour",
    fixed: "hours",
    refused: { name: "brightness", value: 99 },
    availabilityMs: 1_000,
    changeAtDevice() {
      lamp.press();
      return { property: "lit", value: true };
    },
    unplug: () => bus.unplug(lampGuid),
    plugIn: () => bus.plug(lamp),
    pass: (ms) => host.clock.advance(ms),
    isWireHeld: () => clients > 0 || host.clock.pending > 0,
    async [Symbol.asyncDispose]() {},
  };
});
