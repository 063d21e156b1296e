/** The gateway's adapter beside a home in which every node has another quirk of real devices, over real UDP. */

import { expect, it } from "vitest";
import { readScenario } from "../../command/read-scenario.ts";
import { parseScenario } from "../../simulated-home/scenario/scenario.ts";
import { hasNamespaces, runScript } from "./in-namespace.ts";

it("A home of all quirks is found, read whole and set, whatever the quirk", { timeout: 90_000 }, () => {
  const names = parseScenario(readScenario("quirks")).nodes.map(({ name = "" }) => name);
  const set = { power: true, brightness: 55 };
  const good = { missing: [], values: set, errors: {}, truth: set };
  const seen = runScript("all-quirks-home.ts", hasNamespaces ? ["127.0.0"] : ["127.0.9"], hasNamespaces);
  expect(seen).toEqual({
    ids: names.length,
    nodes: {
      ...Object.fromEntries(names.map((name) => [name, good])),
      // What the device never tells nobody can read; its other values come all the same.
      "silent-epcs": { ...good, missing: ["lightColor"] },
    },
  });
});
