import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../gateway-core/echonet/frame.ts";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lastValues, openFakeHome } from "./fake-home.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";

const x = `fe000006${"01".repeat(13)}`;
const y = `fe000006${"02".repeat(13)}`;
const lampAt = (address: string, identification?: string, edts = {}): FakeNode =>
  new FakeNode(address, { [lampEoj]: lampObject(edts) }, {}, identification);

describe("discovery", () => {
  it("announces the gateway's own node, asks all nodes at once, and some more times", async () => {
    const home = await openFakeHome([]);
    await home.pass(70_000);
    const [announcement, ...probes] = home.lan.sent.map(({ frame }) => frame);
    expect(announcement).toMatchObject({ esv: "INF", seoj: 0x0ef001, deoj: 0x0ef001, properties: [{ epc: 0xd5 }] });
    expect(probes.map(({ esv, deoj }) => [esv, deoj])).toEqual(Array.from({ length: 4 }, () => ["Get", 0x0ef001]));
    home.lan.sent.length = 0;
    await home.pass(600_000);
    expect(home.lan.sent).toHaveLength(2);
    await home.close();
  });

  it("tells of each object its class, its maker and its product", async () => {
    const node = lampAt("10.0.0.2", x, { "0x8c": "4c616d702d310000000000ff" });
    const other = new FakeNode("10.0.0.3", { [0x001101]: { edts: { "0x80": "30" }, settable: [], announced: [] } });
    const home = await openFakeHome([node, other]);
    await home.pass(5_000);
    expect(home.sightings).toHaveLength(2);
    expect(home.sightings).toContainEqual({
      protocol: "echonet",
      ref: { id: "echonet-10-0-0-3-001101", address: "10.0.0.3" },
      key: { protocol: "echonet", eojClass: "0x0011" },
    });
    expect(home.sightings).toContainEqual({
      protocol: "echonet",
      ref: { id: "echonet-10-0-0-2-029001", address: "10.0.0.2" },
      key: { protocol: "echonet", eojClass: "0x0290", manufacturer: "0x000006", productCode: "Lamp-1" },
    });
    await home.close();
  });

  it("finds a well-behaved node within a second, and one that starts later by its announcement", async () => {
    const home = await openFakeHome([lampAt("10.0.0.2")]);
    expect(home.sightings).toHaveLength(1);
    await home.pass(100_000);
    const late = lampAt("10.0.0.3");
    home.lan.plug(late);
    late.start();
    await home.pass(300);
    expect(home.at("10.0.0.3").id).toBe("echonet-10-0-0-3-029001");
    await home.close();
  });

  it("of many nodes that speak at once has the first device whole before the last is asked", async () => {
    const nodes = Array.from({ length: 30 }, (_, index) => lampAt(`10.0.0.${index + 2}`));
    const home = await openFakeHome([]);
    for (const node of nodes) home.lan.plug(node);
    for (const node of nodes) node.start();
    const last = "10.0.0.31";
    while (home.sightings.length === 0) await home.pass(1);
    expect(home.lan.requestsTo(last)).toEqual([]);
    await home.pass(1_000);
    expect(home.sightings).toHaveLength(30);
    await home.close();
  });

  it("finds a node whose object speaks though its announcement was lost, and an object that was not listed", async () => {
    const home = await openFakeHome([]);
    await home.pass(100_000);
    const node = lampAt("10.0.0.2");
    home.lan.plug(node);
    node.change(lampEoj, 0x80, "30");
    await home.pass(300);
    expect(home.sightings).toHaveLength(1);
    node.objects.set(lampEoj + 1, lampObject());
    node.change(lampEoj + 1, 0x80, "30");
    await home.pass(300);
    expect(home.sightings.map(({ ref }) => ref.id)).toContain("echonet-10-0-0-2-029002");
    await home.close();
  });

  it("tries again when a node does not answer at first", async () => {
    const node = lampAt("10.0.0.2");
    const home = await openFakeHome([]);
    let deaf = true;
    home.lan.plug(node);
    home.lan.loses = ({ properties }) => deaf && properties[0]?.epc !== 0xd6;
    node.start();
    await home.pass(4_000);
    expect(home.sightings).toEqual([]);
    deaf = false;
    await home.pass(20_000);
    expect(home.sightings).toHaveLength(1);
    await home.close();
  });

  it("finds the other objects of a node when one of them is dead, and that one when it is back", async () => {
    const node = new FakeNode("10.0.0.2", { [lampEoj]: lampObject(), [lampEoj + 1]: lampObject() });
    const home = await openFakeHome([]);
    let isDead = true;
    home.lan.loses = ({ deoj }) => isDead && deoj === lampEoj + 1;
    home.lan.plug(node);
    node.start();
    await home.pass(10_000);
    expect(home.sightings.map(({ ref }) => ref.id)).toEqual(["echonet-10-0-0-2-029001"]);
    isDead = false;
    await home.pass(30_000);
    expect(home.sightings.map(({ ref }) => ref.id)).toEqual(["echonet-10-0-0-2-029001", "echonet-10-0-0-2-029002"]);
    await home.close();
  });

  it("follows a node to its new address: same id, values from there, nothing from the old place", async () => {
    const host = fakeHost();
    const first = await openFakeHome([lampAt("10.0.0.2", x)], { host });
    await first.close();
    const node = lampAt("10.0.0.2", x);
    const home = await openFakeHome([node], { host });
    const ref = home.at("10.0.0.2");
    const changes = home.watch(ref, await home.describe(ref));
    await home.pass(500);
    home.lan.unplug(node);
    const moved = lampAt("10.0.0.9", x, { "0xb0": "09" });
    home.lan.plug(moved);
    moved.start();
    await home.pass(5_000);
    expect(home.at("10.0.0.9").id).toBe(ref.id);
    expect(lastValues(changes)).toMatchObject({ brightness: 9 });
    expect((await home.set(ref, await home.describe(ref), { power: true })).values).toEqual({ power: true });
    expect(moved.edtOf(lampEoj, 0x80)).toBe("30");
    await home.close();
  });

  it("gives a newcomer at an old address an id of its own once the owner of the old one is found elsewhere", async () => {
    const host = fakeHost();
    const first = await openFakeHome([lampAt("10.0.0.2", x)], { host });
    const { id } = first.at("10.0.0.2");
    await first.close();
    const home = await openFakeHome([lampAt("10.0.0.2", y)], { host });
    const owner = lampAt("10.0.0.9", x);
    home.lan.plug(owner);
    owner.start();
    await home.pass(5_000);
    expect(home.at("10.0.0.9").id).toBe(id);
    expect(home.at("10.0.0.2").id).toBe("echonet-10-0-0-2-2-029001");
    await home.close();
  });

  it("keeps apart two nodes that swap their addresses while it runs", async () => {
    const host = fakeHost();
    await (await openFakeHome([lampAt("10.0.0.2", x), lampAt("10.0.0.3", y)], { host })).close();
    const [a, b] = [lampAt("10.0.0.2", x), lampAt("10.0.0.3", y)];
    const home = await openFakeHome([a, b], { host });
    const [idA, idB] = [home.at("10.0.0.2").id, home.at("10.0.0.3").id];
    home.lan.plug(lampAt("10.0.0.3", x, { "0xb0": "0a" }));
    home.lan.plug(lampAt("10.0.0.2", y, { "0xb0": "0b" }));
    for (const address of ["10.0.0.3", "10.0.0.2"]) {
      home.lan.deliver(
        address,
        encodeFrame({
          tid: 1,
          seoj: 0x0ef001,
          deoj: 0x0ef001,
          esv: "INF",
          properties: [{ epc: 0xd5, edt: Uint8Array.of(1, 2, 0x90, 1) }],
        }),
      );
    }
    await home.pass(10_000);
    expect([home.at("10.0.0.3").id, home.at("10.0.0.2").id]).toEqual([idA, idB]);
    const ref = home.at("10.0.0.3");
    expect((await home.get(ref, await home.describe(ref), ["brightness"])).values).toEqual({ brightness: 10 });
    await home.close();
  });
});
