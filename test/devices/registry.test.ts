import { describe, expect, it } from "vitest";
import type { HomeEvent } from "../../gateway-core/contract/messages.ts";
import { createRegistry } from "../../gateway-core/devices/registry.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { lampModel } from "../fakes/fake-session.ts";

function setUp() {
  const clock = new FakeClock();
  const registry = createRegistry(clock);
  const events: HomeEvent[] = [];
  registry.onEvent((event) => events.push(event));
  registry.put("lamp", "fake", lampModel);
  return { clock, registry, events };
}

describe("the registry", () => {
  it("shows a new device available, every value not yet known", () => {
    const { registry, events } = setUp();
    expect(registry.get("lamp")).toMatchObject({ id: "lamp", protocol: "fake", kind: "light", available: true });
    expect(registry.get("lamp")?.values["power"]).toEqual({ value: null, at: 0 });
    expect(events).toEqual([{ type: "found", device: registry.get("lamp") }]);
  });

  it("emits a value only when it differs, and refreshes its time always", async () => {
    const { clock, registry, events } = setUp();
    registry.report("lamp", "power", true);
    await clock.advance(5_000);
    registry.report("lamp", "power", true);
    expect(events.filter(({ type }) => type === "changed")).toHaveLength(1);
    expect(registry.get("lamp")?.values["power"]).toEqual({ value: true, at: clock.now() });
  });

  it("leaves what it handed out as it was", () => {
    const { registry } = setUp();
    const before = registry.get("lamp");
    registry.report("lamp", "power", true);
    expect(before?.values["power"]?.value).toBeNull();
  });

  it("derives the room from the installation location, and tells the device anew when it moves", () => {
    const { registry, events } = setUp();
    registry.report("lamp", "place", "kitchen");
    expect(registry.get("lamp")?.room).toBe("kitchen");
    expect(events.map(({ type }) => type)).toEqual(["found", "changed", "found"]);
    registry.report("lamp", "place", "unset");
    expect(registry.get("lamp")?.room).toBeNull();
  });

  it("emits each change of availability once, with its time", async () => {
    const { clock, registry, events } = setUp();
    await clock.advance(1_000);
    registry.setAvailable("lamp", false);
    registry.setAvailable("lamp", false);
    expect(events.slice(1)).toEqual([{ type: "availability", device: "lamp", available: false, at: clock.now() }]);
    expect(registry.get("lamp")).toMatchObject({ available: false, availabilityAt: clock.now() });
  });

  it("keeps what is still known when a device is described anew", () => {
    const { registry } = setUp();
    registry.report("lamp", "power", true);
    registry.report("lamp", "brightness", 7);
    const { brightness: _, ...properties } = lampModel.properties;
    registry.put("lamp", "fake", { ...lampModel, properties });
    expect(registry.get("lamp")?.values["power"]?.value).toBe(true);
    expect(registry.get("lamp")?.values).not.toHaveProperty("brightness");
  });

  it("ignores what is told of a device or a property that it does not hold, inherited names included", () => {
    const { registry, events } = setUp();
    registry.report("lamp", "constructor", 1);
    registry.report("nobody", "power", true);
    registry.setAvailable("nobody", false);
    registry.raise("nobody", "pressed", null);
    registry.remove("nobody");
    expect(events).toHaveLength(1);
  });

  it("passes events on, forgets a device that is gone, and stops telling who has left", () => {
    const { registry, events } = setUp();
    const others: HomeEvent[] = [];
    const stop = registry.onEvent((event) => others.push(event));
    registry.raise("lamp", "pressed", { button: 1 });
    stop();
    registry.remove("lamp");
    expect(others.map(({ type }) => type)).toEqual(["event"]);
    expect(events.at(-1)).toEqual({ type: "gone", device: "lamp" });
    expect(registry.snapshot()).toEqual({ type: "snapshot", devices: [] });
  });
});
