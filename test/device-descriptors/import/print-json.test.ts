/** Printed JSON is what the formatter would leave as it is. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printJson } from "../../../device-descriptors/import/print-json.ts";
import type { Json } from "../../../gateway-core/contract/json.ts";
import { packageRoot } from "../../../host/package-root.ts";

describe("Printed JSON", () => {
  it("puts into one line what fits into 120 columns, where an East Asian character takes two", () => {
    expect(printJson({ a: { b: 1 }, c: [] })).toBe('{\n  "a": { "b": 1 },\n  "c": []\n}\n');
    const fits = { titles: "あ".repeat(50) };
    expect(printJson([fits])).toBe(`[\n  { "titles": "${"あ".repeat(50)}" }\n]\n`);
    expect(printJson([{ titles: "あ".repeat(55) }])).toBe(`[\n  {\n    "titles": "${"あ".repeat(55)}"\n  }\n]\n`);
  });

  it("says the same when it is read", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: Json = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(printJson(json))).toEqual(json);
      }),
    );
  });

  it("is left as it is by the formatter of this repository", () => {
    const word = fc.constantFrom("a", "設定", "long ".repeat(12), "長い".repeat(9));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, word, fc.boolean(), tie("items"), tie("object")),
      items: fc.array(fc.oneof(word, tie("object")), { maxLength: 6 }),
      object: fc.dictionary(word, tie("value"), { maxKeys: 5, noNullPrototype: true }),
    }));
    const samples = fc.sample(fc.dictionary(word, value, { minKeys: 1, noNullPrototype: true }), {
      numRuns: 40,
      seed: 7,
    });
    const printed = printJson(samples.map((sample) => JSON.parse(JSON.stringify(sample))));
    const biome = join(packageRoot(), "node_modules", "@biomejs", "biome", "bin", "biome");
    const { stdout } = spawnSync(process.execPath, [biome, "format", "--stdin-file-path=device-descriptors/x.json"], {
      cwd: packageRoot(),
      input: printed,
      encoding: "utf8",
    });
    expect(stdout).toBe(printed);
  });
});
