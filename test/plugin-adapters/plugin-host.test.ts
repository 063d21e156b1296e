import { describe, expect, it } from "vitest";
import type { Host } from "../../gateway-core/contract/clock.ts";
import { createFaults } from "../../gateway-core/plugin-adapters/faults.ts";
import { pluginHost } from "../../gateway-core/plugin-adapters/plugin-host.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { faultsOf } from "./any-adapter.ts";

function given() {
  const host = fakeHost();
  const theirs: Host = pluginHost(host, "wall", createFaults("wall", host.log));
  return { host, theirs };
}

describe("An adapter of another package is given", () => {
  it("a memory of its own", () => {
    const { host, theirs } = given();
    host.memory.write("registration", { secret: 1 });
    expect(theirs.memory.read("registration")).toBeUndefined();
    theirs.memory.write("lamps", ["1"]);
    expect(theirs.memory.read("lamps")).toEqual(["1"]);
    expect([...host.memory.values.keys()]).toEqual(["registration", "adapter-wall-lamps"]);
    expect(() => theirs.memory.write("../registration", 1)).toThrow(expect.objectContaining({ code: "value-invalid" }));
    expect(() => theirs.memory.write("lamps", "x".repeat(2_000_000))).toThrow(
      expect.objectContaining({ code: "value-invalid" }),
    );
  });

  it("a log in which it speaks for itself alone, and drowns nobody", async () => {
    const { host, theirs } = given();
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    theirs.log.write("info", "lamp found", { at: 1 });
    Reflect.apply(theirs.log.write, theirs.log, ["shout", 7, cycle]);
    expect(host.log.lines).toEqual([
      { level: "info", event: "adapter-said", facts: { protocol: "wall", what: "lamp found", facts: { at: 1 } } },
      { level: "info", event: "adapter-said", facts: { protocol: "wall", what: "7" } },
    ]);
    for (let line = 0; line < 1_000; line++) theirs.log.write("error", "again");
    expect(host.log.lines).toHaveLength(60);
    expect(host.log.lines.at(-1)?.facts).toMatchObject({ isLastInMinute: true });
    await host.clock.advance(60_000);
    theirs.log.write("error", "again");
    expect(host.log.lines).toHaveLength(61);
  });

  it("timers whose failure ends nothing", async () => {
    const { host, theirs } = given();
    theirs.clock.after(10, () => {
      throw new Error("oops");
    });
    const cancelled = theirs.clock.after(10, () => theirs.log.write("info", "late"));
    cancelled.cancel();
    await host.clock.advance(10);
    expect([theirs.clock.now(), faultsOf(host), host.clock.pending]).toEqual([host.clock.now(), ["Error: oops"], 0]);
  });
});
