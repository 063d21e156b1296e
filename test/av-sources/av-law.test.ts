import file from "../../device-descriptors/av/file.json" with { type: "json" };
import network from "../../device-descriptors/av/network.json" with { type: "json" };
import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import { createAvAdapter } from "../../gateway-core/av-sources/av-adapter.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { adapterLaw } from "../laws/adapter.law.ts";
import { fileInHand } from "./file-in-hand.ts";
import { madeFrames, madePackets } from "./made-stream.ts";

adapterLaw("the adapter of files and network streams over a file", async () => {
  const host = fakeHost();
  const hand = fileInHand(madePackets({ seconds: 1 }));
  const { interruptions } = network.properties;
  return {
    adapter: createAvAdapter(hand.wires),
    config: { sources: [{ name: "A clip", from: "/srv/clip.ts" }], pollMs: 500 },
    host,
    model: parseDescriptor({ ...file, properties: { ...file.properties, interruptions } }),
    absent: "interruptions",
    fixed: "state",
    sendsPictures: true,
    isKnownBeforehand: true,
    availabilityMs: 1_000,
    changeAtDevice() {
      hand.octets = madeFrames(1);
      hand.writtenAt++;
      return { property: "form", value: "dv" };
    },
    unplug() {
      hand.isThere = false;
    },
    plugIn() {
      hand.isThere = true;
    },
    pass: (ms) => host.clock.advance(ms),
    isWireHeld: () => hand.open > 0 || host.clock.pending > 0,
    async [Symbol.asyncDispose]() {},
  };
});
