/** The shipped descriptors of files and network streams: in order, legal Thing Models, a page each, and nothing in them that no source tells. */

import { readFileSync } from "node:fs";
import { validate } from "jsonschema";
import { describe, expect, it } from "vitest";
import { flawsOf } from "../../device-descriptors/check-descriptor.ts";
import { parseAvSettings } from "../../gateway-core/av-sources/av-settings.ts";
import { SourceFacts } from "../../gateway-core/av-sources/source-facts.ts";
import { reasons } from "../../gateway-core/av-sources/source-trouble.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { isThere, shippedAv, sources } from "./shipped.ts";

const settings = parseAvSettings({
  sources: [
    { name: "file", from: "/srv/a.ts" },
    { name: "network", from: "tcp://tuner:9000" },
  ],
});

describe.each(shippedAv.map((one) => [one["gk:type"], one] as const))("The descriptor %s", (type, descriptor) => {
  it("is in order", () => expect(flawsOf(descriptor)).toEqual([]));

  it("has every fact that such a source tells, and no other", () => {
    const setting = settings.sources.find(({ name }) => type === `av:${name}`) ?? expect.fail();
    const facts = Object.values(descriptor.properties).map((property) => property["gk:bind"]["av"]?.["fact"]);
    expect(facts.toSorted()).toEqual(new SourceFacts(setting).names().toSorted());
  });

  it.skipIf(!isThere(sources.thingModelSchema))("is a Thing Model to W3C's own schema", () => {
    const schema = JSON.parse(readFileSync(sources.thingModelSchema, "utf8"));
    expect(validate(descriptor, schema).errors.map(String)).toEqual([]);
  });

  it("has a page from which it can be watched, with its state on the tile", () => {
    const page = buildPageDevice({
      ...{ id: "one", protocol: "av", type, kind: descriptor["gk:kind"] },
      ...{ title: descriptor.title, titles: descriptor.titles, room: null, available: true, availabilityAt: 0 },
      ...{ descriptor, values: {} },
    });
    expect([page.hasStream, page.tile.state]).toEqual([true, ["state"]]);
    expect(page.sections.flatMap(({ items }) => items).toSorted()).toEqual(Object.keys(page.widgets).toSorted());
  });
});

it("There is a descriptor for each way in which a source comes", () => {
  const ways = shippedAv.flatMap((one) => one["gk:match"].map(({ from }) => from));
  expect(ways.toSorted()).toEqual(["file", "http", "tcp"]);
});

it("Every reason for which a source cannot be watched has its words", () => {
  for (const { properties } of shippedAv) {
    const words = properties["problem"]?.oneOf?.map((branch) => branch.const);
    expect(words?.toSorted()).toEqual(["none", ...reasons].toSorted());
  }
});
