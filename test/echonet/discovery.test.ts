import { describe, expect, it } from "vitest";
import { decodeFrame, encodeFrame, type Frame } from "../../gateway-core/echonet/frame.ts";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lastValues, openFakeHome } from "./fake-home.ts";
import { lampDescriptor, lampEoj, lampObject } from "./lamp-descriptor.ts";

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
    const node = lampAt("10.0.0.2", x, { 140: "4c616d702d310000000000ff" });
    const other = new FakeNode("10.0.0.3", { 4353: { edts: { 128: "30" }, settable: [], announced: [] } });
    const home = await openFakeHome([node, other]);
    await home.pass(5_000);
    expect(home.sightings).toEqual(
      [
        {
          protocol: "echonet",
          ref: { id: "echonet-10-0-0-3-001101", address: "10.0.0.3" },
          key: { protocol: "echonet", eojClass: "0x0011" },
        },
        {
          protocol: "echonet",
          ref: { id: "echonet-10-0-0-2-029001", address: "10.0.0.2" },
          key: { protocol: "echonet", eojClass: "0x0290", manufacturer: "0x000006", productCode: "Lamp-1" },
        },
      ].toSorted(
        (a, b) =>
          home.sightings.findIndex((s) => s.ref.id === a.ref.id) -
          home.sightings.findIndex((s) => s.ref.id === b.ref.id),
      ),
    );
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

  it("finds a node whose object speaks though its announcement was lost, and an object that was not listed", async () => {
    const home = await openFakeHome([]);
    await home.pass(100_000);
    const node = lampAt("10.0.0.2");
    home.lan.plug(node);
    node.change(lampEoj, 0x80, "30");
    await home.pass(300);
    expect(home.sightings).toHaveLength(1);
    node.objects.set(0x029002, lampObject());
    node.change(0x029002, 0x80, "30");
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
    const node = new FakeNode("10.0.0.2", { [lampEoj]: lampObject(), 167938: lampObject() });
    const home = await openFakeHome([]);
    let isDead = true;
    home.lan.loses = ({ deoj }) => isDead && deoj === 0x029002;
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
    const moved = lampAt("10.0.0.9", x, { 176: "09" });
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
    home.lan.plug(lampAt("10.0.0.3", x, { 176: "0a" }));
    home.lan.plug(lampAt("10.0.0.2", y, { 176: "0b" }));
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

describe("hostile traffic", () => {
  const anyFrame: Frame = {
    tid: 1,
    seoj: lampEoj,
    deoj: 0x0ef001,
    esv: "INF",
    properties: [{ epc: 0x80, edt: Uint8Array.of(0x30) }],
  };

  it("of what is no frame is dropped, with one word for each sender and an end to that too", async () => {
    const home = await openFakeHome([]);
    for (let sender = 0; sender < 300; sender++) {
      for (const octets of [new Uint8Array(0), Uint8Array.of(0x10, 0x82, 0, 1), Uint8Array.of(1, 2, 3)]) {
        home.lan.deliver(`10.1.${sender >> 8}.${sender & 0xff}`, octets);
      }
    }
    await home.pass(10);
    expect(home.host.log.events()).toEqual(Array.from({ length: 100 }, () => "frame-dropped"));
    await home.close();
  });

  it("from made-up addresses makes the gateway ask few of them, and remember none", async () => {
    const home = await openFakeHome([]);
    home.lan.sent.length = 0;
    for (let sender = 0; sender < 5_000; sender++) {
      home.lan.deliver(`10.1.${sender >> 8}.${sender & 0xff}`, encodeFrame(anyFrame));
    }
    await home.pass(10);
    expect(home.lan.sent.length).toBeLessThanOrEqual(64);
    await home.pass(60_000);
    expect(home.sightings).toEqual([]);
    expect(home.host.memory.values.has("echonet-nodes")).toBe(false);
    await home.close();
  });

  it("of nodes that list objects and never answer is bounded and forgotten", async () => {
    const home = await openFakeHome([]);
    const list = { ...anyFrame, seoj: 0x0ef001, properties: [{ epc: 0xd5, edt: Uint8Array.of(1, 2, 0x90, 1) }] };
    for (let sender = 0; sender < 1_200; sender++) {
      home.lan.deliver(`10.1.${sender >> 8}.${sender & 0xff}`, encodeFrame(list));
    }
    await home.pass(300_000);
    expect(home.host.log.events()).toContain("too-many-nodes");
    expect(home.host.log.lines.length).toBeLessThan(120);
    const node = lampAt("10.0.0.2");
    home.lan.plug(node);
    node.start();
    await home.pass(1_000);
    expect(home.sightings).toHaveLength(1);
    await home.close();
  });

  it("that names an impossible instance list is passed over", async () => {
    const home = await openFakeHome([]);
    const torn: Frame = { ...anyFrame, seoj: 0x0ef001, properties: [{ epc: 0xd5, edt: Uint8Array.of(1, 2) }] };
    home.lan.deliver("10.0.0.2", encodeFrame(torn));
    home.lan.deliver("10.0.0.2", encodeFrame({ ...torn, esv: "SetC" }));
    await home.pass(10);
    expect(home.sightings).toEqual([]);
    await home.close();
  });
});

describe("the gateway's own node", () => {
  const ask = async (request: Partial<Frame>): Promise<Frame[]> => {
    const home = await openFakeHome([]);
    home.lan.sent.length = 0;
    home.lan.deliver(
      "10.0.0.2",
      encodeFrame({ tid: 7, seoj: 0x0ef001, deoj: 0x0ef001, esv: "Get", properties: [], ...request }),
    );
    await home.pass(10);
    await home.close();
    return home.lan.sent.filter(({ to }) => to === "10.0.0.2").map(({ frame }) => decodeFrame(encodeFrame(frame)));
  };
  const get = (...epcs: number[]) => epcs.map((epc) => ({ epc, edt: new Uint8Array(0) }));

  it("answers a Get with TID copied, objects swapped and EPCs in order", async () => {
    const [answer] = await ask({ properties: get(0x8a, 0xd6, 0x80) });
    expect(answer).toEqual({
      tid: 7,
      seoj: 0x0ef001,
      deoj: 0x0ef001,
      esv: "Get_Res",
      properties: [
        { epc: 0x8a, edt: Uint8Array.of(0xff, 0xff, 0xff) },
        { epc: 0xd6, edt: Uint8Array.of(1, 5, 0xff, 1) },
        { epc: 0x80, edt: Uint8Array.of(0x30) },
      ],
    });
  });

  it("has the properties that the specification asks of a node profile, and the same number at every start", async () => {
    const [answer] = await ask({ properties: get(0x80, 0x82, 0x83, 0x8a, 0x9d, 0x9e, 0x9f, 0xd3, 0xd4, 0xd6, 0xd7) });
    expect(answer?.esv).toBe("Get_Res");
    expect(answer?.properties.map(({ edt }) => edt.length)).toEqual([1, 4, 17, 3, 3, 1, 12, 3, 2, 4, 3]);
    const host = fakeHost();
    const numbers: unknown[] = [];
    for (let start = 0; start < 2; start++) {
      await (await openFakeHome([], { host })).close();
      numbers.push(host.memory.values.get("echonet-own-identification"));
    }
    expect(numbers[0]).toBe(numbers[1]);
  });

  it("answers for every instance of its controller class as that instance", async () => {
    const [answer] = await ask({ seoj: 0x05ff02, deoj: 0x05ff00, properties: get(0x80) });
    expect(answer).toMatchObject({ seoj: 0x05ff01, deoj: 0x05ff02, esv: "Get_Res" });
  });

  it.each([
    ["Get", [0xd5, 0x80], "Get_SNA"],
    ["INF_REQ", [0xd5], "INF"],
    ["INF_REQ", [0xee], "INF_SNA"],
    ["INFC", [0x80], "INFC_Res"],
  ] as const)("answers %s %j by %s", async (esv, epcs, expected) => {
    const [answer] = await ask({ esv, properties: get(...epcs) });
    expect(answer?.esv).toBe(expected);
    expect(answer?.properties.map(({ epc }) => epc)).toEqual([...epcs]);
  });

  it.each([
    ["SetC", "SetC_SNA"],
    ["SetI", "SetI_SNA"],
  ] as const)("refuses %s with what was asked", async (esv, expected) => {
    const properties = [{ epc: 0x80, edt: Uint8Array.of(0x31) }];
    expect(await ask({ esv, properties })).toMatchObject([{ esv: expected, properties }]);
  });

  it("refuses the sets of a SetGet and answers its gets", async () => {
    const properties = [{ epc: 0x80, edt: Uint8Array.of(0x31) }];
    const [answer] = await ask({ esv: "SetGet", properties, properties2: get(0x80, 0xee) });
    expect(answer).toMatchObject({
      esv: "SetGet_SNA",
      properties,
      properties2: [{ edt: Uint8Array.of(0x30) }, { edt: new Uint8Array(0) }],
    });
    expect(await ask({ esv: "SetGet", properties })).toMatchObject([{ properties2: [] }]);
  });

  it("is silent to what is no request, and for objects that it has not", async () => {
    expect(await ask({ esv: "INF", properties: get(0x80) })).toEqual([]);
    expect(await ask({ deoj: 0x013001, properties: get(0x80) })).toEqual([]);
  });
});
