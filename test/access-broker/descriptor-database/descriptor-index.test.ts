import { describe, expect, it } from "vitest";
import { DescriptorIndex, type Entry } from "../../../access-broker/descriptor-database/descriptor-index.ts";
import { compareVersions } from "../../../gateway-core/contract/descriptor-offer.ts";
import { lampKey } from "../../fakes/shipped-descriptor.ts";

const classMatch = { protocol: "echonet", eojClass: "0x0290" };
const exact = { ...classMatch, manufacturer: "0x00000b", productCode: "L7" };
const gateway = { model: "home-gateway", version: "0.1.0" };
const offer = (sequence: number, change: Partial<Entry> = {}): Entry => ({
  sequence,
  type: "lamp",
  version: "1.0.0",
  gateways: null,
  matches: [classMatch],
  ...change,
});
const withdrawal = (sequence: number, version: string | null = null): Entry =>
  offer(sequence, { version, matches: null });
const indexOf = (...entries: Entry[]): DescriptorIndex => {
  const index = new DescriptorIndex();
  index.add(entries);
  return index;
};
const found = (index: DescriptorIndex, as: typeof gateway | undefined = gateway, key = lampKey) => {
  const { offer, matched } = index.find(key, as) ?? {};
  return offer && [offer.type, offer.version, offer.sequence, matched];
};

describe("What is offered for a device", () => {
  it("is nothing when nothing matches", () => {
    expect(found(indexOf())).toBeUndefined();
    expect(found(indexOf(offer(1, { matches: [{ ...exact, productCode: "other" }] })))).toBeUndefined();
  });

  it("is the highest version, whatever the order of publication", () => {
    const newest = offer(1, { version: "1.10.0" });
    expect(found(indexOf(newest, offer(2, { version: "1.9.0" })))).toEqual(["lamp", "1.10.0", 1, 2]);
  });

  it("is the most specific of several types, and of equals the newest", () => {
    const index = indexOf(offer(1, { type: "exact", matches: [exact] }), offer(2), offer(3, { type: "later" }));
    expect(found(index)).toEqual(["exact", "1.0.0", 1, 4]);
    expect(found(indexOf(offer(2), offer(3, { type: "later" })))).toEqual(["later", "1.0.0", 3, 2]);
  });

  it("depends on the gateway's model and version", () => {
    const index = indexOf(
      offer(1),
      offer(2, { version: "2.0.0", gateways: { model: "home-gateway", from: "0.2.0" } }),
      offer(3, { version: "3.0.0", gateways: { model: "other" } }),
    );
    expect(found(index)).toEqual(["lamp", "1.0.0", 1, 2]);
    expect(found(index, { ...gateway, version: "0.2.0" })).toEqual(["lamp", "2.0.0", 2, 2]);
    expect(found(index, { model: "other", version: "0.0.1" })).toEqual(["lamp", "3.0.0", 3, 2]);
    expect(index.find(lampKey, undefined)?.offer.version).toBe("3.0.0");
  });

  it("is the version before once the newest is withdrawn, and nothing once the type is", () => {
    const index = indexOf(offer(1), offer(2, { version: "1.1.0" }), withdrawal(3, "1.1.0"), offer(4));
    expect(found(index)).toEqual(["lamp", "1.0.0", 4, 2]);
    index.add([withdrawal(5)]);
    expect(found(index)).toBeUndefined();
    expect(index.withdrawalOf("lamp")?.sequence).toBe(5);
    expect(index.sequence).toBe(5);
    index.add([offer(6, { version: "0.9.0" })]);
    expect(found(index)).toEqual(["lamp", "0.9.0", 6, 2]);
  });
});

describe("Versions", () => {
  it.each([
    ["1.0.0", "1.0.0", 0],
    ["1.0.1", "1.0.0", 1],
    ["1.9.0", "1.10.0", -1],
    ["2.0.0", "1.99.99", 1],
  ])("%s is to %s as %d", (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(-sign || 0);
  });
});
