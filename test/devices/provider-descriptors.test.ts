import { afterEach, describe, expect, it } from "vitest";
import type { DescriptorsWanted } from "../../gateway-core/contract/descriptor-events.ts";
import type { HomeEvent } from "../../gateway-core/contract/messages.ts";
import { createDevices, type Devices } from "../../gateway-core/devices/devices.ts";
import { fakeHost, settle } from "../fakes/fake-host.ts";
import { FakeSession, lampModel, lampValues, sighting } from "../fakes/fake-session.ts";

let devices: Devices;
afterEach(() => devices[Symbol.asyncDispose]());

const key = { protocol: "fake", model: "lamp" };

/** Devices of a house that has no descriptor of its own. */
async function setUp() {
  const host = fakeHost();
  const session = new FakeSession();
  const events: HomeEvent[] = [];
  const wanted: DescriptorsWanted[] = [];
  devices = createDevices({ host, sessions: new Map([["fake", session]]), find: () => undefined });
  devices.onEvent((event) => events.push(event));
  devices.onWanted((list) => wanted.push(list));
  session.add("lamp-1", { ...lampValues });
  session.add("lamp-2", { ...lampValues });
  devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
  return { session, events, wanted };
}

describe("A device that the house has no descriptor for", () => {
  it("is wanted once for each make, and no more when the last of it is gone", async () => {
    const { wanted } = await setUp();
    devices.receive({ type: "sighting", sighting: sighting("lamp-2") });
    expect(wanted).toEqual([{ type: "wanted", protocol: "fake", wanted: [{ key, matched: 0 }] }]);
    devices.receive({ type: "sighting", sighting: { ...sighting("lamp-1"), gone: true } });
    expect(wanted).toHaveLength(1);
    devices.receive({ type: "sighting", sighting: { ...sighting("lamp-2"), gone: true } });
    expect(wanted.at(-1)?.wanted).toEqual([]);
  });

  it("has its page at once, which says how far the search is", async () => {
    await setUp();
    devices.receive({ type: "asked", asked: [{ key, state: "asking" }] });
    await settle();
    expect(devices.list()[0]).toMatchObject({ kind: "generic", lookUp: "asking" });
    devices.receive({ type: "asked", asked: [{ key, state: "unknown" }] });
    expect(devices.list()[0]).toMatchObject({ kind: "generic", lookUp: "unknown" });
    devices.receive({ type: "asked", asked: [] });
    expect(devices.list()[0]).not.toHaveProperty("lookUp");
  });

  it("is bound anew as soon as the provider tells, and read, followed and controlled from then on", async () => {
    const { session, events } = await setUp();
    await settle();
    devices.receive({ type: "asked", asked: [{ key, state: "asking" }] });
    devices.receive({ type: "descriptor", descriptor: lampModel });
    await settle();
    expect(devices.list()[0]).toMatchObject({ kind: "light", type: "fake:lamp", values: { power: { value: false } } });
    expect(devices.list()[0]).not.toHaveProperty("lookUp");
    expect(session.subscriptions("lamp-1")).toBe(1);
    expect(events.filter(({ type }) => type === "gone")).toEqual([]);
    const request = { kind: "property", name: "power", value: true } as const;
    expect(await devices.control.execute({ id: "c", device: "lamp-1", request })).toMatchObject({ ok: true });
  });

  it("is bound by what was learned before even while it was still being described", async () => {
    await setUp();
    devices.receive({ type: "learned", descriptors: [lampModel] });
    await settle();
    expect(devices.list()).toMatchObject([{ kind: "light" }]);
  });

  it("is left alone by a descriptor for another, and by the same one told again", async () => {
    const { session } = await setUp();
    devices.receive({ type: "descriptor", descriptor: lampModel });
    await settle();
    const described = session.described.length;
    devices.receive({ type: "learned", descriptors: structuredClone([lampModel]) });
    const other = { ...lampModel, "gk:type": "fake:other", "gk:match": [{ protocol: "fake", model: "other" }] };
    devices.receive({ type: "descriptor", descriptor: other });
    await settle();
    expect(session.described).toHaveLength(described);
  });

  it("is generic again when the provider withdraws the descriptor", async () => {
    await setUp();
    devices.receive({ type: "descriptor", descriptor: lampModel });
    await settle();
    devices.receive({ type: "withdrawn", descriptorType: "fake:lamp" });
    await settle();
    expect(devices.list()[0]).toMatchObject({ kind: "generic", values: {} });
  });

  it("is told of again to whoever tells all that was learned", async () => {
    const { wanted } = await setUp();
    devices.receive({ type: "learned", descriptors: [] });
    expect(wanted).toHaveLength(2);
    expect(wanted[1]).toEqual(devices.wanted());
  });
});
