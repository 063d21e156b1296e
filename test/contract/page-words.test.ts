import { describe, expect, it } from "vitest";
import monitor from "../../device-descriptors/avc/monitor.json" with { type: "json" };
import toilet from "../../device-descriptors/echonet/026e.json" with { type: "json" };
import light from "../../device-descriptors/echonet/0290.json" with { type: "json" };
import en from "../../gateway-core/contract/page-texts/en.json" with { type: "json" };
import ja from "../../gateway-core/contract/page-texts/ja.json" with { type: "json" };
import { fill, type Speech } from "../../gateway-core/contract/page-texts.ts";
import { sayAgo, sayCounts, sayError, sayRoom, sayState, sayWhole } from "../../gateway-core/contract/page-words.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { cooler, lamp, narrowed, reportedAt, sensor, tank, wholeHome } from "../fakes/page-home.ts";

const english: Speech = { language: "en", texts: en };
const japanese: Speech = { language: "ja", texts: ja };
const minute = 60_000;

const said = (device: ReturnType<typeof lamp>, name: string, speech = english): string => {
  const page = buildPageDevice(device);
  const widget = page.widgets[name];
  if (widget === undefined) throw new Error(`no ${name}`);
  return sayWhole(widget, page.values[name]?.value, speech);
};
const off = { power: { value: false, at: reportedAt } };

describe("A number", () => {
  const watts = { widget: "text", unit: "", words: [], role: "", titles: { en: "", ja: "" } } as const;
  it("has as many decimals as its step, and its thousands apart, as both languages have it", () => {
    const numbers = [0, 7, -7, 999, 1_000, 12_345, -1_234_567, 0.5, 99.75, 1_234.5];
    for (const speech of [english, japanese]) {
      for (const step of [1, 0.1, 0.25]) {
        const said = numbers.map((value) => sayWhole({ ...watts, step }, value, speech));
        const decimals = String(step).split(".")[1]?.length ?? 0;
        const wanted = numbers.map((value) => {
          const most = Math.min(decimals, Math.abs(value) >= 100 ? 1 : 2);
          const digits = { minimumFractionDigits: most, maximumFractionDigits: most };
          return value.toLocaleString(speech.language, digits);
        });
        expect(said).toEqual(wanted);
      }
    }
  });
});

describe("The two dictionaries", () => {
  const keys = (value: object, path = ""): string[] =>
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === "object" ? keys(inner, `${path}${key}.`) : [`${path}${key}`],
    );

  it("say the same things, with the same places to fill", () => {
    expect(keys(ja)).toEqual(keys(en));
    const places = (texts: object): string[] =>
      Object.entries(texts).flatMap(([key, text]) =>
        [...String(text).matchAll(/\{\w+\}/g)].map(([place]) => key + place),
      );
    expect(places(ja)).toEqual(places(en));
    expect(places(ja.phrases)).toEqual(places(en.phrases));
  });

  it("leave what is not filled", () => {
    expect(fill("{a} and {b}", { a: 1 })).toBe("1 and {b}");
  });
});

describe("Of a device that nobody here knows", () => {
  const generic = (lookUp: "asking" | "unknown") =>
    buildPageDevice({ ...narrowed({ ...light, properties: {}, "gk:kind": "generic" }, "odd", {}), lookUp });

  it("it is said how far the search for its descriptor is", () => {
    expect(sayState(generic("asking"), english, reportedAt)).toBe("Asking the provider how to control it…");
    expect(sayState(generic("asking"), japanese, reportedAt)).toContain("問い合わせ中");
    expect(sayState(generic("unknown"), english, reportedAt)).toBe("The provider does not know it yet");
  });

  it("and before that, that it does not answer", () => {
    const away = { ...generic("asking"), available: false, availabilityAt: 0 };
    expect(sayState(away, english, reportedAt)).toBe("Not answering");
  });
});

describe("A value is said", () => {
  it("as its word, before anything else", () => {
    expect(said(cooler(), "mode")).toBe("Cooling");
    expect(said(cooler(), "mode", japanese)).toBe("冷房");
    expect(said(tank(), "heatingStopDays", japanese)).toBe("無期限");
    expect(said(tank(), "waterHeatingStatus", japanese)).toBe("沸き上げ中");
  });

  it("as a number with its unit and as many decimals as its step", () => {
    expect(said(cooler(), "targetTemperature")).toBe("26°C");
    expect(said(sensor(), "temperature")).toBe("21.5°C");
    expect(said(lamp(), "brightness")).toBe("70%");
    expect(said(tank(), "remainingWater")).toBe("320\u202fL");
  });

  it("as a step of its scale, where it has no unit and the scale is short", () => {
    const seat = narrowed(toilet, "seat", { seatTemperatureLevel: 4 });
    expect(said(seat, "seatTemperatureLevel")).toBe("4\u202f/\u202f10");
  });

  it("as a dash while it is not known", () => {
    const { values, ...rest } = lamp();
    expect(said({ ...rest, values: { ...values, brightness: { value: null, at: 0 } } }, "brightness")).toBe("–");
  });

  it("as what is the matter, for an object of flags", () => {
    expect(said(tank(), "alarmStatus", japanese)).toMatch(/^湯切れ/);
    const quiet = { alarmStatus: { value: { noHotWater: false }, at: reportedAt } };
    expect(said({ ...tank(), values: quiet }, "alarmStatus")).toBe("None");
  });
});

describe("The state line", () => {
  const state = (device: ReturnType<typeof lamp>, speech = english, now = reportedAt): string =>
    sayState(buildPageDevice(device), speech, now);

  it("says what the device does", () => {
    expect(state(cooler())).toBe("Cooling · room 27°C");
    expect(state(cooler(), japanese)).toBe("冷房 · 室温 27°C");
    expect(state(lamp())).toBe("On · 70%");
    expect(state(tank(), japanese)).toBe("自動 · 沸き上げ中");
    expect(state(sensor(), japanese)).toBe("温度");
  });

  it("says whether it is on of a device that tells nothing else", () => {
    const television = narrowed(monitor, "tv", { power: true });
    expect(state(television)).toBe("On");
    expect(state({ ...television, values: { power: { value: null, at: 0 } } })).toBe("–");
  });

  it("says off, and only what is measured, of a device that is off", () => {
    expect(state({ ...cooler(), values: { ...cooler().values, ...off } })).toBe("Off · room 27°C");
    expect(state({ ...lamp(), values: { ...lamp().values, ...off } }, japanese)).toBe("オフ");
  });

  it("says since when a device is silent", () => {
    const silent = lamp({ available: false, availabilityAt: reportedAt });
    expect(state(silent, english, reportedAt + 5 * minute)).toBe("Not answering · 5m ago");
    expect(state(silent, japanese, reportedAt + 5 * minute)).toBe("応答なし · 5分前");
    expect(state(lamp({ available: false, availabilityAt: 0 }))).toBe("Not answering");
  });
});

describe("Times, counts, places and errors are said", () => {
  it.each([
    [0.5, "just now"],
    [59, "59m ago"],
    [61, "1h ago"],
    [60 * 49, "2d ago"],
  ])("%d minutes are %s", (minutes, expected) => {
    expect(sayAgo(0, minutes * minute, english)).toBe(expected);
  });

  it("how many devices there are, and how many are silent", () => {
    const devices = wholeHome().map(buildPageDevice);
    expect(sayCounts(devices, english)).toBe("4 devices");
    expect(sayCounts(devices.slice(1, 2), english)).toBe("1 device");
    expect(sayCounts([], japanese)).toBe("");
    const silent = devices.map((device) => ({ ...device, available: false }));
    expect(sayCounts(silent, japanese)).toBe("4台の機器 · 4台が応答なし");
  });

  it("the place in the device's own words", () => {
    expect(sayRoom(buildPageDevice(cooler()), japanese)).toBe("リビング");
    expect(sayRoom(buildPageDevice(lamp()), japanese)).toBeNull();
    expect(sayRoom(buildPageDevice(lamp({ room: "attic" })), english)).toBe("attic");
  });

  it("an error by its code, any other as failed", () => {
    expect(sayError("device-silent", japanese)).toBe("応答がありません");
    expect(sayError("constructor", english)).toBe(en.errors.other);
  });
});
