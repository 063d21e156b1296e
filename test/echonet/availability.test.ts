import { describe, expect, it } from "vitest";
import type { Change } from "../../gateway-core/contract/adapter.ts";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { lastValues, openFakeHome, valuesOf } from "./fake-home.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";

const address = "10.0.0.2";
const availability = (changes: readonly Change[]): boolean[] =>
  changes.flatMap((change) => (change.type === "availability" ? [change.available] : []));

async function watchedLamp(config = {}) {
  const node = new FakeNode(address, { [lampEoj]: lampObject() });
  const home = await openFakeHome([node], { config });
  const ref = home.at(address);
  const descriptor = await home.describe(ref);
  const changes = home.watch(ref, descriptor);
  await home.pass(1_000);
  return { node, home, ref, descriptor, changes };
}

describe("a device", () => {
  it.each([10_000, 30_000])(
    "that dies while idle is said to be unavailable within %i ms, and not before it missed answers",
    async (availabilityMs) => {
      const { node, home, changes } = await watchedLamp({ availabilityMs });
      await home.pass(5 * availabilityMs);
      expect(availability(changes)).toEqual([true]);
      home.lan.unplug(node);
      home.lan.sent.length = 0;
      await home.pass(availabilityMs / 2);
      expect(availability(changes)).toEqual([true]);
      await home.pass(availabilityMs / 2);
      expect(availability(changes)).toEqual([true, false]);
      expect(home.lan.requestsTo(address).length).toBeGreaterThan(1);
      await home.close();
    },
  );

  it("that lives is not bothered: one small request for each quarter of the deadline at most", async () => {
    const { home } = await watchedLamp({ pollMs: 100_000 });
    home.lan.sent.length = 0;
    await home.pass(60_000);
    const asked = home.lan.requestsTo(address);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThanOrEqual(8);
    await home.close();
  });

  it("that starts anew tells its values at once, though nobody missed it", async () => {
    const { node, home, changes } = await watchedLamp();
    home.lan.unplug(node);
    await home.pass(2_000);
    const again = new FakeNode(address, { [lampEoj]: lampObject({ "0x80": "30", "0xb0": "0a" }) });
    home.lan.plug(again);
    again.start();
    await home.pass(300);
    expect(lastValues(changes)).toMatchObject({ power: true, brightness: 10 });
    expect(availability(changes)).toEqual([true]);
    await home.close();
  });

  it("that comes back without a word is found by itself", async () => {
    const { node, home, changes } = await watchedLamp();
    home.lan.unplug(node);
    await home.pass(60_000);
    expect(availability(changes)).toEqual([true, false]);
    node.change(lampEoj, 0xb0, "0b");
    home.lan.plug(node);
    await home.pass(10_000);
    expect(availability(changes)).toEqual([true, false, true]);
    expect(lastValues(changes)).toMatchObject({ brightness: 11 });
    await home.close();
  });

  it("that speaks again after it was missed is read whole at once", async () => {
    const { node, home, changes } = await watchedLamp();
    home.lan.unplug(node);
    await home.pass(60_000);
    node.change(lampEoj, 0xb0, "0e");
    home.lan.plug(node);
    node.change(lampEoj, 0x80, "30");
    await home.pass(50);
    expect(availability(changes)).toEqual([true, false, true]);
    expect(lastValues(changes)).toMatchObject({ power: true, brightness: 14 });
    await home.close();
  });

  it("that was silent when it was first watched is said to be so, and is read when it speaks", async () => {
    const { node, home, ref, descriptor } = await watchedLamp();
    home.lan.unplug(node);
    await home.pass(100_000);
    const changes = home.watch(ref, descriptor);
    await home.pass(30_000);
    expect(changes).toEqual([{ type: "availability", available: false }]);
    home.lan.plug(node);
    node.change(lampEoj, 0x80, "30");
    await home.pass(300);
    expect(availability(changes)).toEqual([false, true]);
    expect(lastValues(changes)).toMatchObject({ power: true, brightness: 50 });
    await home.close();
  });

  it("loses no announcement of a burst, and the order stays", async () => {
    const { node, home, changes } = await watchedLamp();
    const before = valuesOf(changes, "power").length;
    for (let turn = 0; turn < 500; turn++) {
      node.change(lampEoj, 0x80, turn % 2 === 0 ? "30" : "31");
      await home.pass(2);
    }
    await home.pass(10);
    const told = valuesOf(changes, "power").slice(before);
    expect(told.length).toBeGreaterThanOrEqual(500);
    expect(told.at(-1)).toBe(false);
    await home.close();
  });
});

describe("polling", () => {
  const polls = (requests: readonly string[], epc: string): number =>
    requests.filter((request) => request.startsWith("Get") && request.split(" ").slice(2).includes(epc)).length;

  it("asks for what is not announced, ever less often while it stands still, and hardly for what is announced", async () => {
    const { home } = await watchedLamp({ pollMs: 1_000, availabilityMs: 1_000_000 });
    home.lan.sent.length = 0;
    await home.pass(100_000);
    const requests = home.lan.requestsTo(address);
    expect(polls(requests, "b0")).toBeGreaterThan(20);
    expect(polls(requests, "b0")).toBeLessThan(40);
    expect(polls(requests, "80")).toBeLessThan(polls(requests, "b0") / 2);
    expect(polls(requests, "c0")).toBe(0);
    await home.close();
  });

  it("tells a change that the device does not announce", async () => {
    const { node, home, changes } = await watchedLamp({ pollMs: 1_000 });
    node.change(lampEoj, 0xb0, "0c");
    await home.pass(5_000);
    expect(lastValues(changes)).toMatchObject({ brightness: 12 });
    await home.close();
  });

  it("looks soon after a set at what may have changed with it", async () => {
    const { node, home, ref, descriptor, changes } = await watchedLamp({ pollMs: 1_000_000 });
    await home.set(ref, descriptor, { power: true });
    node.change(lampEoj, 0xb0, "0d");
    expect(lastValues(changes)).toMatchObject({ power: true, brightness: 50 });
    await home.pass(60_000);
    expect(lastValues(changes)).toMatchObject({ brightness: 13 });
    await home.close();
  });
});
