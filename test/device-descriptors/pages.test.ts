/** Every descriptor gives a page: a tile with something on it, controls that fit their values, and words instead of octets. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { longestCompactPage } from "../../gateway-core/contract/compact-html.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import texts from "../../gateway-core/contract/page-texts/en.json" with { type: "json" };
import { sayWhole } from "../../gateway-core/contract/page-words.ts";
import { parseCodec } from "../../gateway-core/echonet/property-value.ts";
import { compactDevice } from "../../gateway-core/page/compact.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { foreignIn } from "../fakes/compact-judge.ts";
import { edtsOf } from "./edts.ts";
import { bindingsOf, descriptorOf, shipped } from "./shipped.ts";

const english = { language: "en", texts } as const;
const at = Date.UTC(2026, 10, 26);

/** A page of one such device, with a value that it may tell for each property. */
function pageOf(descriptor: Descriptor) {
  const values = bindingsOf(descriptor).map(({ name, property, codec }) => {
    const [edt = new Uint8Array()] = fc.sample(edtsOf(codec, property), { numRuns: 1, seed: 1 });
    return [name, { value: parseCodec(codec).decode(edt, () => 1), at }] as const;
  });
  const { titles, "gk:kind": kind } = descriptor;
  const facts = { id: "one", protocol: "echonet", type: descriptor["gk:type"], kind, title: titles.en, titles };
  return buildPageDevice({
    ...facts,
    room: null,
    available: true,
    availabilityAt: at,
    descriptor,
    values: Object.fromEntries(values),
  });
}

describe.each(shipped.map((one) => [one["gk:type"], one] as const))("The page of %s", (_type, descriptor) => {
  const page = pageOf(descriptor);

  it("has a tile that tells or does something, and everything else behind it", () => {
    const { toggle, value, control, state } = page.tile;
    const shown = [toggle, value, control, ...state].filter((name) => name !== undefined);
    expect(shown.length).toBeGreaterThan(0);
    expect(page.titles).toEqual(descriptor.titles);
    const screen = descriptor["gk:screen"];
    expect([toggle, value, control]).toEqual([screen?.tile?.toggle, screen?.tile?.value, screen?.tile?.control]);
    const items = page.sections.flatMap((section) => section.items);
    expect(new Set(items)).toEqual(new Set(Object.keys(page.widgets)));
    expect(items.length, "nothing stands twice").toBe(new Set(items).size);
  });

  it("has compact pages that a simple terminal holds", () => {
    for (const language of ["en", "ja"]) {
      const print = { speech: speechOf(language), now: at, token: "T".repeat(43), root: "../" };
      for (const one of compactDevice(page, print)) {
        expect(foreignIn(one)).toEqual([]);
        expect(Buffer.byteLength(one)).toBeLessThanOrEqual(longestCompactPage);
      }
    }
  });

  it("has controls with something to choose, and units as people write them", () => {
    for (const [name, widget] of Object.entries(page.widgets)) {
      if ("options" in widget)
        expect(widget.options.filter(({ readOnly }) => !readOnly).length, name).toBeGreaterThan(0);
      if ("minimum" in widget) expect(widget.maximum, name).toBeGreaterThan(widget.minimum);
      if ("unit" in widget) expect(widget.unit, name).not.toMatch(/[a-z]{4}/);
    }
  });

  it("says every value in words: no brackets, no braces", () => {
    for (const [name, widget] of Object.entries(page.widgets)) {
      expect(sayWhole(widget, page.values[name]?.value, english), name).not.toMatch(/[{}[\]]/);
    }
  });
});

describe("A list on the page", () => {
  const said = (value: Json) => {
    const widget = pageOf(descriptorOf("echonet:0282")).widgets["gasHistory"];
    return widget && sayWhole(widget, value, english);
  };

  it("is said by its first values and its length", () => {
    expect(said([1, 2.5])).toBe("1.00\u202fm³, 2.50\u202fm³");
    expect(said(Array(48).fill(7))).toMatch(/^7\.00\u202fm³, .*… \(48\)$/);
    expect(said([])).toBe("None");
  });
});
