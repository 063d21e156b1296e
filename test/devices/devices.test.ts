import { afterEach, describe, expect, it } from "vitest";
import type { HomeEvent } from "../../gateway-core/contract/messages.ts";
import { createDevices, type Devices } from "../../gateway-core/devices/devices.ts";
import { FailingMemory } from "../fakes/failing-memory.ts";
import { fakeHost, settle } from "../fakes/fake-host.ts";
import { FakeSession, lampModel, lampValues, sighting } from "../fakes/fake-session.ts";

let devices: Devices;
afterEach(() => devices[Symbol.asyncDispose]());

function setUp() {
  const host = fakeHost();
  const session = new FakeSession();
  const events: HomeEvent[] = [];
  devices = createDevices({
    host,
    sessions: new Map([["fake", session]]),
    find: ({ model }) => (model === "lamp" ? lampModel : undefined),
  });
  devices.onEvent((event) => events.push(event));
  return { host, session, events, clock: host.clock };
}

const types = (events: readonly HomeEvent[]): string[] => events.map(({ type }) => type);

describe("the devices", () => {
  it("describe a sighted device, read it, and follow what it tells", async () => {
    const { session, events } = setUp();
    session.add("lamp-1", { power: false, place: "living" });
    devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
    await settle();
    expect(Object.keys(devices.list()[0]?.descriptor.properties ?? {})).toEqual(["power", "place"]);
    session.tell("lamp-1", { type: "value", property: "power", value: true });
    session.tell("lamp-1", { type: "availability", available: false });
    session.tell("lamp-1", { type: "event", name: "pressed", data: 1 });
    await settle();
    expect(types(events)).toEqual(["found", "changed", "changed", "found", "changed", "availability", "event"]);
    expect(devices.snapshot()).toEqual({ type: "snapshot", devices: devices.list() });
    expect(devices.list()[0]).toMatchObject({ available: false, room: "living", values: { power: { value: true } } });
  });

  it("appear as they are while what people chose cannot be read, and nothing is chosen over it", async () => {
    const memory = new FailingMemory("appearances");
    memory.values.set("appearances", { "lamp-1": { name: "Reading lamp" } });
    const host = { ...fakeHost(), memory };
    const session = new FakeSession();
    session.add("lamp-1", { ...lampValues });
    devices = createDevices({ host, sessions: new Map([["fake", session]]), find: () => lampModel });
    devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
    await settle();
    expect(devices.list()).toMatchObject([{ title: "Lamp" }]);
    const arrange = () => devices.arrange("lamp-1", { room: "Study" });
    expect(arrange).toThrow(expect.objectContaining({ code: "store-unavailable" }));
    memory.unreadable.clear();
    memory.isFull = true;
    expect(arrange).toThrow(expect.objectContaining({ code: "store-unavailable" }));
    expect(devices.list()).toMatchObject([{ title: "Reading lamp", room: "living" }]);
    memory.isFull = false;
    expect(arrange()).toEqual({ name: "Reading lamp", room: "Study" });
  });

  it("appear as people chose, at once and after a restart, until they take it back", async () => {
    const { host, session, events } = setUp();
    session.add("lamp-1", { ...lampValues });
    devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
    await settle();
    events.length = 0;
    expect(devices.arrange("lamp-1", { name: "Reading lamp", room: "Study", isHidden: true })).toEqual({
      ...{ name: "Reading lamp", room: "Study", isHidden: true },
    });
    const chosen = { title: "Reading lamp", titles: { en: "Reading lamp", ja: "Reading lamp" }, room: "Study" };
    expect(events).toMatchObject([{ type: "found", device: { ...chosen, appearance: { isHidden: true } } }]);
    expect(devices.snapshot()).toMatchObject({ devices: [chosen] });
    session.tell("lamp-1", { type: "value", property: "place", value: "kitchen" });
    await settle();
    expect(devices.list()[0]).toMatchObject({ room: "Study" });
    const again = createDevices({ host, sessions: new Map([["fake", session]]), find: () => lampModel });
    again.receive({ type: "sighting", sighting: sighting("lamp-1") });
    await settle();
    expect(again.list()[0]).toMatchObject(chosen);
    expect(again.arrange("lamp-1", { name: null, room: null, isHidden: null })).toEqual({});
    expect(again.list()[0]).toMatchObject({ title: "Lamp", room: "kitchen" });
    expect(again.list()[0]).not.toHaveProperty("appearance");
    expect(host.memory.values.get("appearances")).toEqual({});
    await again[Symbol.asyncDispose]();
    expect(() => devices.arrange("nobody", { name: "x" })).toThrow(expect.objectContaining({ code: "unknown-device" }));
  });

  it("ask a silent device again with back-off, and log it once", async () => {
    const { host, session, clock } = setUp();
    session.add("lamp-1", { ...lampValues }).isSilent = true;
    devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
    await clock.advance(60_000);
    expect(devices.list()).toEqual([]);
    const asked = session.described.length;
    expect(asked).toBeGreaterThan(4);
    expect(asked).toBeLessThan(10);
    expect(host.log.events("warn")).toEqual(["device-not-described"]);
    for (const device of session.devices.values()) device.isSilent = false;
    await clock.advance(60_000);
    expect(devices.list()).toHaveLength(1);
  });

  it("show a device without a descriptor as generic, named by what is known, in both languages", async () => {
    const { session } = setUp();
    session.add("odd-1");
    devices.receive({
      type: "sighting",
      sighting: sighting("odd-1", { key: { protocol: "fake", group: "0x7f01", maker: "00000b" } }),
    });
    await settle();
    expect(devices.list()[0]).toMatchObject({
      kind: "generic",
      type: "fake:7f01:00000b",
      title: "Unknown device (0x7f01)",
      titles: { ja: "不明な機器（0x7f01）" },
    });
  });

  it("survive a failing subscription: again with back-off, logged once, nothing forgotten", async () => {
    const { host, session, clock } = setUp();
    session.add("lamp-1", { ...lampValues });
    session.failingSubscriptions = 3;
    devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
    await clock.advance(30_000);
    expect(session.subscriptions("lamp-1")).toBe(1);
    session.breakSubscriptions("lamp-1");
    await clock.advance(2_000);
    expect(session.subscriptions("lamp-1")).toBe(1);
    session.tell("lamp-1", { type: "value", property: "power", value: true });
    await settle();
    expect(devices.list()[0]?.values["power"]?.value).toBe(true);
    expect(host.log.events("warn")).toEqual(["subscription-failed"]);
  });

  it("bind a device once, however often it is seen, and reach it where it was seen last", async () => {
    const { session } = setUp();
    session.add("lamp-1", { ...lampValues });
    for (let time = 0; time < 5; time++) devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
    devices.receive({
      type: "sighting",
      sighting: sighting("lamp-1", { ref: { id: "lamp-1", address: "10.0.0.9" } }),
    });
    await settle();
    expect(session.described).toEqual(["lamp-1"]);
    expect(session.subscriptions("lamp-1")).toBe(1);
    await devices.control.execute({
      id: "c1",
      device: "lamp-1",
      request: { kind: "property", name: "power", value: true },
    });
    expect(session.addresses).toEqual(["10.0.0.9"]);
  });

  it("describe a device anew when it says that it is another, keep what is known of it, and do so no faster than it can be read", async () => {
    const { session, clock, events } = setUp();
    const lamp = session.add("lamp-1", { power: true });
    devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
    await settle();
    events.length = 0;
    lamp.values["brightness"] = 40;
    for (let turn = 0; turn < 20; turn++) session.tell("lamp-1", { type: "description" });
    await clock.advance(150);
    const [device] = devices.list();
    expect(Object.keys(device?.descriptor.properties ?? {})).toEqual(["power", "brightness"]);
    expect(device?.values).toMatchObject({ power: { value: true }, brightness: { value: 40 } });
    expect(types(events)).toEqual(["found", "changed"]);
    expect(session.described).toHaveLength(2);
    expect(session.subscriptions("lamp-1")).toBe(1);
  });

  it("describe a device anew when it turns out to be another model", async () => {
    const { session } = setUp();
    session.add("lamp-1", { ...lampValues });
    devices.receive({ type: "sighting", sighting: sighting("lamp-1", { key: { protocol: "fake", model: "?" } }) });
    await settle();
    expect(devices.list()[0]?.kind).toBe("generic");
    devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
    await settle();
    expect(devices.list()[0]?.kind).toBe("light");
    expect(session.subscriptions("lamp-1")).toBe(1);
  });

  it("let go of a device that left, by its sighting or by a snapshot without it; another protocol's snapshot leaves it alone", async () => {
    const { session, events } = setUp();
    session.add("lamp-1", { ...lampValues });
    session.add("lamp-2", { ...lampValues });
    devices.receive({ type: "sightings", sightings: [sighting("lamp-1"), sighting("lamp-2")] });
    await settle();
    devices.receive({ type: "sightings", sightings: [sighting("tape-1", { protocol: "other" })] });
    devices.receive({ type: "sightings", sightings: [sighting("lamp-2")] });
    devices.receive({ type: "sighting", sighting: sighting("lamp-2", { gone: true }) });
    await settle();
    expect(events.filter(({ type }) => type === "gone")).toEqual([
      { type: "gone", device: "lamp-1" },
      { type: "gone", device: "lamp-2" },
    ]);
    expect(session.subscriptions("lamp-1") + session.subscriptions("lamp-2")).toBe(0);
  });

  it("leave a protocol alone that nobody opened, and say so once", async () => {
    const { host } = setUp();
    for (const id of ["x-1", "x-2"]) {
      devices.receive({ type: "sighting", sighting: sighting(id, { protocol: "other" }) });
    }
    await settle();
    expect(devices.list()).toEqual([]);
    expect(host.log.events()).toEqual(["protocol-not-open"]);
  });

  it("end every subscription and wait for no timer once disposed of", async () => {
    const { session, clock } = setUp();
    session.add("lamp-1", { ...lampValues });
    session.add("lamp-2", {}).isSilent = true;
    devices.receive({ type: "sightings", sightings: [sighting("lamp-1"), sighting("lamp-2")] });
    await settle();
    await devices[Symbol.asyncDispose]();
    expect(session.subscriptions("lamp-1")).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
