import { describe, expect, it } from "vitest";
import type { PageEvent } from "../../gateway-core/contract/page.ts";
import {
  applyPageEvent,
  emptyPage,
  keepPageEvent,
  keptPage,
  pageSnapshot,
} from "../../gateway-core/contract/page-state.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { lamp, sensor } from "../fakes/page-home.ts";

const [light, thermometer] = [buildPageDevice(lamp()), buildPageDevice(sensor())];
const stamp = { epoch: "e", seq: 2 };
const start = applyPageEvent(emptyPage, { type: "snapshot", epoch: "e", seq: 1, isLive: true, devices: [light] });

describe("The state of the page", () => {
  it("is replaced by a snapshot and told again as one", () => {
    expect(pageSnapshot(start)).toEqual({ type: "snapshot", epoch: "e", seq: 1, isLive: true, devices: [light] });
  });

  it("takes devices in and lets them go", () => {
    const both = applyPageEvent(start, { ...stamp, type: "found", device: thermometer });
    expect([...both.devices.keys()]).toEqual(["lamp", "sensor"]);
    const one = applyPageEvent(both, { ...stamp, seq: 3, type: "gone", device: "lamp" });
    expect([...one.devices.keys()]).toEqual(["sensor"]);
    expect([...both.devices.keys()]).toHaveLength(2);
  });

  it("follows changes, availability and liveness, and leaves other devices as they are", () => {
    const changed = applyPageEvent(start, {
      ...stamp,
      type: "change",
      device: "lamp",
      property: "power",
      value: false,
      at: 5,
    });
    expect(changed.devices.get("lamp")?.values["power"]).toEqual({ value: false, at: 5 });
    const away = applyPageEvent(changed, { ...stamp, type: "availability", device: "lamp", available: false, at: 6 });
    expect(away.devices.get("lamp")).toMatchObject({ available: false, availabilityAt: 6 });
    expect(applyPageEvent(away, { ...stamp, seq: 4, type: "live", isLive: false })).toMatchObject({
      isLive: false,
      seq: 4,
    });
  });

  it("is not changed by news of a device that is not there", () => {
    const same = applyPageEvent(start, { ...stamp, type: "change", device: "x", property: "y", value: 1, at: 1 });
    expect(same).toEqual({ ...start, seq: 2 });
  });

  it("of one keeper comes to the same, with its devices changed in place", () => {
    const events: PageEvent[] = [
      { ...stamp, type: "snapshot", isLive: true, devices: [light] },
      { ...stamp, type: "found", device: thermometer },
      { ...stamp, type: "change", device: "lamp", property: "power", value: false, at: 5 },
      { ...stamp, type: "availability", device: "sensor", available: false, at: 6 },
      { ...stamp, type: "gone", device: "lamp" },
      { ...stamp, type: "live", isLive: false },
    ];
    const kept = events.reduce(keepPageEvent, keptPage("e"));
    expect(kept).toEqual(events.reduce(applyPageEvent, emptyPage));
    expect(keepPageEvent(kept, { ...stamp, type: "found", device: light }).devices).toBe(kept.devices);
    expect(keptPage().devices).not.toBe(keptPage().devices);
  });
});
