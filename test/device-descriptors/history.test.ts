/** What is kept over time (`gk:history`): everything that people want a curve of, and nothing that is no number. */

import { describe, expect, it } from "vitest";
import { flawsOf } from "../../device-descriptors/check-descriptor.ts";
import { bindingsOf, descriptorOf, shipped } from "./shipped.ts";

/** What a person asks of a home: how warm, how full, how much. */
const curved = [
  "currentTemperature",
  "outdoorTemperature",
  "currentHumidity",
  "power.instant",
  "energy.total",
  "volume.remaining",
];
const counted = ["om2:kilowattHour", "om2:cubicMetre", "om2:cubicCentimetre"];

describe("The history of the shipped descriptors", () => {
  const properties = shipped.flatMap((one) => bindingsOf(one).map((bound) => ({ type: one["gk:type"], ...bound })));

  it("keeps temperatures, humidity, power, energy and what remains, wherever a device tells them", () => {
    const lost = properties
      .filter(({ property }) => curved.includes(property["gk:role"] ?? "") && property["gk:history"] === undefined)
      .map(({ type, name }) => `${type} ${name}`);
    expect(lost).toEqual([]);
  });

  it("keeps the state of charge of whatever has a battery", () => {
    for (const type of ["echonet:027d", "echonet:027e", "echonet:02a1"]) {
      expect(descriptorOf(type).properties["stateOfCharge"]?.["gk:history"], type).toBe(true);
    }
  });

  it("takes energy and volumes that only rise for totals, and nothing else", () => {
    for (const { type, name, property } of properties) {
      const history = property["gk:history"];
      if (property["gk:role"] === "energy.total") expect(history, `${type} ${name}`).toBe("total");
      if (history === "total") expect(counted, `${type} ${name}`).toContain(property.unit);
      if (history === true) expect(counted, `${type} ${name}`).not.toContain(property.unit);
    }
  });
});

describe("A descriptor that wants a word kept over time", () => {
  it("is not in order", () => {
    const lamp = structuredClone(descriptorOf("echonet:0290"));
    const { power } = lamp.properties;
    const wanting = { ...lamp, properties: { ...lamp.properties, power: { ...power, "gk:history": true } } };
    expect(flawsOf(wanting)).toEqual([
      { path: "/properties/power/gk:history", message: "only numbers are kept over time" },
    ]);
  });
});
