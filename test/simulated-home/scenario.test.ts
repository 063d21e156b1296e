/** Scenarios: what a file may say, and how it is spelt out. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readScenario } from "../../command/read-scenario.ts";
import { packageRoot } from "../../host/package-root.ts";
import { planNodes } from "../../simulated-home/scenario/plan-nodes.ts";
import { parseScenario } from "../../simulated-home/scenario/scenario.ts";

const lamp = { class: "0290" };
const folder = join(packageRoot(), "simulated-home", "scenarios");
const shipped = readdirSync(folder).map((file) => file.slice(0, -".json".length));
const invalid = (path: string) => expect.objectContaining({ code: "settings-invalid", details: { path } });

describe("A scenario", () => {
  it.each([
    ["no object at all", 7, ""],
    ["no nodes", {}, ""],
    ["an empty home", { nodes: [] }, "/nodes"],
    ["a key that nobody knows", { nodes: [{ objects: [lamp], colour: 1 }] }, "/nodes/0"],
    ["a class that is none", { nodes: [{ objects: [lamp, { class: "0x0290" }] }] }, "/nodes/0/objects/1/class"],
    ["a quirk of another kind", { nodes: [{ objects: [lamp], quirks: { ownTid: "0" } }] }, "/nodes/0/quirks/ownTid"],
    ["a quirk that nobody has", { nodes: [{ objects: [lamp], quirks: { sings: true } }] }, "/nodes/0/quirks"],
    ["an address that is none", { nodes: [{ objects: [lamp], address: "127.0.0.256" }] }, "/nodes/0/address"],
    ["more loss than there is", { nodes: [{ objects: [lamp], lossRate: 1.5 }] }, "/nodes/0/lossRate"],
    [
      "a burst of nothing",
      { nodes: [{ objects: [lamp] }], script: [{ atMs: 0, node: "node-1", do: "burst" }] },
      "/script/0",
    ],
  ])("with %s is refused with the path to it", (_what, scenario, path) => {
    expect(() => parseScenario(scenario)).toThrow(invalid(path));
  });

  it("is spelt out into nodes with names, addresses and instances, each its own", () => {
    const plan = planNodes(
      parseScenario({
        nodes: [
          { name: "lamps", count: 2, objects: [{ ...lamp, count: 2 }, lamp] },
          { address: "127.0.0.3", objects: [{ ...lamp, instance: 5, count: 2 }] },
        ],
      }),
    );
    expect(
      plan.map(({ name, address, planned }) => [name, address, planned.map(({ eoj }) => eoj.toString(16))]),
    ).toEqual([
      ["lamps-1", "127.0.0.2", ["29001", "29002", "29003"]],
      ["lamps-2", "127.0.0.4", ["29001", "29002", "29003"]],
      ["node-2", "127.0.0.3", ["29005", "29006"]],
    ]);
  });

  it("may have more nodes than one octet has addresses", () => {
    const addresses = planNodes(parseScenario({ nodes: [{ count: 400, objects: [lamp] }] })).map(
      ({ address }) => address,
    );
    expect(new Set(addresses).size).toBe(400);
    expect(addresses).toEqual(expect.arrayContaining(["127.0.0.2", "127.0.0.254", "127.0.1.1"]));
    expect(addresses).not.toEqual(expect.arrayContaining([expect.stringMatching(/\.(0|255)$/)]));
  });

  it.each([
    [
      "two nodes of one name",
      {
        nodes: [
          { name: "a", objects: [lamp] },
          { name: "a", objects: [lamp] },
        ],
      },
      "/nodes/1/name",
    ],
    [
      "two nodes at one address",
      {
        nodes: [
          { address: "127.0.0.9", count: 2, objects: [lamp] },
          { address: "127.0.0.10", objects: [lamp] },
        ],
      },
      "/nodes/1/address",
    ],
    ["two objects of one instance", { nodes: [{ objects: [lamp, { ...lamp, instance: 1 }] }] }, "/nodes/0/objects/1"],
    [
      "more instances than there are numbers",
      { nodes: [{ objects: [{ ...lamp, instance: 120, count: 9 }] }] },
      "/nodes/0/objects/0",
    ],
    [
      "more objects than a list names",
      { nodes: [{ objects: [{ ...lamp, count: 84 }, { class: "0011" }] }] },
      "/nodes/0",
    ],
    [
      "more nodes than there may be",
      {
        nodes: [
          { count: 499, objects: [lamp] },
          { count: 2, objects: [lamp] },
        ],
      },
      "/nodes",
    ],
  ])("with %s is refused with the path to it", (_what, scenario, path) => {
    expect(() => planNodes(parseScenario(scenario))).toThrow(invalid(path));
  });

  it("that is not there or no JSON is refused", () => {
    expect(() => readScenario("no-such-home")).toThrow(expect.objectContaining({ code: "settings-invalid" }));
    expect(() => readScenario(join(packageRoot(), "LICENSE"))).toThrow(/cannot be read/);
  });

  it.each(shipped)("of the package, %s, is in order, and told in both languages", (name) => {
    const scenario = parseScenario(readScenario(name));
    expect(scenario.titles?.ja).toMatch(/\S/);
    expect(planNodes(scenario).length).toBeGreaterThan(0);
  });
});
