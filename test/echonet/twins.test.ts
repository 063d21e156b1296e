import { describe, expect, it } from "vitest";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { openFakeHome } from "./fake-home.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";

const x = `fe000006${"01".repeat(13)}`;
const y = `fe000006${"02".repeat(13)}`;
const ipv4 = "10.0.0.2";
const ipv6 = "fe80::2%eth0";
const idByIpv4 = "echonet-10-0-0-2-029001";
const idByIpv6 = "echonet-fe80-2-029001";
const at = (address: string, identification?: string, edts = {}): FakeNode =>
  new FakeNode(address, { [lampEoj]: lampObject(edts) }, {}, identification);

/** Ids of the devices that are there at last. */
function idsOf({ sightings }: Awaited<ReturnType<typeof openFakeHome>>): string[] {
  const ids = new Set<string>();
  for (const { ref, gone } of sightings) {
    if (gone) ids.delete(ref.id);
    else ids.add(ref.id);
  }
  return [...ids].toSorted();
}

describe("a node heard on IPv4 and IPv6", () => {
  it.each([
    ["the same identification number", x, {}],
    ["no number, but the same objects of the same make", undefined, { "0x8c": "4c414d50", "0x8d": "3031" }],
  ])("is one by %s, and is reached by IPv4", async (_, identification, edts) => {
    const home = await openFakeHome([at(ipv6, identification, edts), at(ipv4, identification, edts)]);
    await home.pass(100_000);
    expect(idsOf(home)).toEqual([idByIpv4]);
    expect(home.sightings.every(({ ref }) => ref.address === ipv4)).toBe(true);
    expect(home.host.log.events("warn")).toEqual([]);
    await home.close();
  });

  it("is not heard twice", async () => {
    const [four, six] = [at(ipv4, x), at(ipv6, x)];
    const home = await openFakeHome([four, six]);
    await home.pass(2_000);
    const changes = home.watch(home.at(ipv4), await home.describe(home.at(ipv4)));
    await home.pass(100);
    const before = changes.length;
    for (const side of [four, six]) side.change(lampEoj, 0x80, "30");
    await home.pass(10);
    expect(changes.slice(before)).toEqual([{ type: "value", property: "power", value: true }]);
    await home.close();
  });

  it("that had its id by IPv6 keeps it when IPv4 comes, and is reached there from then on", async () => {
    const home = await openFakeHome([at(ipv6, x)]);
    await home.pass(1_000);
    expect(idsOf(home)).toEqual([idByIpv6]);
    const four = at(ipv4, x);
    home.lan.plug(four);
    four.start();
    await home.pass(2_000);
    expect(idsOf(home)).toEqual([idByIpv6]);
    expect(home.at(ipv4).id).toBe(idByIpv6);
    await home.close();
  });

  it("that was known by IPv4 before is that one when both are there again", async () => {
    const host = fakeHost();
    await (await openFakeHome([at(ipv4)], { host })).close();
    const home = await openFakeHome([at(ipv6)], { host });
    await home.pass(1_000);
    expect(idsOf(home)).toEqual([idByIpv6]);
    const four = at(ipv4);
    home.lan.plug(four);
    four.start();
    await home.pass(2_000);
    expect(idsOf(home)).toEqual([idByIpv4]);
    await home.close();
  });

  it("is reached by IPv6 when IPv4 is silent for long", async () => {
    const host = fakeHost();
    for (let start = 0; start < 2; start++) await (await openFakeHome([at(ipv4, x)], { host })).close();
    const [four, six] = [at(ipv4, x), at(ipv6, x)];
    const home = await openFakeHome([four, six], { host });
    await home.pass(2_000);
    home.lan.unplug(four);
    await home.pass(400_000);
    expect(home.at(ipv6).id).toBe(idByIpv4);
    home.lan.plug(four);
    four.start();
    await home.pass(5_000);
    expect(home.sightings.at(-1)?.ref).toEqual({ id: idByIpv4, address: ipv4 });
    await home.close();
  });
});

describe("two nodes, one on IPv4 and one on IPv6,", () => {
  it.each([
    ["with numbers of their own", x, y, {}],
    ["with other serial numbers", undefined, undefined, { "0x8d": "3032" }],
    ["of which one has a number", x, undefined, {}],
  ])("stay two: %s", async (_, one, other, edts) => {
    const home = await openFakeHome([at(ipv4, one, { "0x8d": "3031" }), at(ipv6, other, { "0x8d": "3031", ...edts })]);
    await home.pass(5_000);
    expect(idsOf(home)).toEqual([idByIpv4, idByIpv6]);
    await home.close();
  });

  it("stay two when their objects differ", async () => {
    const other = new FakeNode(ipv6, { [lampEoj]: lampObject(), [lampEoj + 1]: lampObject() });
    const home = await openFakeHome([at(ipv4), other]);
    await home.pass(5_000);
    expect(idsOf(home)).toEqual([idByIpv4, idByIpv6, "echonet-fe80-2-029002"]);
    await home.close();
  });
});
