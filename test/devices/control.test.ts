import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import type { CommandRequest, CommandResult } from "../../gateway-core/contract/messages.ts";
import { createDevices, type Devices } from "../../gateway-core/devices/devices.ts";
import { type FakeHost, fakeHost, settle } from "../fakes/fake-host.ts";
import { type FakeDevice, FakeSession, lampModel, lampValues, sighting } from "../fakes/fake-session.ts";

let host: FakeHost;
let session: FakeSession;
let lamp: FakeDevice;
let devices: Devices;
let results: CommandResult[];
let nextId: number;

beforeEach(async () => {
  host = fakeHost();
  session = new FakeSession();
  lamp = session.add("lamp-1", { ...lampValues });
  devices = createDevices({ host, sessions: new Map([["fake", session]]), find: () => lampModel });
  results = [];
  nextId = 1;
  devices.control.onResult((result) => results.push(result));
  devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
  await settle();
});
afterEach(() => devices[Symbol.asyncDispose]());

function execute(request: CommandRequest, fields: { id?: string; expires?: number; device?: string } = {}) {
  return devices.control.execute({ id: `c${nextId++}`, device: "lamp-1", request, ...fields });
}
const put = (name: string, value: Json, fields = {}) => execute({ kind: "property", name, value }, fields);
const putAll = (value: JsonObject) => execute({ kind: "set", value });
const act = (name: string, value: Json = null) => execute({ kind: "action", name, value });

/** Holds what is sent from now on, until released. */
function hold(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  lamp.gate = promise;
  return () => {
    lamp.gate = undefined;
    resolve();
  };
}

describe("a command", () => {
  it("answers with what the device reports, and the registry holds it then", async () => {
    lamp.clip = () => 80;
    expect(await put("brightness", 95)).toEqual({
      id: "c1",
      device: "lamp-1",
      request: { kind: "property", name: "brightness", value: 95 },
      ok: true,
      value: 80,
    });
    expect(devices.list()[0]?.values["brightness"]).toEqual({ value: 80, at: host.clock.now() });
    expect(results).toHaveLength(1);
  });

  it("of several properties is one call and one result", async () => {
    expect(await putAll({ power: true, brightness: 10 })).toMatchObject({
      ok: true,
      value: { power: true, brightness: 10 },
    });
    expect(lamp.sent).toEqual([{ power: true, brightness: 10 }]);
  });

  it("that failed in part tells the code of each property, and what took effect", async () => {
    lamp.refuses.add("power");
    expect(await putAll({ power: true, brightness: 10 })).toMatchObject({
      ok: false,
      error: {
        code: "device-refused",
        properties: { power: { code: "device-refused", refused: ["power"] } },
        values: { brightness: 10 },
      },
    });
    expect(devices.list()[0]?.values["brightness"]?.value).toBe(10);
  });

  it.each([
    ["power", 1, { code: "value-invalid", value: 1 }],
    ["power", null, { code: "value-invalid" }],
    ["brightness", 101, { code: "out-of-range", value: 101, minimum: 0, maximum: 100, multipleOf: 1 }],
    ["brightness", 1.5, { code: "out-of-range", value: 1.5, minimum: 0, maximum: 100, multipleOf: 1 }],
    ["brightness", "5", { code: "value-invalid", value: "5" }],
    ["temperature", 9.5, { code: "out-of-range", value: 9.5, minimum: 10, maximum: 30, multipleOf: 0.5 }],
    ["temperature", 20.25, { code: "out-of-range", multipleOf: 0.5 }],
    ["temperature", "undefined", { code: "value-invalid", allowed: ["auto"] }],
    ["place", "moon", { code: "value-invalid", allowed: ["living", "kitchen"] }],
    ["fault", true, { code: "read-only" }],
    ["colour", 1, { code: "unknown-property" }],
    ["constructor", 1, { code: "unknown-property" }],
    ["__proto__", 1, { code: "unknown-property" }],
  ])("of %s to %j is refused and nothing is sent", async (name, value, error) => {
    expect(await put(name, value)).toMatchObject({ ok: false, error });
    expect(lamp.sent).toEqual([]);
  });

  it.each([
    ["temperature", 20.5],
    ["temperature", "auto"],
    ["brightness", 0],
  ])("of %s to %j is sent", async (name, value) => {
    expect(await put(name, value)).toMatchObject({ ok: true, value });
  });

  it("with one wrong value among several is refused whole", async () => {
    expect(await putAll({ power: true, brightness: 300 })).toMatchObject({
      ok: false,
      error: { code: "out-of-range", properties: { brightness: { code: "out-of-range", maximum: 100 } }, values: {} },
    });
    expect(await putAll({})).toMatchObject({ ok: false, error: { code: "command-invalid" } });
    expect(lamp.sent).toEqual([]);
  });

  it("to a device that nobody knows is unknown-device; to one that is away, device-unavailable", async () => {
    expect(await put("power", true, { device: "nobody" })).toMatchObject({ error: { code: "unknown-device" } });
    session.tell("lamp-1", { type: "availability", available: false });
    await settle();
    expect(await put("power", true)).toMatchObject({ error: { code: "device-unavailable" } });
    expect(lamp.sent).toEqual([]);
  });

  it("that a silent device never answers is device-silent", async () => {
    lamp.isSilent = true;
    expect(await put("power", true)).toMatchObject({ ok: false, error: { code: "device-silent" } });
  });

  it("past its time is command-expired, even if it expired while it waited", async () => {
    expect(await put("power", true, { expires: host.clock.now() - 1 })).toMatchObject({
      error: { code: "command-expired" },
    });
    const release = hold();
    const first = put("power", true);
    const second = put("brightness", 5, { expires: host.clock.now() + 1_000 });
    await host.clock.advance(2_000);
    release();
    expect(await first).toMatchObject({ ok: true });
    expect(await second).toMatchObject({ error: { code: "command-expired" } });
    expect(lamp.sent).toEqual([{ power: true }]);
  });

  it("runs an action with a checked input", async () => {
    expect(await act("blink")).toMatchObject({ ok: true, value: null });
    expect(await act("fade", 5)).toMatchObject({ ok: true });
    expect(await act("fade", 61)).toMatchObject({ error: { code: "out-of-range", maximum: 60 } });
    expect(await act("blink", 1)).toMatchObject({ error: { code: "value-invalid" } });
    expect(await act("toString")).toMatchObject({ error: { code: "unknown-action" } });
    lamp.refuses.add("blink");
    expect(await act("blink")).toMatchObject({ error: { code: "device-refused" } });
    expect(lamp.invoked).toEqual([
      { action: "blink", input: null },
      { action: "fade", input: 5 },
      { action: "blink", input: null },
    ]);
  });
});

describe("a command id", () => {
  it("has one effect and one result, however often it comes", async () => {
    const release = hold();
    const twice = [put("power", true, { id: "same" }), put("power", true, { id: "same" })];
    await settle();
    release();
    const [first, second] = await Promise.all(twice);
    expect(second).toEqual(first);
    expect(results).toHaveLength(1);
    expect(await put("power", false, { id: "same" })).toEqual(first);
    expect(lamp.sent).toEqual([{ power: true }]);
    // Who asks again has missed the answer: it is told once more.
    expect(results).toEqual([first, first]);
  });

  it("is remembered for ten minutes, and the thousand latest at most", async () => {
    await put("power", true, { id: "old" });
    await host.clock.advance(9 * 60_000);
    await put("power", true, { id: "old" });
    expect(lamp.sent).toHaveLength(1);
    await host.clock.advance(60_000);
    await put("power", true, { id: "old" });
    expect(lamp.sent).toHaveLength(2);
    for (let number = 0; number < 1_000; number++) await put("power", true);
    await put("power", true, { id: "old" });
    expect(lamp.sent).toHaveLength(1_003);
  });
});

describe("the queue of a device", () => {
  it("has one command in flight; of those that wait for one property the latest wins and the others are told", async () => {
    const release = hold();
    const [first, second, third] = [put("brightness", 1), put("brightness", 2), put("brightness", 3)];
    await settle();
    expect(await second).toMatchObject({ ok: false, error: { code: "command-superseded", by: "c3" } });
    release();
    expect(await first).toMatchObject({ ok: true, value: 1 });
    expect(await third).toMatchObject({ ok: true, value: 3 });
    expect(lamp.sent).toEqual([{ brightness: 1 }, { brightness: 3 }]);
  });

  it("takes from a waiting set only what a newer command sets, and the result says which", async () => {
    const release = hold();
    const first = put("power", true);
    const both = putAll({ brightness: 1, temperature: 15 });
    const newer = put("brightness", 9);
    await settle();
    release();
    await Promise.all([first, newer]);
    expect(await both).toMatchObject({
      ok: false,
      error: {
        code: "command-superseded",
        properties: { brightness: { code: "command-superseded", by: "c3" } },
        values: { temperature: 15 },
      },
    });
    expect(lamp.sent).toEqual([{ power: true }, { temperature: 15 }, { brightness: 9 }]);
  });

  it("keeps the order of sets and actions", async () => {
    const release = hold();
    const all = [put("power", true), put("brightness", 1), act("blink"), put("brightness", 2)];
    await settle();
    release();
    expect(await Promise.all(all)).toSatisfy((done: CommandResult[]) => done.every(({ ok }) => ok));
    expect(lamp.sent).toEqual([{ power: true }, { brightness: 1 }, { brightness: 2 }]);
  });

  it("is bounded: one more than it holds is device-busy", async () => {
    const release = hold();
    const all = Array.from({ length: 34 }, () => act("blink"));
    expect(await all[33]).toMatchObject({ ok: false, error: { code: "device-busy", waiting: 32 } });
    release();
    expect(await Promise.all(all.slice(0, 33))).toSatisfy((done: CommandResult[]) => done.every(({ ok }) => ok));
  });

  it("goes on after an adapter that hangs, once the settling time of the property is over", async () => {
    hold();
    const stuck = put("temperature", 20);
    const next = put("power", true);
    await host.clock.advance(29_000);
    expect(results).toEqual([]);
    lamp.gate = undefined;
    await host.clock.advance(1_000);
    expect(await stuck).toMatchObject({ ok: false, error: { code: "device-silent" } });
    expect(await next).toMatchObject({ ok: true });
  });

  it("ends at once, as device-unavailable, when the house closes", async () => {
    hold();
    const all = [put("power", true), put("brightness", 1)];
    await settle();
    await devices[Symbol.asyncDispose]();
    expect(await Promise.all(all)).toMatchObject([
      { error: { code: "device-unavailable" } },
      { error: { code: "device-unavailable" } },
    ]);
    expect(host.clock.pending).toBe(0);
  });

  it("turns a fault inside into internal, without its text, and logs the cause", async () => {
    lamp.gate = Promise.reject(new TypeError("secret detail"));
    expect(await put("power", true)).toMatchObject({ ok: false, error: { code: "internal" } });
    expect(JSON.stringify(results)).not.toContain("secret");
    expect(host.log.lines.at(-1)).toMatchObject({ event: "command-failed" });
  });
});
