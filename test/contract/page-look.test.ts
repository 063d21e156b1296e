import { describe, expect, it } from "vitest";
import thermometer from "../../device-descriptors/echonet/0011.json" with { type: "json" };
import type { Appearance } from "../../gateway-core/contract/appearance.ts";
import type { PageDevice } from "../../gateway-core/contract/page.ts";
import {
  accentOf,
  iconOf,
  levelOf,
  placesOf,
  tileControlOf,
  withTileControl,
} from "../../gateway-core/contract/page-look.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { cooler, lamp, narrowed, reportedAt, sensor, tank } from "../fakes/page-home.ts";

const at = reportedAt;

describe("The accent", () => {
  it("is the kind's while the device is on, the mode's where it has one", () => {
    expect(accentOf(buildPageDevice(lamp()))).toBe("light");
    expect(accentOf(buildPageDevice(cooler()))).toBe("cool");
    const heating = cooler({ values: { ...cooler().values, mode: { value: "heat", at } } });
    expect(accentOf(buildPageDevice(heating))).toBe("heat");
    expect(accentOf(buildPageDevice(sensor()))).toBe("air");
  });

  it("is neutral when the device is off, silent or not known", () => {
    const off = lamp({ values: { power: { value: false, at } } });
    expect(accentOf(buildPageDevice(off))).toBe("neutral");
    expect(accentOf(buildPageDevice(lamp({ available: false })))).toBe("neutral");
    expect(accentOf(buildPageDevice(lamp({ values: {} })))).toBe("neutral");
  });
});

describe("The level", () => {
  it("is what remains of what there can be, between empty and full", () => {
    expect(levelOf(buildPageDevice(tank()))).toBeCloseTo(320 / 460);
    const over = tank({ values: { remainingWater: { value: 900, at }, tankCapacity: { value: 460, at } } });
    expect(levelOf(buildPageDevice(over))).toBe(1);
  });

  it("is not told of a device that knows only one of them", () => {
    expect(levelOf(buildPageDevice(lamp()))).toBeUndefined();
    expect(levelOf(buildPageDevice(tank({ values: { remainingWater: { value: 1, at } } })))).toBeUndefined();
  });
});

describe("The places of the page", () => {
  const english = speechOf("en");
  const dressed = (id: string, appearance: Appearance, room: string | null = null) => ({
    ...buildPageDevice(lamp({ id, appearance, room: appearance.room ?? room })),
  });
  const told = (...devices: PageDevice[]) =>
    placesOf(devices, english).map(({ of, title, devices: inside }) => [of, title, inside.map(({ id }) => id).join()]);

  it("are favourites first and what is hidden last, each device in one of them", () => {
    expect(
      told(
        dressed("a", { isHidden: true }, "Study"),
        dressed("b", { room: "Study" }),
        dressed("c", { isFavourite: true }, "Study"),
        dressed("d", { isFavourite: true, isHidden: true }),
        dressed("e", {}),
      ),
    ).toEqual([
      ["favourites", "Favourites", "c"],
      ["room", "Study", "b"],
      ["room", "Elsewhere", "e"],
      ["hidden", "Hidden", "a,d"],
    ]);
  });

  it("have devices in the order that people chose, then the others by kind", () => {
    const devices = [
      dressed("a", {}),
      dressed("b", { order: 2 }),
      dressed("c", { order: 1 }),
      buildPageDevice(sensor()),
    ];
    expect(told(...devices)).toEqual([["room", null, "c,b,a,sensor"]]);
  });

  it("take a room that was written in the device's own words, in either language, for that very room", () => {
    const written = buildPageDevice(cooler({ id: "written", room: "リビング", appearance: { room: "リビング" } }));
    expect(told(buildPageDevice(cooler()), written)).toEqual([["room", "Living room", "cooler,written"]]);
  });

  it("draw a device as people chose", () => {
    expect(iconOf(dressed("a", { icon: "sensor" }))).toBe("sensor");
    expect(iconOf(buildPageDevice(lamp()))).toBe("light");
  });
});

describe("The control of a tile", () => {
  const withControl = (control: string) => {
    const device = buildPageDevice(cooler());
    return { ...device, tile: { ...device.tile, control } };
  };

  it("is a list where there is more to choose than stands side by side, and stays what it is in the sheet", () => {
    const device = withControl("mode");
    const before = device.widgets["mode"];
    expect(before?.widget).toBe("buttons");
    expect(withTileControl(device).widgets["mode"]).toEqual({ ...before, widget: "select" });
    expect(device.widgets["mode"]).toBe(before);
  });

  it("is as it is when it is a number, or nothing", () => {
    for (const control of ["targetTemperature", "nothing"]) {
      const device = withControl(control);
      expect(withTileControl(device)).toBe(device);
    }
  });

  it("is the number alone where words may stand in its place: those are set in the sheet", () => {
    const whole = buildPageDevice(tank());
    const device = { ...whole, tile: { ...whole.tile, control: "heatingStopDays" } };
    const drawn = withTileControl(device).widgets["heatingStopDays"];
    if (drawn === undefined || !("words" in drawn)) return expect.unreachable();
    expect(drawn.words.length).toBeGreaterThan(0);
    expect(drawn.words.every(({ readOnly }) => readOnly === true)).toBe(true);
  });

  it("is the tile's figure where it is its value, alone where there is no other, and else has its name", () => {
    const stands = (value: string | undefined, control: string) => {
      const { tile, ...device } = buildPageDevice(cooler());
      return tileControlOf({
        ...device,
        tile: { state: tile.state, control, ...(value === undefined ? {} : { value }) },
      });
    };
    expect(stands("targetTemperature", "targetTemperature")).toBe("figure");
    expect(stands(undefined, "targetTemperature")).toBe("alone");
    expect(stands("roomTemperature", "targetTemperature")).toBe("named");
    expect(stands(undefined, "mode")).toBe("named");
  });

  it("is side by side when there are two", () => {
    const device = withControl("mode");
    const mode = device.widgets["mode"];
    if (mode?.widget !== "buttons") throw new Error("no buttons");
    const two = { ...device, widgets: { ...device.widgets, mode: { ...mode, options: mode.options.slice(0, 2) } } };
    expect(withTileControl(two)).toBe(two);
  });
});

describe("The places of the page", () => {
  const places = (devices: ReturnType<typeof lamp>[], language = "ja") =>
    placesOf(devices.map(buildPageDevice), speechOf(language)).map(({ title, devices: inside }) => [
      title,
      inside.map(({ id }) => id),
    ]);
  const at = (room: string, id: string) => {
    const values = { ...cooler().values, installationLocation: { value: room, at: reportedAt } };
    return cooler({ id, room, values });
  };

  it("are said as the devices' own list says them, of a device without a list, too", () => {
    const written = narrowed(thermometer, "b", { temperature: 20 }, { room: "リビング" });
    expect(places([at("living", "a"), written], "en")).toEqual([["Living room", ["a", "b"]]]);
    expect(places([written], "en")).toEqual([["リビング", ["b"]]]);
  });

  it("are one without a name where no device has a place; kinds stand together", () => {
    expect(places([sensor(), lamp(), tank(), lamp({ id: "lamp-2" })])).toEqual([
      [null, ["lamp", "lamp-2", "tank", "sensor"]],
    ]);
  });

  it("are the rooms in the order of the devices' own list, in any language, and the rest at the end", () => {
    const devices = [lamp(), at("garage", "c"), at("living", "a"), at("kitchen", "b"), at("living", "d")];
    expect(places(devices)).toEqual([
      ["リビング", ["a", "d"]],
      ["キッチン", ["b"]],
      [expect.any(String), ["c"]],
      ["その他の場所", ["lamp"]],
    ]);
    expect(places(devices, "en").map(([, ids]) => ids)).toEqual(places(devices, "ja").map(([, ids]) => ids));
  });
});
