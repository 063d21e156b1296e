/** Every property of the catalogue, by the one generic codec: octets become a value that its own schema takes, and become the same octets again. */

import fc from "fast-check";
import { validate } from "jsonschema";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import type { DataSchema } from "../../gateway-core/contract/descriptor.ts";
import { isSameJson } from "../../gateway-core/contract/json.ts";
import { parseCodec } from "../../gateway-core/echonet/property-value.ts";
import { edtsOf } from "./edts.ts";
import { bindingsOf, shipped } from "./shipped.ts";

const coefficientOf = () => 0.1;
const runs = 10;
/** Some thousand values: a busy machine may take its time. */
const timeoutMs = 120_000;

/** Many classes share a property: each is tried once. */
const distinct = new Map(
  shipped.flatMap((descriptor) =>
    bindingsOf(descriptor).map((bound) => {
      const { titles: _, "gk:bind": __, ...schema } = bound.property;
      return [JSON.stringify([bound.codec, schema]), { ...bound, where: `${descriptor["gk:type"]} ${bound.name}` }];
    }),
  ),
);

describe("The one codec reads and writes", () => {
  it(
    "every value of every property of the catalogue",
    () => {
      expect(distinct.size).toBeGreaterThan(500);
      for (const { where, property, codec } of distinct.values()) {
        const bound = parseCodec(codec);
        fc.assert(
          fc.property(edtsOf(codec, property), (edt) => {
            const value = bound.decode(edt, coefficientOf);
            const context = `${where}: ${toHex(edt)} is ${JSON.stringify(value)}`;
            expect(validate(value, property).errors.map(String), context).toEqual([]);
            const again = bound.encode(value, coefficientOf);
            // Several codes may stand for one word: then another of them is sent, and means the same.
            if (toHex(again) !== toHex(edt)) {
              expect(isSameJson(bound.decode(again, coefficientOf), value), context).toBe(true);
              expect(hasSynonyms(JSON.stringify(codec)), context).toBe(true);
            }
          }),
          { numRuns: runs },
        );
      }
    },
    timeoutMs,
  );

  it("every word that a person can choose", () => {
    for (const { where, property, codec } of distinct.values()) {
      const bound = parseCodec(codec);
      for (const word of wordsOf(property)) {
        const edt = bound.encode(word, coefficientOf);
        expect(bound.decode(edt, coefficientOf), `${where} ${word}`).toEqual(word);
      }
    }
  });

  it("no octets that are none of the device's", () => {
    const power = shipped[0]?.properties["power"]?.["gk:bind"]["echonet"]?.["codec"];
    expect(() => parseCodec(power).decode(fromHex("99"), coefficientOf)).toThrow("no word stands for");
  });
});

/** Whether a word stands behind several codes of a map. */
function hasSynonyms(codec: string): boolean {
  const words = [...codec.matchAll(/"0x[0-9A-F]+":("[^"]*"|true|false)/g)].map(([, word]) => word);
  return new Set(words).size < words.length;
}

function wordsOf({ oneOf = [] }: DataSchema) {
  return oneOf.flatMap((branch) => (branch.const === undefined ? [] : [branch.const]));
}
