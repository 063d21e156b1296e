import { describe, expect, it } from "vitest";
import { type Grant, viewOnly, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { PageDevice } from "../../gateway-core/contract/page.ts";
import { accentOf, placesOf } from "../../gateway-core/contract/page-look.ts";
import { sayRoom, sayState, sayWhole } from "../../gateway-core/contract/page-words.ts";
import { grantedDevice } from "../../gateway-core/page/granted-device.ts";
import { grantedThing } from "../../gateway-core/page/granted-thing.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { cooler, lamp, reportedAt, tank } from "../fakes/page-home.ts";

const english = speechOf("en");
const granted = (device: Parameters<typeof buildPageDevice>[0], grant: Grant): PageDevice => {
  const found = grantedDevice(buildPageDevice(device), grant);
  if (found === undefined) throw new Error("it was not granted");
  return found;
};
const only = (id: string, properties: string[], access: "view" | "control" = "control"): Grant => ({
  devices: { [id]: { access, properties } },
});

describe("A device that may only be looked at", () => {
  const seen = granted(cooler(), viewOnly(wholeGrant));

  it("has no control, and says each of its values in the words that the control has", () => {
    expect(new Set(Object.values(seen.widgets).map(({ widget }) => widget))).toEqual(new Set(["text"]));
    const said = (name: string): string => {
      const widget = seen.widgets[name];
      return widget === undefined ? "" : sayWhole(widget, seen.values[name]?.value, english);
    };
    expect(["power", "mode", "targetTemperature", "timeOfOnTimer"].map(said)).toEqual([
      "On",
      "Cooling",
      "26°C",
      "06:30",
    ]);
    expect(seen.tile.control).toBeUndefined();
  });

  it("looks as it does to those who control it: state, colour, place", () => {
    const whole = buildPageDevice(cooler());
    expect(sayState(seen, english, reportedAt)).toBe(sayState(whole, english, reportedAt));
    expect([accentOf(seen), sayRoom(seen, english)]).toEqual([accentOf(whole), "Living room"]);
    const off = lamp({ values: { ...lamp().values, power: { value: false, at: reportedAt } } });
    expect(sayState(granted(off, viewOnly(wholeGrant)), english, reportedAt)).toBe("Off");
    expect(placesOf([seen], english)[0]?.title).toBe("Living room");
  });

  it("shows large what its tile would set, where that is a number", () => {
    expect(granted(lamp(), viewOnly(wholeGrant)).tile).toMatchObject({ toggle: "power", value: "brightness" });
    expect(granted(tank(), viewOnly(wholeGrant)).tile).toMatchObject({ value: "remainingWater" });
  });
});

describe("A device of which some is granted", () => {
  it("has that and nothing else, wherever its parts are named", () => {
    const seen = granted(cooler(), only("cooler", ["power", "mode"]));
    expect(Object.keys(seen.widgets)).toEqual(["power", "mode"]);
    expect(Object.keys(seen.values)).toEqual(["power", "mode"]);
    expect(seen.widgets["power"]?.widget).toBe("switch");
    expect(seen.tile).toEqual({ toggle: "power", state: ["mode"] });
    expect(seen.sections.flatMap(({ items }) => items).toSorted()).toEqual(["mode", "power"]);
    expect([seen.room, seen.roles]).toEqual([null, { power: "power", mode: "mode" }]);
  });

  it("is the very device to who was granted all of it, and none to who was granted none", () => {
    const whole = buildPageDevice(cooler());
    expect(grantedDevice(whole, wholeGrant)).toBe(whole);
    expect(grantedDevice(whole, { devices: { cooler: { access: "control", streams: true } } })).toBe(whole);
    expect(grantedDevice(whole, only("lamp", ["power"]))).toBeUndefined();
  });
});

describe("A Thing Description", () => {
  it("of what may only be looked at is read-only and has no actions", () => {
    const { descriptor } = grantedThing(cooler(), viewOnly(wholeGrant)) ?? cooler();
    expect(Object.values(descriptor.properties).every(({ readOnly }) => readOnly === true)).toBe(true);
    expect(descriptor.actions).toEqual({});
  });

  it("holds what may be seen alone", () => {
    const { descriptor, values } = grantedThing(lamp(), only("lamp", ["power"])) ?? lamp();
    expect([Object.keys(descriptor.properties), Object.keys(values)]).toEqual([["power"], ["power"]]);
    expect(descriptor.properties["power"]?.readOnly).toBeUndefined();
    expect(grantedThing(lamp(), only("cooler", []))).toBeUndefined();
  });
});
