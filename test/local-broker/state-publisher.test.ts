import { beforeEach, describe, expect, it } from "vitest";
import type { HomeEvent } from "../../gateway-core/contract/messages.ts";
import { createRegistry, type Registry } from "../../gateway-core/devices/registry.ts";
import { createStatePublisher, type StatePublisher } from "../../gateway-core/local-broker/state-publisher.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { lampModel } from "../fakes/fake-session.ts";

let clock: FakeClock;
let registry: Registry;
let publisher: StatePublisher;
let sent: [topic: string, payload: string, isRetained: boolean][];

beforeEach(() => {
  clock = new FakeClock();
  registry = createRegistry(clock);
  sent = [];
  publisher = createStatePublisher({
    clock,
    describe: ({ id }) => ({ id }),
    publish: (...message) => sent.push(message),
  });
});

/** What a client that subscribes now would get. */
function retained(): Record<string, string> {
  const topics = new Map<string, string>();
  for (const [topic, payload, isRetained] of sent) if (isRetained) topics.set(topic, payload);
  return Object.fromEntries([...topics].filter(([, payload]) => payload !== ""));
}

function follow(): void {
  registry.onEvent(publisher.receive);
}

describe("the state publisher", () => {
  it("makes the retained topics of a snapshot", async () => {
    registry.put("lamp-1", "fake", lampModel);
    registry.report("lamp-1", "power", true);
    registry.report("lamp-1", "place", "kitchen");
    publisher.receive(registry.snapshot());
    await clock.advance(0);
    expect(retained()).toEqual({
      "home/status": "online",
      "home/devices": JSON.stringify([
        {
          id: "lamp-1",
          type: "fake:lamp",
          kind: "light",
          title: "Lamp",
          titles: { en: "Lamp", ja: "照明" },
          room: "kitchen",
          protocol: "fake",
          available: true,
        },
      ]),
      "home/devices/lamp-1/description": '{"id":"lamp-1"}',
      "home/devices/lamp-1/availability": "online",
      "home/devices/lamp-1/state": '{"power":true,"place":"kitchen"}',
      "home/devices/lamp-1/properties/power": "true",
      "home/devices/lamp-1/properties/brightness": "null",
      "home/devices/lamp-1/properties/temperature": "null",
      "home/devices/lamp-1/properties/place": '"kitchen"',
      "home/devices/lamp-1/properties/fault": "null",
    });
  });

  it("publishes every value of a burst, and the state once", async () => {
    follow();
    registry.put("lamp-1", "fake", lampModel);
    await clock.advance(0);
    sent = [];
    for (let brightness = 1; brightness <= 50; brightness++) registry.report("lamp-1", "brightness", brightness);
    await clock.advance(0);
    expect(sent.map(([topic]) => topic).filter((topic) => topic.endsWith("brightness"))).toHaveLength(50);
    expect(sent.at(-1)).toEqual(["home/devices/lamp-1/state", '{"brightness":50}', true]);
    expect(sent).toHaveLength(51);
  });

  it("says nothing twice: the same snapshot again publishes nothing", async () => {
    registry.put("lamp-1", "fake", lampModel);
    publisher.receive(registry.snapshot());
    await clock.advance(0);
    sent = [];
    publisher.receive(registry.snapshot());
    await clock.advance(0);
    expect(sent).toEqual([]);
  });

  it("tells availability at the device and in the list", async () => {
    follow();
    registry.put("lamp-1", "fake", lampModel);
    registry.setAvailable("lamp-1", false);
    await clock.advance(0);
    expect(retained()).toMatchObject({
      "home/devices/lamp-1/availability": "offline",
      "home/devices": expect.stringContaining('"available":false'),
    });
  });

  it("clears every retained topic of a device that is gone, by event or by snapshot", async () => {
    follow();
    for (const id of ["lamp-1", "lamp-2"]) registry.put(id, "fake", lampModel);
    await clock.advance(0);
    registry.remove("lamp-1");
    publisher.receive({ type: "snapshot", devices: [] });
    await clock.advance(0);
    expect(retained()).toEqual({ "home/status": "online", "home/devices": "[]" });
  });

  it("clears a property that a device described anew no longer has", async () => {
    follow();
    registry.put("lamp-1", "fake", lampModel);
    await clock.advance(0);
    const { brightness: _, ...properties } = lampModel.properties;
    registry.put("lamp-1", "fake", { ...lampModel, properties });
    await clock.advance(0);
    expect(retained()).not.toHaveProperty(["home/devices/lamp-1/properties/brightness"]);
  });

  it("publishes events and results without retaining them", () => {
    publisher.receive({ type: "event", device: "lamp-1", name: "pressed", data: { button: 1 }, at: 0 });
    publisher.reportResult({
      id: "c1",
      device: "lamp-1",
      request: { kind: "property", name: "power", value: true },
      ok: true,
      value: true,
    });
    expect(sent).toContainEqual(["home/devices/lamp-1/events/pressed", '{"button":1}', false]);
    expect(sent.at(-1)).toEqual([
      "home/devices/lamp-1/result",
      '{"$id":"c1","request":{"kind":"property","name":"power","value":true},"ok":true,"value":true}',
      false,
    ]);
  });

  it("is offline until the first news and whenever there is none to come", async () => {
    publisher.setOffline();
    expect(retained()).toEqual({ "home/status": "offline" });
    publisher.receive({ type: "snapshot", devices: [] });
    expect(retained()["home/status"]).toBe("online");
    publisher.setOffline();
    expect(retained()["home/status"]).toBe("offline");
  });

  it("takes news of a device that it does not know for nothing", async () => {
    const events: HomeEvent[] = [
      { type: "changed", device: "x", property: "power", value: true, at: 1 },
      { type: "availability", device: "x", available: true, at: 1 },
      { type: "gone", device: "x" },
    ];
    for (const event of events) publisher.receive(event);
    await clock.advance(0);
    expect(retained()).toEqual({ "home/status": "online" });
  });
});
