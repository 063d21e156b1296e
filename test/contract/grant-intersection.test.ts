import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  commandRefusal,
  type DeviceGrant,
  type Grant,
  intersectGrants,
  maySeeDevice,
  maySeeProperty,
  mayWatch,
  wholeGrant,
} from "../../gateway-core/contract/grant.ts";
import { type GrantWindow, intersectWindows, isWindowOpen } from "../../gateway-core/contract/grant-window.ts";

const ids = ["lamp", "door", "meter"];
const names = ["on", "open", "toString"];
const list = fc.option(fc.subarray(names), { nil: undefined });
const device: fc.Arbitrary<DeviceGrant> = fc
  .record({ access: fc.constantFrom("view", "control"), properties: list, actions: list, streams: fc.boolean() })
  .map(({ properties, actions, ...rest }) => ({
    ...rest,
    ...(properties === undefined ? {} : { properties }),
    ...(actions === undefined ? {} : { actions }),
  }));
const grant: fc.Arbitrary<Grant> = fc
  .dictionary(fc.constantFrom("*", ...ids), device, { minKeys: 1 })
  .map((devices) => ({ devices }));
const moment = fc.option(fc.integer({ min: 0, max: 20 }).map((hour) => new Date(hour * 3_600_000).toISOString()));
const span: fc.Arbitrary<GrantWindow> = fc.record({ from: moment, until: moment }).map(({ from, until }) => ({
  ...(from === null ? {} : { from }),
  ...(until === null ? {} : { until }),
}));

describe("What two grants have in common", () => {
  it("is what both let be seen, done and watched, and nothing else", () => {
    fc.assert(
      fc.property(grant, grant, (a, b) => {
        const both = intersectGrants(a, b);
        const agree = (ask: (grant: Grant) => boolean, what: string) => expect(ask(both), what).toBe(ask(a) && ask(b));
        for (const id of ids) {
          agree((one) => maySeeDevice(one, id), id);
          agree((one) => mayWatch(one, id), id);
          for (const name of names) {
            agree((one) => maySeeProperty(one, id, name), `${id} ${name}`);
            for (const kind of ["property", "action"] as const) {
              agree((one) => commandRefusal(one, id, { kind, name, value: 1 }) === undefined, `${kind} ${id} ${name}`);
            }
          }
        }
      }),
    );
  });

  it("is the other one when one is the whole", () => {
    fc.assert(
      fc.property(grant, (one) => {
        const both = intersectGrants(wholeGrant, one);
        for (const id of ids) expect(maySeeDevice(both, id)).toBe(maySeeDevice(one, id));
      }),
    );
    expect(intersectGrants(wholeGrant, wholeGrant)).toEqual(wholeGrant);
  });

  it("may be nothing", () => {
    const only = (id: string): Grant => ({ devices: { [id]: { access: "view" } } });
    expect(intersectGrants(only("lamp"), only("door"))).toEqual({ devices: {} });
  });

  it("is open when both are", () => {
    const week = { days: [4], hours: { from: "03:00", until: "09:00" }, zone: "UTC" };
    fc.assert(
      fc.property(span, span, fc.boolean(), (a, b, isWeekly) => {
        const weekly = isWeekly ? { ...a, ...week } : a;
        for (const [one, other] of [
          [weekly, b],
          [b, weekly],
          [weekly, undefined],
        ] as const) {
          const both = intersectWindows(one, other);
          for (let hour = 0; hour < 24; hour++) {
            const now = hour * 3_600_000;
            expect(isWindowOpen(both, now)).toBe(isWindowOpen(one, now) && isWindowOpen(other, now));
          }
        }
      }),
      { numRuns: 30 },
    );
    expect(() => intersectWindows(week, week)).toThrow(expect.objectContaining({ code: "value-invalid" }));
  });
});
