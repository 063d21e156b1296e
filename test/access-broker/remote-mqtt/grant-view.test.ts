import { describe, expect, it } from "vitest";
import { maySeeTopic, shownPayload, viewKey } from "../../../access-broker/remote-mqtt/grant-view.ts";
import { type Grant, wholeGrant } from "../../../gateway-core/contract/grant.ts";

const grant: Grant = {
  devices: {
    lamp: { access: "control", properties: ["power"], actions: ["blink"] },
    meter: { access: "view" },
  },
};
const show = (topic: string, value: unknown): unknown => {
  const shown = shownPayload(grant, topic, JSON.stringify(value));
  return shown === undefined ? undefined : JSON.parse(shown);
};

describe("What a person with a grant is shown of a home", () => {
  it.each([
    ["home/status", true],
    ["home/devices", true],
    ["home/devices/lamp/availability", true],
    ["home/devices/lamp/properties/power", true],
    ["home/devices/lamp/properties/colour", false],
    ["home/devices/lamp/events/rang", false],
    ["home/devices/meter/events/rang", true],
    ["home/devices/meter/properties/energy", true],
    ["home/devices/door/state", false],
    ["home/devices/door/availability", false],
    ["home/devices/door/properties/isOpen", false],
    ["home/devices/__proto__/state", false],
    ["home/elsewhere", false],
    ["home/devices/lamp/a/b/c", false],
  ])("%s: %s", (topic, expected) => {
    expect(maySeeTopic(grant, topic)).toBe(expected);
    if (!expected) expect(shownPayload(grant, topic, "{}")).toBeUndefined();
  });

  it("is a list of their devices, which tells a place only to who may see it", () => {
    const list = ["lamp", "meter", "door"].map((id) => ({ id, room: "bath" }));
    expect(show("home/devices", list)).toEqual([
      { id: "lamp", room: null },
      { id: "meter", room: "bath" },
    ]);
  });
  it("is their properties of a state, and the whole where all are theirs", () => {
    expect(show("home/devices/lamp/state", { power: true, colour: 1 })).toEqual({ power: true });
    expect(show("home/devices/meter/state", { energy: 1 })).toEqual({ energy: 1 });
  });
  it("is their part of a description", () => {
    const thing = { id: "x", properties: { power: {}, colour: {} }, actions: { blink: {}, explode: {} } };
    expect(show("home/devices/lamp/description", thing)).toEqual({
      id: "x",
      properties: { power: {} },
      actions: { blink: {} },
    });
    expect(show("home/devices/lamp/description", { events: { power: {}, rang: {} } })).toEqual({
      properties: {},
      actions: {},
      events: { power: {} },
    });
  });
  it.each([
    [{ kind: "property", name: "power", value: 1 }, true],
    [{ kind: "property", name: "colour", value: 1 }, false],
    [{ kind: "set", value: { power: 1 } }, true],
    [{ kind: "set", value: { power: 1, colour: 1 } }, false],
    [{ kind: "set", value: null }, false],
    [{ kind: "action", name: "blink" }, true],
    [{ kind: "action", name: "explode" }, false],
    [{ kind: "action" }, false],
    [null, false],
  ])("is the result of a command where all that it names is theirs: %j", (request, isShown) => {
    const result = { request, ok: true };
    expect(show("home/devices/lamp/result", result)).toEqual(isShown ? result : undefined);
  });
  it("is nothing of what cannot be read", () => {
    for (const topic of ["home/devices", "home/devices/lamp/state", "home/devices/lamp/description"]) {
      expect(shownPayload(grant, topic, "{")).toBeUndefined();
      expect(shownPayload(grant, topic, "1")).toBeUndefined();
    }
  });
  it("is everything, as it is, for who was granted the home; and a topic is cleared for all who see it", () => {
    expect(shownPayload(wholeGrant, "home/devices", "no JSON")).toBe("no JSON");
    expect(shownPayload(wholeGrant, "home/of/another/time", "1")).toBe("1");
    expect(shownPayload(grant, "home/devices/lamp/state", "")).toBe("");
  });
});

describe("A view", () => {
  it("is one for all who are shown the same, whatever they may do, in whatever order it is written", () => {
    expect(viewKey(wholeGrant)).toBe("");
    expect(viewKey({ devices: { "*": { access: "view" } }, window: { days: [1] } })).toBe("");
    const other: Grant = {
      devices: {
        meter: { access: "control" },
        lamp: { access: "view", properties: ["power"], actions: ["blink"] },
      },
    };
    expect(viewKey(other)).toBe(viewKey(grant));
    expect(viewKey({ devices: { lamp: { access: "view" } } })).not.toBe(viewKey(grant));
  });
});
