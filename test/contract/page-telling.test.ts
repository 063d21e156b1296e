import { describe, expect, it } from "vitest";
import { heardDevices, tellDevices } from "../../gateway-core/contract/page-telling.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { furnishedHome } from "../fakes/furnished-home.ts";

const home = furnishedHome(100).map(buildPageDevice);

describe("A snapshot as it is told", () => {
  it("is the devices again, to the last word", () => {
    expect(heardDevices(JSON.parse(JSON.stringify(tellDevices(home))))).toEqual(home);
  });

  it("says once what devices of one model share", () => {
    const { devices, screens, widgets } = tellDevices(home);
    expect(devices).toHaveLength(100);
    expect(screens.length).toBeLessThanOrEqual(50);
    expect(new Set(widgets.map((widget) => JSON.stringify(widget))).size).toBe(widgets.length);
    const told = JSON.stringify(tellDevices(home)).length;
    expect(told).toBeLessThan(JSON.stringify(home).length / 3);
  });

  it("keeps devices of one model on one screen in the browser's memory too", () => {
    const [one, again] = heardDevices(tellDevices([home[0], home[0]].flatMap((device) => device ?? [])));
    expect(again?.widgets).toBe(one?.widgets);
  });

  it("leaves out a device whose screen was not told, and a widget that was not", () => {
    const { devices, screens, widgets } = tellDevices(home.slice(0, 2));
    expect(heardDevices({ devices, screens: screens.slice(0, 1), widgets })).toHaveLength(1);
    expect(heardDevices({ devices, screens, widgets: [] }).map((device) => device.widgets)).toEqual([{}, {}]);
  });
});
