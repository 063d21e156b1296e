import { describe, expect, it } from "vitest";
import meter from "../../device-descriptors/echonet/0288.json" with { type: "json" };
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { DeviceGrant } from "../../gateway-core/contract/grant.ts";
import type { History, HistoryQuery } from "../../gateway-core/contract/history.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import { cooler, lamp, narrowed, sensor } from "../fakes/page-home.ts";
import { local, openPage } from "./open-page.ts";

const hourMs = 3_600_000;
const energy = "normalDirectionCumulativeElectricEnergy";
const power = "instantaneousElectricPower";
const home = () => [cooler(), lamp(), sensor(), narrowed(meter, "meter", { [power]: 480, [energy]: 1_234.5 })];

/** A day that gets warmer by a tenth each hour; a meter that counts a quarter of a kilowatt hour each. */
function kept(): History & { readonly asked: HistoryQuery[] } {
  const asked: HistoryQuery[] = [];
  return {
    asked,
    read(query) {
      asked.push(query);
      const { from, to, property } = query;
      const hours = Array.from({ length: 24 }, (_, hour) => from + hour * hourMs);
      const step = { unit: "hour", count: 1 } as const;
      if (property === energy) {
        return { from, to, step, kind: "total", points: hours.map((at) => [at, 0.25] as const) };
      }
      const points = hours.map((at, hour) => [at, 20 + hour / 10, 19.5, 23] as const);
      return { from, to, step, kind: "measured", points };
    },
  };
}
const openKept = () => {
  const history = kept();
  return { history, ...openPage(home(), "/nowhere", undefined, undefined, history) };
};
const only = (device: string, grant: DeviceGrant): Viewer => ({ ...local, grant: { devices: { [device]: grant } } });

describe("The history over HTTP", () => {
  it("is asked for by device, property and range", async () => {
    const { ask, history, host } = openKept();
    const response = await ask(
      "/api/devices/sensor/history/temperature?from=1000&to=90000000&points=24&zone=Asia/Tokyo",
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ kind: "measured", step: { unit: "hour", count: 1 }, from: 1_000 });
    await ask("/api/devices/sensor/history/temperature");
    const now = host.clock.now();
    expect(history.asked).toEqual([
      { device: "sensor", property: "temperature", from: 1_000, to: 90_000_000, points: 24, zone: "Asia/Tokyo" },
      { device: "sensor", property: "temperature", from: now - 24 * hourMs, to: now, points: 300 },
    ]);
  });

  it.each([
    "from=x",
    "from=-1",
    "to=1&from=2",
    "points=1",
    "points=1001",
    "points=",
    "to=99999999999999",
    `zone=${"a".repeat(65)}`,
  ])("is refused for %s, which is no range", async (query) => {
    const { ask, history } = openKept();
    const response = await ask(`/api/devices/sensor/history/temperature?${query}`);
    expect([response.status, (await response.json()).code]).toEqual([422, "value-invalid"]);
    expect(history.asked).toEqual([]);
  });

  it("is not there of what has none, and of what is not there", async () => {
    const { ask } = openKept();
    for (const [path, code] of [
      ["lamp/history/power", "unknown-property"],
      ["sensor/history/__proto__", "unknown-property"],
      ["nobody/history/temperature", "unknown-device"],
    ]) {
      expect(await (await ask(`/api/devices/${path}`)).json()).toMatchObject({ code });
    }
  });

  it("is told to who may see the property, and to nobody else", async () => {
    const { ask } = openKept();
    const path = `/api/devices/meter/history/${energy}`;
    const codeFor = async (viewer: Viewer) => (await (await ask(path, {}, viewer)).json()).code;
    expect(await codeFor(only("meter", { access: "view" }))).toBeUndefined();
    expect(await codeFor(only("meter", { access: "view", properties: [power] }))).toBe("unknown-property");
    expect(await codeFor(only("lamp", { access: "control" }))).toBe("unknown-device");
    const trends = await (await ask("/api/trends", {}, only("sensor", { access: "view" }))).json();
    expect(Object.keys(trends)).toEqual(["sensor"]);
  });

  it("is off, with the reason, where none is kept", async () => {
    const { ask } = openPage(home());
    const response = await ask("/api/devices/sensor/history/temperature");
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ code: "history-off", reason: "settings" }),
    ]);
    expect(await (await ask("/api/trends")).json()).toEqual({});
  });
});

describe("The page without script", () => {
  it("draws how the value of a tile went, where the tile has room for it", async () => {
    const { ask } = openKept();
    const page = await (await ask("/")).text();
    const drawn = [
      ...page.matchAll(/data-device="([a-z]+)"(?:(?!<\/article>).)*?<path class="(measured|total)" d="M0 /gs),
    ];
    expect(drawn.map(([, device, kind]) => [device, kind])).toEqual([
      ["meter", "measured"],
      ["sensor", "measured"],
    ]);
    expect(await (await openPage(home()).ask("/")).text()).not.toContain('class="spark"');
  });

  it("has the history of a device as a table, of any property and range", async () => {
    const { ask } = openKept();
    const page = await (await ask(`/devices/meter?history=${energy}&range=month`)).text();
    expect(page).toContain("<caption>Energy bought</caption>");
    expect(page).toMatch(/<th scope="row">Total<\/th><td>6[.0]*\u202fkWh<\/td>/);
    expect(page.match(/<tbody>.*<\/tbody>/s)?.[0].match(/<tr>/g)).toHaveLength(24);
    expect(page).toMatch(/range=month#history" aria-current="true">Month</);
    const japanese = await (await ask("/devices/sensor", { headers: { "accept-language": "ja" } })).text();
    expect(japanese).toContain('<th scope="col">平均</th>');
    expect(japanese).toContain("過去24時間：最低 19.5°C");
  });

  it("is whole where none is kept", async () => {
    const page = await openPage(home()).ask("/devices/sensor");
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain('id="history"');
  });
});

describe("A history that fails", () => {
  it("takes nothing from the page", async () => {
    const history: History = {
      read() {
        throw new HomeError("history-off", "the disk is full", { reason: "full" });
      },
    };
    const { ask } = openPage(home(), "/nowhere", undefined, undefined, history);
    for (const path of ["/", "/devices/sensor", "/api/trends"]) expect((await ask(path)).status).toBe(200);
  });
});
