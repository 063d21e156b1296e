import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import { guardAdapter } from "../../gateway-core/plugin-adapters/guard-adapter.ts";
import { parsePlugin } from "../../gateway-core/plugin-adapters/parse-plugin.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { adapterLaw } from "../laws/adapter.law.ts";
import { availabilityMs, Wall, wallAdapter, wallLamp } from "./wall-lamp.ts";

adapterLaw("an adapter of another package behind its guard", async () => {
  const host = fakeHost();
  const wall = new Wall();
  return {
    adapter: guardAdapter(parsePlugin(wallAdapter(wall), "a-package", parseDescriptor), parseDescriptor),
    config: { room: "hall" },
    host,
    model: wallLamp,
    settable: { name: "power", before: false, after: true },
    absent: "temperature",
    fixed: "fault",
    refused: { name: "brightness", value: 99 },
    availabilityMs,
    changeAtDevice() {
      wall.change("power", true);
      return { property: "power", value: true };
    },
    unplug() {
      wall.isPlugged = false;
    },
    plugIn() {
      wall.isPlugged = true;
    },
    pass: (ms) => host.clock.advance(ms),
    isWireHeld: () => wall.users > 0 || wall.listeners.size > 0 || host.clock.pending > 0,
    async [Symbol.asyncDispose]() {},
  };
});
