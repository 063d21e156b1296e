/** The law of adapters kept by HAVi devices, and by a screen that a device sends as its only control. */

import type { Descriptor, PropertyDescriptor } from "../../gateway-core/contract/descriptor.ts";
import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import { octet, short } from "../../simulated-home/ieee1394/havi/fields.ts";
import { createReceiver, handles } from "../../simulated-home/ieee1394/havi/havi-models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { adapterLaw } from "../laws/adapter.law.ts";

/** An interface of a vendor's own beside that of amplifiers. */
const api = "8018";
const titles = { en: "T", ja: "T" };
const byte = (operation: number) => ({ api, operation, results: [["value", "octet"]] });
const setting = (operation: number) => ({
  ...{ api, operation, parameters: [["value", "octet"]], fields: { value: "{value}" } },
});
const number = (bind: PropertyDescriptor["gk:bind"]): PropertyDescriptor => ({
  ...{ titles, type: "integer", minimum: 0, maximum: 100, "gk:bind": bind },
});

const model: Descriptor = {
  "@context": ["https://www.w3.org/2022/wot/td/v1.1", { gk: "https://genkan.example/ns#", "@language": "en" }],
  "@type": "tm:ThingModel",
  ...{ title: "T", titles, version: { model: "1.0.0" }, "gk:type": "ieee1394:havi:amplifier", "gk:kind": "generic" },
  "gk:match": [{ protocol: "ieee1394", commands: "havi", element: "amplifier" }],
  properties: {
    volume: number({
      havi: {
        ...{ get: { api: "Amplifier", operation: "GetVolume" }, value: { at: "volume" }, attribute: 1 },
        set: { api: "Amplifier", operation: "SetVolume", fields: { volume: "{value}" } },
      },
    }),
    level: number({ havi: { get: byte(1), value: { at: "value" }, set: setting(2) } }),
    hours: number({ havi: { get: byte(3), value: { at: "value" } } }),
    colour: number({ havi: { get: byte(9), value: { at: "value" }, set: setting(10) } }),
  },
};

adapterLaw("the IEEE 1394 adapter over HAVi", async () => {
  const host = fakeHost();
  const bus = createSimulatedBus({ clock: host.clock });
  const sim = createReceiver({ clock: host.clock });
  const amplifier = sim.node.elements.get(handles.amplifier);
  if (amplifier === undefined) throw new Error("no amplifier");
  // Only the amplifier: what the receiver is as a whole sends a screen.
  sim.node.elements.delete(handles.device);
  sim.node.elements.set(handles.amplifier, {
    ...amplifier,
    call(source, what, operation, parameters) {
      if (what !== 0x8018) return amplifier.call(source, what, operation, parameters);
      if (operation === 1 || operation === 3) return octet(operation);
      if (operation !== 2) return 4;
      return parameters.number(1) > 90 ? 6 : short(0).slice(2);
    },
  });
  bus.plug(sim.node);
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
    ...{ adapter, config: { pollMs: 500 }, host, model },
    settable: { name: "volume", before: 20, after: 50 },
    ...{ absent: "colour", fixed: "hours", refused: { name: "level", value: 99 }, availabilityMs: 1_000 },
    changeAtDevice() {
      sim.turnVolume(7);
      return { property: "volume", value: 7 };
    },
    unplug: () => bus.unplug(sim.node.guid),
    plugIn: () => bus.plug(sim.node),
    pass: (ms) => host.clock.advance(ms),
    isWireHeld: () => clients > 0 || host.clock.pending > 0,
    async [Symbol.asyncDispose]() {},
  };
});
