import { describe, expect, it } from "vitest";
import {
  commandRefusal,
  type Grant,
  mayArrange,
  mayInvoke,
  maySeeDevice,
  maySeeProperty,
  maySet,
  mayWatch,
  parseGrant,
  seesAll,
  viewOnly,
  wholeGrant,
  windowRefusal,
} from "../../gateway-core/contract/grant.ts";
import { isWindowOpen } from "../../gateway-core/contract/grant-window.ts";

const set = (name: string) => ({ kind: "property", name, value: true }) as const;
const code = (grant: Grant, device: string, request: Parameters<typeof commandRefusal>[2]) =>
  commandRefusal(grant, device, request)?.code;

const guest = parseGrant({
  devices: {
    lamp: { access: "control", properties: ["on"], actions: [] },
    meter: { access: "view" },
  },
});

describe("A grant", () => {
  it("of everything lets everything be seen and done", () => {
    expect(code(wholeGrant, "lamp", set("on"))).toBeUndefined();
    expect(code(wholeGrant, "lamp", { kind: "action", name: "identify", value: null })).toBeUndefined();
    expect(mayWatch(wholeGrant, "vtr")).toBe(true);
    expect(seesAll(wholeGrant)).toBe(true);
  });

  it("hides what it does not name, as if it were not there", () => {
    expect([maySeeDevice(guest, "lamp"), maySeeDevice(guest, "door")]).toEqual([true, false]);
    expect([maySeeProperty(guest, "lamp", "on"), maySeeProperty(guest, "lamp", "colour")]).toEqual([true, false]);
    expect(maySeeProperty(guest, "door", "open")).toBe(false);
    expect(code(guest, "door", set("open"))).toBe("unknown-device");
    expect(code(guest, "lamp", set("colour"))).toBe("unknown-property");
    expect(code(guest, "lamp", { kind: "set", value: { on: true, colour: 1 } })).toBe("unknown-property");
    expect([seesAll(guest), mayWatch(guest, "lamp")]).toEqual([false, false]);
  });

  it("to view gives no command, and one to control only those it names", () => {
    expect(code(guest, "lamp", set("on"))).toBeUndefined();
    expect(code(guest, "lamp", { kind: "action", name: "identify", value: null })).toBe("not-granted");
    expect(code(guest, "meter", set("unit"))).toBe("not-granted");
    expect(code(viewOnly(wholeGrant), "lamp", set("on"))).toBe("not-granted");
  });

  it("says of each property and action the same as its refusal of the command", () => {
    const seen = parseGrant({ devices: { lamp: { access: "view", properties: ["on"], actions: ["ring"] } } });
    for (const grant of [guest, seen, wholeGrant]) {
      for (const device of ["lamp", "meter", "door"]) {
        for (const name of ["on", "colour", "ring"]) {
          expect(maySet(grant, device, name)).toBe(code(grant, device, set(name)) === undefined);
          const action = { kind: "action", name, value: null } as const;
          expect(mayInvoke(grant, device, name)).toBe(code(grant, device, action) === undefined);
        }
      }
    }
  });

  it("lets only who controls all of a device arrange it for everybody", () => {
    expect(mayArrange(wholeGrant, "lamp")).toBe(true);
    expect([mayArrange(guest, "lamp"), mayArrange(guest, "meter"), mayArrange(guest, "door")]).toEqual([
      ...[false, false, false],
    ]);
    expect(mayArrange(parseGrant({ devices: { lamp: { access: "control", actions: [] } } }), "lamp")).toBe(false);
  });

  it("refuses everything outside of its window", () => {
    const grant: Grant = { ...wholeGrant, window: { until: "2027-01-15T08:00:00Z" } };
    const until = Date.parse("2027-01-15T08:00:00Z");
    expect(windowRefusal(grant, until - 1)).toBeUndefined();
    expect(windowRefusal(grant, until)?.code).toBe("not-granted");
    expect(windowRefusal(wholeGrant, until)).toBeUndefined();
  });

  it("names a device for itself before what stands for all others, and no name of JavaScript's own", () => {
    const grant = parseGrant({ devices: { "*": { access: "control" }, meter: { access: "view" } } });
    expect(code(grant, "meter", set("x"))).toBe("not-granted");
    expect(code(grant, "lamp", set("x"))).toBeUndefined();
    expect(maySeeDevice(guest, "constructor")).toBe(false);
  });

  it("that is not of its form is refused with the member's name", () => {
    const bad: readonly [unknown, string][] = [
      [null, "devices"],
      [{}, "devices"],
      [{ devices: {} }, "devices"],
      [{ devices: { "Lamp!": { access: "view" } } }, "devices"],
      [{ devices: { lamp: "view" } }, "devices"],
      [{ devices: { lamp: { access: "all" } } }, "access"],
      [{ devices: { lamp: { access: "view", streams: 1 } } }, "streams"],
      [{ devices: { lamp: { access: "view", actions: "all" } } }, "actions"],
      [{ devices: { lamp: { access: "view", properties: ["a b"] } } }, "properties"],
      [{ devices: { lamp: { access: "view", more: 1 } } }, "more"],
      [{ devices: { lamp: { access: "view" } }, more: 1 }, "more"],
      [{ devices: { lamp: { access: "view" } }, window: 1 }, "window"],
    ];
    for (const [input, member] of bad) {
      expect(() => parseGrant(input), JSON.stringify(input)).toThrow(
        expect.objectContaining({ code: "value-invalid", details: expect.objectContaining({ member }) }),
      );
    }
  });
});

describe("The window of a grant", () => {
  const windowOf = (window: unknown) => parseGrant({ devices: { "*": { access: "view" } }, window }).window;
  const at = (text: string): number => Date.parse(text);

  it("is always open when there is none", () => expect(isWindowOpen(undefined, 0)).toBe(true));

  it("begins and ends at a moment", () => {
    const window = windowOf({ from: "2026-11-01T00:00:00Z", until: "2026-11-08T00:00:00+09:00" });
    expect(isWindowOpen(window, at("2026-10-31T23:59:59Z"))).toBe(false);
    expect(isWindowOpen(window, at("2026-11-01T00:00:00Z"))).toBe(true);
    expect(isWindowOpen(window, at("2026-11-07T14:59:59Z"))).toBe(true);
    expect(isWindowOpen(window, at("2026-11-07T15:00:00Z"))).toBe(false);
  });

  it("knows days and hours by the home's clock", () => {
    // 2026-11-26 is a Thursday.
    const window = windowOf({ days: [4], hours: { from: "07:00", until: "19:00" }, zone: "Asia/Tokyo" });
    expect(isWindowOpen(window, at("2026-11-25T21:59:00Z"))).toBe(false);
    expect(isWindowOpen(window, at("2026-11-25T22:00:00Z"))).toBe(true);
    expect(isWindowOpen(window, at("2026-11-26T10:00:00Z"))).toBe(false);
    expect(isWindowOpen(windowOf({ days: [5] }), at("2026-11-26T12:00:00Z"))).toBe(false);
  });

  it("may pass midnight, and then belongs to the day it began on", () => {
    const window = windowOf({ days: [7], hours: { from: "22:00", until: "06:00" } });
    expect(isWindowOpen(window, at("2026-11-29T23:00:00Z"))).toBe(true);
    expect(isWindowOpen(window, at("2026-11-30T05:59:00Z"))).toBe(true);
    expect(isWindowOpen(window, at("2026-11-30T06:00:00Z"))).toBe(false);
    expect(isWindowOpen(window, at("2026-11-30T23:00:00Z"))).toBe(false);
  });

  it("that is not of its form is refused with the member's name", () => {
    const bad: readonly [unknown, string][] = [
      [{ from: "yesterday" }, "from"],
      [{ until: 5 }, "until"],
      [{ days: [] }, "days"],
      [{ days: [0] }, "days"],
      [{ hours: { from: "7:00", until: "19:00" } }, "hours"],
      [{ hours: { from: "07:00", until: "07:00" } }, "hours"],
      [{ hours: "always" }, "hours"],
      [{ zone: "Mars/Olympus" }, "zone"],
      [{ zone: 9 }, "zone"],
      [{ often: true }, "often"],
    ];
    for (const [input, member] of bad) {
      expect(() => windowOf(input), JSON.stringify(input)).toThrow(
        expect.objectContaining({ code: "value-invalid", details: expect.objectContaining({ member }) }),
      );
    }
  });
});
