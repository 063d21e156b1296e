import { describe, expect, it } from "vitest";
import type { Descriptor, Match } from "../../gateway-core/contract/descriptor.ts";
import { bestMatch } from "../../gateway-core/contract/descriptor-match.ts";
import { createDescriptorChoice, type Find } from "../../gateway-core/devices/descriptor-choice.ts";
import { lampModel } from "../fakes/fake-session.ts";

const key = { protocol: "fake", model: "lamp", maker: "acme", product: "L7" };
const model = (type: string, match: Match, version = "1.0.0"): Descriptor => ({
  ...lampModel,
  version: { model: version },
  "gk:type": type,
  "gk:match": [match],
});
const shelf =
  (descriptor: Descriptor): Find =>
  (asked) =>
    bestMatch(descriptor["gk:match"], asked) > 0 ? descriptor : undefined;

const classMatch = { protocol: "fake", model: "lamp" };
const exactMatch = { ...classMatch, maker: "acme", product: "L7" };
const none: Find = () => undefined;

describe("The choice of a descriptor", () => {
  it("is the user's own before all, however specific another is", () => {
    const own = model("own", classMatch);
    const choice = createDescriptorChoice({ find: shelf(model("packaged", exactMatch)), findOwn: shelf(own) });
    choice.receive({ type: "descriptor", descriptor: model("provider", exactMatch) });
    expect(choice.find(key)).toBe(own);
    expect(choice.matchedBy(key)).toBeUndefined();
  });

  it("is the provider's when that is more specific than the package's", () => {
    const provider = model("provider", exactMatch);
    const choice = createDescriptorChoice({ find: shelf(model("packaged", classMatch)) });
    expect(choice.matchedBy(key)).toBe(2);
    choice.receive({ type: "descriptor", descriptor: provider });
    expect(choice.find(key)).toBe(provider);
    expect(choice.find({ ...key, product: "other" })?.["gk:type"]).toBe("packaged");
  });

  it("is the package's when the provider's is as specific", () => {
    const packaged = model("packaged", classMatch);
    const choice = createDescriptorChoice({ find: shelf(packaged) });
    choice.receive({ type: "descriptor", descriptor: model("provider", classMatch, "9.0.0") });
    expect(choice.find(key)).toBe(packaged);
  });

  it("of two that were learned is the newer, and the same object while nothing changes", () => {
    const choice = createDescriptorChoice({ find: none });
    expect(choice.matchedBy(key)).toBe(0);
    const [first, second] = [model("a", classMatch), model("b", classMatch)];
    choice.receive({ type: "learned", descriptors: [first, second] });
    expect(choice.find(key)).toBe(second);
    choice.receive({ type: "learned", descriptors: structuredClone([first, second]) });
    expect(choice.find(key)).toBe(second);
    choice.receive({ type: "descriptor", descriptor: model("a", classMatch, "1.1.0") });
    expect(choice.find(key)?.version.model).toBe("1.1.0");
    choice.receive({ type: "withdrawn", descriptorType: "a" });
    expect(choice.find(key)).toBe(second);
    choice.receive({ type: "learned", descriptors: [] });
    expect(choice.find(key)).toBeUndefined();
  });

  it("says how far the search is, whatever the order of a key's members", () => {
    const choice = createDescriptorChoice({ find: none });
    choice.receive({ type: "asked", asked: [{ key: { model: "lamp", protocol: "fake" }, state: "asking" }] });
    expect(choice.lookUpOf({ protocol: "fake", model: "lamp" })).toBe("asking");
    choice.receive({ type: "asked", asked: [] });
    expect(choice.lookUpOf({ protocol: "fake", model: "lamp" })).toBeUndefined();
  });

  it("is never that of a match with a name that every object has", () => {
    const odd = JSON.parse('{"protocol":"fake","constructor":"x"}') as Match;
    expect(bestMatch([odd, { protocol: "fake", toString: "x" } as Match], key)).toBe(0);
  });
});
