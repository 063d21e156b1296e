import { describe, expect, it } from "vitest";
import type { Device } from "../../gateway-core/contract/device.ts";
import { chosenDevices } from "../../nodes/device-choice.ts";

const device = (id: string, kind: Device["kind"]): Device => ({
  id,
  kind,
  protocol: "p",
  type: "t",
  title: id,
  titles: { en: id, ja: id },
  room: null,
  available: true,
  availabilityAt: 0,
  values: {},
  descriptor: {
    "@context": [],
    "@type": "tm:ThingModel",
    title: id,
    titles: { en: id, ja: id },
    version: { model: "1.0.0" },
    "gk:type": "t",
    "gk:kind": kind,
    "gk:match": [],
    properties: {},
  },
});
const home = [device("hall", "light"), device("oven", "cooker"), device("bed", "light")];

describe("A choice of devices", () => {
  it("is one device by its id", () => {
    expect(chosenDevices(home, "oven").map(({ id }) => id)).toEqual(["oven"]);
  });
  it("is every device of a kind", () => {
    expect(chosenDevices(home, "kind:light").map(({ id }) => id)).toEqual(["hall", "bed"]);
  });
  it("is nothing when nothing is meant by it", () => {
    expect(chosenDevices(home, "attic")).toEqual([]);
    expect(chosenDevices(home, "kind:")).toEqual([]);
  });
});
