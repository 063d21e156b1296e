/** One wiring: the shipped flow of a whole home is the table of joints that a headless gateway makes. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Station, StationName } from "../../gateway-core/contract/station.ts";
import { joinAll, joints } from "../../gateway-core/gateway.ts";
import { packageRoot } from "../../host/package-root.ts";

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly protocol?: string;
  readonly wires?: readonly (readonly string[])[];
}

const root = packageRoot();
const flow = (name: string): readonly FlowNode[] => JSON.parse(readFileSync(join(root, "flows", name), "utf8"));

/** The station that a node stands for. */
const stationOf = ({ type, protocol }: FlowNode): string => {
  const name = type.replace(/^genkan-/, "").replace("control-page", "page");
  return protocol === undefined ? name : `${name}:${protocol}`;
};

describe("flows/whole-home.json", () => {
  it("has just the wires of the joint table", () => {
    const nodes = flow("whole-home.json");
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const wires = nodes.flatMap((from) =>
      (from.wires ?? []).flatMap((wired, output) =>
        wired.map((id) => {
          const to = byId.get(id);
          return { from: stationOf(from), output, to: to === undefined ? id : stationOf(to) };
        }),
      ),
    );
    const sorted = (list: readonly object[]): string[] => list.map((one) => JSON.stringify(one)).sort();
    expect(sorted(wires)).toEqual(sorted(joints.map(({ from, output = 0, to }) => ({ from, output, to }))));
  });
});

describe("package.json", () => {
  const manifest: { "node-red": { nodes: Record<string, string> } } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  const sources = readdirSync(join(root, "nodes")).filter((name) => /^genkan-.*\.ts$/.test(name));

  it("names every node that there is", () => {
    const named = Object.keys(manifest["node-red"].nodes).sort();
    expect(named).toEqual(sources.map((name) => name.replace(".ts", "")).sort());
  });

  it("has a shipped flow for every node that is no configuration node", () => {
    const used = new Set(readdirSync(join(root, "flows")).flatMap((name) => flow(name).map(({ type }) => type)));
    const nodes = sources.map((name) => name.replace(".ts", "")).filter((name) => name !== "genkan-gateway");
    expect(nodes.filter((name) => !used.has(name))).toEqual([]);
  });

  it.each(["en-US", "ja"])("has a dictionary for every node in %s", (language) => {
    const there = readdirSync(join(root, "nodes", "locales", language)).filter((name) => name.endsWith(".json"));
    expect(there.sort()).toEqual(sources.map((name) => name.replace(".ts", ".json")).sort());
  });

  it("has the same words in both languages", () => {
    const keys = (value: object): string[] =>
      Object.entries(value).flatMap(([name, inner]) =>
        typeof inner === "object" && inner !== null ? keys(inner).map((key) => `${name}.${key}`) : [name],
      );
    for (const name of sources.map((source) => source.replace(".ts", ".json"))) {
      const [en, ja] = ["en-US", "ja"].map((language) =>
        keys(JSON.parse(readFileSync(join(root, "nodes", "locales", language, name), "utf8"))).sort(),
      );
      expect(ja, name).toEqual(en);
    }
  });
});

describe("A headless gateway", () => {
  it("leads what the adapters of other packages find where all that is found leads", () => {
    const told: unknown[] = [];
    const outputs = new Map<string, (message: unknown, output: number) => void>();
    const station = (name: StationName): Station => ({
      name,
      status: { state: "closed", text: "closed" },
      hold: () => ({ release() {} }),
      receive: (message) => void told.push([name, message]),
      snapshots: () => [],
      tellAnew: () => undefined,
      expectSnapshot() {},
      onOutput(listener) {
        outputs.set(name, listener);
        return () => void outputs.delete(name);
      },
      onStatus: () => () => undefined,
    });
    const names = new Set([...joints.flatMap(({ from, to }) => [from, to]), "discovery:wall" as const]);
    const letGo = joinAll({ stations: new Map([...names].map((name) => [name, station(name)])) });
    outputs.get("discovery:wall")?.("a sighting", 0);
    expect(told).toEqual([["translation", "a sighting"]]);
    letGo();
    expect(outputs.size).toBe(0);
  });
});
