import { describe, expect, it } from "vitest";
import { createDevices } from "../../gateway-core/devices/devices.ts";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { openFakeHome } from "./fake-home.ts";
import { lampDescriptor, lampEoj, lampObject } from "./lamp-descriptor.ts";

const address = "10.0.0.2";

async function lamp(quirks = {}) {
  const node = new FakeNode(address, { [lampEoj]: lampObject() }, quirks);
  const dead = new FakeNode("10.0.0.3", { [lampEoj]: lampObject() });
  const home = await openFakeHome([node, dead]);
  const ref = home.at(address);
  const descriptor = await home.describe(ref);
  home.lan.sent.length = 0;
  return { node, dead, home, ref, descriptor };
}

describe("a set", () => {
  it("of several properties is one frame, confirmed by one read", async () => {
    const { home, ref, descriptor } = await lamp();
    await home.set(ref, descriptor, { power: true, brightness: 70 });
    expect(home.lan.requestsTo(address)).toEqual(["SetC 029001 80 b0", "Get 029001 80 b0"]);
    await home.close();
  });

  it("takes no longer than its two round trips, also while a neighbour is dead", async () => {
    const { home, dead, ref, descriptor } = await lamp();
    const deadRef = home.at(dead.address);
    home.lan.unplug(dead);
    const silent = home.session.set(deadRef, descriptor, { power: true }, { signal: home.signal });
    const { result, ms } = await home.timed(
      home.session.set(ref, descriptor, { power: true }, { signal: home.signal }),
    );
    expect(result.values).toEqual({ power: true });
    expect(ms).toBeLessThanOrEqual(4);
    const { ms: deadMs, result: deadResult } = await home.timed(silent);
    expect(deadResult.errors).toMatchObject({ power: { code: "device-silent" } });
    expect(deadMs).toBeLessThan(8_000);
    await home.close();
  });

  it("is as fast as ever while five neighbours are dead, whoever waits for them", async () => {
    const dead = [3, 4, 5, 6, 7].map((host) => new FakeNode(`10.0.0.${host}`, { [lampEoj]: lampObject() }));
    const home = await openFakeHome([new FakeNode(address, { [lampEoj]: lampObject() }), ...dead]);
    const devices = createDevices({
      ...home,
      sessions: new Map([["echonet", home.session]]),
      find: () => lampDescriptor,
    });
    devices.receive({ type: "sightings", sightings: home.sightings });
    await home.pass(1_000);
    for (const node of dead) home.lan.unplug(node);
    const put = (device: string, value: number, id = `${device} ${value}`) =>
      devices.control.execute({ id, device, request: { kind: "property", name: "brightness", value } });
    const waiting = Promise.all(dead.map((node) => put(home.at(node.address).id, 9)));
    for (let value = 0; value < 20; value++) {
      const { result, ms } = await home.timed(put(home.at(address).id, value));
      expect(result).toMatchObject({ ok: true, value });
      expect(ms).toBeLessThanOrEqual(4);
      await home.pass(1_000);
    }
    const { result } = await home.timed(waiting);
    expect(result.map((one) => !one.ok && one.error.code)).toEqual(dead.map(() => "device-silent"));
    await devices[Symbol.asyncDispose]();
    await home.close();
  });

  it("waits for no poll that nobody answers", async () => {
    const { node, home, ref, descriptor } = await lamp({ silentEpcs: [0x88] });
    home.watch(ref, descriptor);
    const isPollOf88 = (): boolean => /Get 029001 88$/.test(home.lan.requestsTo(node.address).at(-1) ?? "");
    await home.pass(20_000);
    for (let waits = 0; !isPollOf88() && waits < 1_000; waits++) await home.pass(100);
    expect(isPollOf88()).toBe(true);
    const { result, ms } = await home.timed(
      home.session.set(ref, descriptor, { power: true }, { signal: home.signal }),
    );
    expect(result.values).toEqual({ power: true });
    expect(ms).toBeLessThanOrEqual(30);
    const changes = home.watch(ref, descriptor);
    await home.pass(60_000);
    expect(changes).toContainEqual({ type: "value", property: "brightness", value: 50 });
    await home.close();
  });

  it("goes before the polls that wait", async () => {
    const { home, ref, descriptor } = await lamp();
    home.watch(ref, descriptor);
    const reads = [1, 2, 3].map(() => home.session.get(ref, descriptor, ["fault"], { signal: home.signal }));
    await home.set(ref, descriptor, { power: true });
    await home.timed(Promise.all(reads));
    expect(home.lan.requestsTo(address)[1]).toBe("SetC 029001 80");
    await home.close();
  });

  it("never has two requests under way at one node", async () => {
    const { home, ref, descriptor } = await lamp();
    home.lan.latencyMs = 50;
    const all = ["power", "brightness", "fault"].map((name) =>
      home.session.get(ref, descriptor, [name], { signal: home.signal }),
    );
    await home.pass(60);
    expect(home.lan.requestsTo(address)).toHaveLength(1);
    await home.timed(Promise.all(all));
    expect(home.lan.requestsTo(address)).toHaveLength(3);
    await home.close();
  });

  it("is sent again when it was lost", async () => {
    const { home, ref, descriptor } = await lamp();
    let lost = 0;
    home.lan.loses = (frame) => frame.esv === "SetC" && lost++ < 2;
    expect((await home.set(ref, descriptor, { power: true })).values).toEqual({ power: true });
    expect(lost).toBe(3);
    await home.close();
  });

  it("that is confirmed by nothing but its acceptance reports the value that was accepted", async () => {
    const { home, ref, descriptor } = await lamp();
    expect(await home.set(ref, descriptor, { scene: 3 })).toEqual({ values: { scene: 3 }, errors: {} });
    expect(home.lan.requestsTo(address)).toEqual(["SetC 029001 c0"]);
    home.lan.loses = (frame) => frame.esv === "Get";
    expect(await home.set(ref, descriptor, { power: true })).toEqual({ values: { power: true }, errors: {} });
    await home.close();
  });

  it("waits a little for a device that shows the new value late", async () => {
    const { node, home, ref, descriptor } = await lamp();
    const setting = home.session.set(ref, descriptor, { brightness: 70 }, { signal: home.signal });
    await home.pass(2);
    node.change(lampEoj, 0xb0, "32");
    await home.pass(50);
    node.change(lampEoj, 0xb0, "46");
    expect((await home.timed(setting)).result.values).toEqual({ brightness: 70 });
    await home.close();
  });

  it("of what cannot be set or encoded is an error, and nothing of it is sent", async () => {
    const { home, ref, descriptor } = await lamp();
    const outcome = await home.set(ref, descriptor, { fault: true, nothing: 1, brightness: 256, power: "on" });
    expect(outcome.values).toEqual({});
    expect(outcome.errors).toMatchObject({
      fault: { code: "read-only" },
      nothing: { code: "unknown-property" },
      brightness: { code: "out-of-range", minimum: 0, maximum: 255 },
      power: { code: "value-invalid" },
    });
    expect(home.lan.sent).toEqual([]);
    await home.close();
  });

  it("of a device that was never found is an error", async () => {
    const { home, descriptor } = await lamp();
    const stranger = { id: "echonet-10-0-0-9-029001", address: "10.0.0.9" };
    await expect(home.set(stranger, descriptor, { power: true })).rejects.toMatchObject({ code: "unknown-device" });
    await home.close();
  });
});

describe("a get", () => {
  it("of a device that is dead gives up at once, whatever it was asked for", async () => {
    const { node, home, ref, descriptor } = await lamp();
    home.lan.unplug(node);
    const names = ["power", "brightness", "fault", "energy"];
    const { result, ms } = await home.timed(home.session.get(ref, descriptor, names, { signal: home.signal }));
    expect(Object.keys(result.errors)).toEqual(names);
    expect(home.lan.requestsTo(address)).toHaveLength(3);
    expect(ms).toBeLessThan(2_000);
    await home.close();
  });
});

describe("an action", () => {
  const invoke = async (quirks: object, action: string, input: number | null) => {
    const world = await lamp(quirks);
    const { home, ref, descriptor } = world;
    const { signal } = home;
    const outcome = home.timed(
      home.session.invoke(ref, descriptor, action, input, { signal }).catch((thrown: unknown) => thrown),
    );
    return { ...world, outcome: (await outcome).result };
  };

  it("sends its own value, or its input", async () => {
    const { node, outcome, home } = await invoke({}, "blink", null);
    expect(outcome).toEqual({ values: {}, errors: {} });
    expect(node.edtOf(lampEoj, 0xc0)).toBe("07");
    await home.close();
    const other = await invoke({}, "blink", 9);
    expect(other.node.edtOf(lampEoj, 0xc0)).toBe("09");
    await other.home.close();
  });

  it("that is refused or unknown is an error", async () => {
    const refused = await invoke({ refuses: { "0xc0": ["07"] } }, "blink", null);
    expect(refused.outcome).toMatchObject({ errors: { blink: { code: "device-refused", refused: ["c0"] } } });
    await refused.home.close();
    const unknown = await invoke({}, "ring", null);
    expect(unknown.outcome).toMatchObject({ code: "unknown-action" });
    await unknown.home.close();
  });

  it("is never sent twice, even when no answer comes", async () => {
    const { home, ref, descriptor } = await lamp();
    home.lan.loses = (frame) => frame.esv === "SetC";
    const { result } = await home.timed(home.session.invoke(ref, descriptor, "blink", null, { signal: home.signal }));
    expect(result.errors).toMatchObject({ blink: { code: "device-silent" } });
    expect(home.lan.requestsTo(address)).toEqual(["SetC 029001 c0"]);
    await home.close();
  });
});

describe("an aborted call", () => {
  it("ends with the signal's reason, whatever it was waiting for", async () => {
    const { node, home, ref, descriptor } = await lamp({});
    home.lan.unplug(node);
    const calls = [
      (signal: AbortSignal) => home.session.set(ref, descriptor, { power: true }, { signal }),
      (signal: AbortSignal) => home.session.invoke(ref, descriptor, "blink", null, { signal }),
      (signal: AbortSignal) => home.session.get(ref, descriptor, ["power"], { signal }),
    ];
    const leave = new AbortController();
    const ended = calls.map((call) => call(leave.signal).catch((thrown: unknown) => thrown));
    await home.pass(5);
    leave.abort("enough");
    expect((await home.timed(Promise.all(ended))).result).toEqual(["enough", "enough", "enough"]);
    await home.close();
  });

  it("stops reading back", async () => {
    const { node, home, ref, descriptor } = await lamp({ clips: { epc: 0xb0, minimum: 0, maximum: 10 } });
    const leave = new AbortController();
    const setting = home.session
      .set(ref, descriptor, { brightness: 70 }, { signal: leave.signal })
      .catch((thrown: unknown) => thrown);
    await home.pass(2);
    home.lan.unplug(node);
    await home.pass(5);
    leave.abort("enough");
    expect((await home.timed(setting)).result).toBe("enough");
    await home.close();
  });
});
