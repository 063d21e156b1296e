import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { FakeLan, FakeNode } from "../fakes/fake-echonet-node.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { adapterLaw } from "../laws/adapter.law.ts";
import { lampDescriptor, lampEoj, lampObject } from "./lamp-descriptor.ts";

adapterLaw("the ECHONET Lite adapter over a fake LAN", async () => {
  const host = fakeHost();
  const lan = new FakeLan(host.clock);
  const node = new FakeNode("10.0.0.2", { [lampEoj]: lampObject() }, { refuses: { "0xb0": ["63"] } });
  lan.plug(node);
  return {
    adapter: createEchonetAdapter(lan.openTransport),
    config: { availabilityMs: 10_000 },
    host,
    model: lampDescriptor,
    settable: { name: "power", before: false, after: true },
    absent: "colour",
    fixed: "fault",
    refused: { name: "brightness", value: 99 },
    availabilityMs: 10_000,
    changeAtDevice() {
      node.change(lampEoj, 0x80, "30");
      return { property: "power", value: true };
    },
    unplug: () => lan.unplug(node),
    plugIn() {
      lan.plug(node);
      node.start();
    },
    pass: (ms) => host.clock.advance(ms),
    isWireHeld: () => lan.isOpen || host.clock.pending > 0,
    async [Symbol.asyncDispose]() {},
  };
});
