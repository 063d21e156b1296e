import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../gateway-core/contract/json.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { gatherWrites } from "../../gateway-core/echonet/gather-writes.ts";
import { openMapCache } from "../../gateway-core/echonet/map-cache.ts";
import { FailingMemory } from "../fakes/failing-memory.ts";
import { FakeLan, FakeNode } from "../fakes/fake-echonet-node.ts";
import { FakeMemory, fakeHost } from "../fakes/fake-host.ts";
import { lastValues, openFakeHome } from "./fake-home.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";

const address = "10.0.0.2";
const make = { "0x82": "00004a00", "0x8c": "4c414d50" };
const lampOf = (edts: Record<string, string>) => new FakeNode(address, { [lampEoj]: lampObject(edts) });

describe("a start", () => {
  it("finds every device though nothing that was learned can be read, and nothing can be kept", async () => {
    const memory = new FailingMemory("echonet-nodes", "echonet-property-maps", "echonet-own-identification");
    memory.isFull = true;
    const host = { ...fakeHost(), memory };
    const home = await openFakeHome([lampOf(make)], { host });
    const descriptor = await home.describe(home.at(address));
    expect(Object.keys(descriptor.properties)).toContain("brightness");
    await home.close();
    expect(host.log.events("error")).toEqual(["memory-not-read", "memory-not-read", "memory-not-read"]);
  });

  it("that fails holds no port: whoever tries again finds it free", async () => {
    const host = fakeHost();
    const lan = new FakeLan(host.clock);
    const adapter = createEchonetAdapter(async (...given) => {
      const transport = await lan.openTransport(...given);
      return {
        ...transport,
        multicast() {
          throw new Error("no network");
        },
      };
    });
    await expect(adapter.open({}, host, new AbortController().signal)).rejects.toThrow("no network");
    expect(lan.isOpen).toBe(false);
  });

  it("asks no device for its maps whose make was met before, until it has its values", async () => {
    const host = fakeHost();
    const first = await openFakeHome([lampOf(make)], { host });
    await first.describe(first.at(address));
    await first.close();
    const home = await openFakeHome([lampOf(make)], { host });
    home.lan.sent.length = 0;
    const descriptor = await home.describe(home.at(address));
    expect(home.lan.requestsTo(address)).toEqual([]);
    expect(Object.keys(descriptor.properties)).toContain("brightness");
    const changes = home.watch(home.at(address), descriptor);
    await home.pass(100);
    expect(lastValues(changes)).toMatchObject({ brightness: 50 });
    await home.pass(15_000);
    expect(home.lan.requestsTo(address)).toContain("Get 029001 9d 9e 9f");
    expect(home.sightings).toHaveLength(1);
    await home.close();
  });

  it("asks each device that tells no product, for another may have other maps", async () => {
    const host = fakeHost();
    const other = new FakeNode("10.0.0.3", { [lampEoj]: lampObject({ "0x82": "00004a00" }) });
    const home = await openFakeHome([lampOf({ "0x82": "00004a00" }), other], { host });
    await home.pass(5_000);
    for (const at of [address, other.address]) await home.describe(home.at(at));
    for (const at of [address, other.address]) expect(home.lan.requestsTo(at)).toContain("Get 029001 9d 9e 9f");
    await home.close();
  });

  it("finds a device anew that has other maps than its make had, or is of another make by now", async () => {
    for (const now of [
      { ...make, "0xb1": "41" },
      { ...make, "0x8c": "4e4557" },
    ]) {
      const host = fakeHost();
      const first = await openFakeHome([lampOf(make)], { host });
      await first.describe(first.at(address));
      await first.close();
      const node = lampOf(make);
      const home = await openFakeHome([node], { host });
      await home.describe(home.at(address));
      home.lan.plug(lampOf(now));
      await home.pass(15_000);
      expect(home.sightings.map(({ gone = false }) => gone)).toEqual([false, true, false]);
      const descriptor = await home.describe(home.at(address));
      expect("colour" in descriptor.properties).toBe("0xb1" in now);
      await home.close();
    }
  });

  it("of a node while the gateway runs has its devices looked at again", async () => {
    const node = lampOf(make);
    const home = await openFakeHome([node]);
    await home.describe(home.at(address));
    const updated = lampOf({ ...make, "0xb1": "41" });
    home.lan.plug(updated);
    updated.start();
    await home.pass(15_000);
    expect(home.sightings.map(({ gone = false }) => gone)).toEqual([false, true, false]);
    expect((await home.describe(home.at(address))).properties).toHaveProperty("colour");
    await home.close();
  });
});

describe("the cache of maps", () => {
  it("holds the makes met last, and writes only what is new", () => {
    const memory = new FakeMemory();
    const cache = openMapCache(memory);
    for (let number = 0; number < 310; number++) {
      cache.write(`make ${number}`, ["0180", null, "0180"]);
      cache.read("make 0");
    }
    const again = openMapCache(memory);
    expect(again.read("make 0")).toEqual(["0180", null, "0180"]);
    expect(again.read("make 5")).toBeUndefined();
    expect(Object.keys(memory.values.get("echonet-property-maps") as object)).toHaveLength(300);
    const before = memory.values.get("echonet-property-maps");
    cache.write("make 309", ["0180", null, "0180"]);
    expect(memory.values.get("echonet-property-maps")).toBe(before);
  });

  it("opens with whatever stands in its memory", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (any) => {
        for (const value of [any, { make: any }, { make: [any, any, any] }]) {
          const memory = new FakeMemory();
          memory.values.set("echonet-property-maps", value as Json);
          const maps = openMapCache(memory).read("make");
          expect(maps === undefined || maps.every((edt) => edt === null || /^([0-9a-f]{2})+$/.test(edt))).toBe(true);
        }
      }),
    );
  });
});

describe("memory whose writes are gathered", () => {
  it("writes a burst once, tells what waits, and writes the rest when it ends", async () => {
    const host = fakeHost();
    const written: Json[] = [];
    const memory = { read: () => "old", write: (_: string, value: Json) => void written.push(value) };
    const gathered = gatherWrites({ ...host, memory });
    expect(gathered.read("a")).toBe("old");
    for (let number = 0; number < 100; number++) gathered.write("a", number);
    expect([gathered.read("a"), written]).toEqual([99, []]);
    await host.clock.advance(1_000);
    expect(written).toEqual([99]);
    gathered.write("a", 100);
    gathered.flush();
    expect([written, host.clock.pending]).toEqual([[99, 100], 0]);
  });

  it("says that it cannot write, and goes on", async () => {
    const host = fakeHost();
    const write = (): never => {
      throw new Error("no space");
    };
    const gathered = gatherWrites({ ...host, memory: { read: () => undefined, write } });
    gathered.write("a", 1);
    await host.clock.advance(1_000);
    expect(host.log.lines).toMatchObject([
      { level: "error", event: "memory-not-written", facts: { reason: "no space" } },
    ]);
  });
});
