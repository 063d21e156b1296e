import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import meter from "../../device-descriptors/echonet/0288.json" with { type: "json" };
import { columnsOf, withValue } from "../../ui/history-series.ts";
import { lamp, narrowed, sensor } from "../fakes/page-home.ts";
import { frame } from "./open-home.ts";
import { useTimedHome } from "./timed-home.ts";

const at = useTimedHome();
const hourMs = 3_600_000;
const energy = "normalDirectionCumulativeElectricEnergy";
const home = () => [lamp(), sensor(), narrowed(meter, "meter", { [energy]: 100, instantaneousElectricPower: 480 })];

/** A busy machine is slow to fetch the chart, not wrong. */
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000 });

/** What the gateway would answer to a question for a history: hours that get warmer, or cost ever more. */
function answerTo(url: URL): object {
  const from = Number(url.searchParams.get("from"));
  const to = Number(url.searchParams.get("to"));
  const step = { unit: "hour", count: 1 };
  const hours = Array.from({ length: 24 }, (_, hour) => from + hour * hourMs);
  if (url.pathname.endsWith(energy)) return { from, to, step, kind: "total", points: hours.map((hour) => [hour, 0.5]) };
  return {
    from,
    to,
    step,
    kind: "measured",
    points: hours.map((hour, index) => [hour, 10 + index, 9 + index, 11 + index]),
  };
}

describe("The history in a sheet", () => {
  const openSheet = async (title: string): Promise<HTMLDialogElement> => {
    at.open.tile(title).querySelector("a")?.click();
    await at.open.settled();
    const dialog = at.open.home.querySelector("dialog");
    if (dialog === null) throw new Error("no sheet");
    return dialog;
  };
  const start = async (language = "en") => {
    const open = await at.start(home(), language);
    open.gateway.history = answerTo;
    return open;
  };
  const drawn = (dialog: HTMLElement) => until(() => expect(dialog.querySelector("canvas")).not.toBeNull());
  const reading = (dialog: HTMLElement) => dialog.querySelector(".history-reading")?.textContent;
  const chart = (dialog: HTMLElement): HTMLElement => {
    const found = dialog.querySelector<HTMLElement>(".chart");
    if (found === null) throw new Error("no chart");
    return found;
  };

  it("is drawn, said in a sentence, and goes on with what the device tells", async () => {
    await start();
    const dialog = await openSheet("Thermometer");
    await drawn(dialog);
    expect(reading(dialog)).toBe("Lowest 9.0°C · Highest 34.0°C");
    expect(chart(dialog).ariaLabel).toMatch(
      /^Temperature, last 24 hours: lowest 9\.0°C at .*, highest 34\.0°C at .*, last 33\.0°C\./,
    );
    at.report("sensor", "temperature", 41.5);
    await at.open.settled();
    expect(reading(dialog)).toBe("Lowest 9.0°C · Highest 41.5°C");
  });

  it("is read by keys, step by step", async () => {
    await start();
    const dialog = await openSheet("Thermometer");
    await drawn(dialog);
    chart(dialog).focus();
    const press = async (key: string): Promise<string | null | undefined> => {
      chart(dialog).dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true, bubbles: true }));
      await at.open.settled();
      return dialog.querySelector("[aria-live]")?.textContent;
    };
    expect(await press("End")).toMatch(/ · 33\.0°C$/);
    expect(await press("ArrowLeft")).toMatch(/ · 32\.0°C$/);
    expect(await press("Home")).toMatch(/ · 10\.0°C$/);
    expect(await press("ArrowLeft")).toMatch(/ · 10\.0°C$/);
  });

  it("has bars and a sum of what a counter rose, of any range, and all of it as a table", async () => {
    const { gateway, settled } = await start();
    const dialog = await openSheet("Smart electricity meter");
    await drawn(dialog);
    const choice = dialog.querySelector<HTMLSelectElement>(".history select");
    if (choice === null) throw new Error("no choice");
    choice.value = energy;
    choice.dispatchEvent(new Event("change"));
    await until(() => expect(reading(dialog)).toBe("Total 12.00\u202fkWh"));
    dialog.querySelectorAll<HTMLInputElement>(".history [type=radio]")[2]?.click();
    await until(() => expect(gateway.histories.at(-1)?.searchParams.get("points")).toBe("30"));
    dialog.querySelector("summary")?.click();
    await until(() => expect(dialog.querySelectorAll("tbody tr")).toHaveLength(24));
    expect(dialog.querySelector("tfoot")?.textContent).toMatch(/Total\s*12\.00\u202fkWh/);
    await settled();
    document.title = "test";
    vi.useRealTimers();
    const { violations } = await axe.run(dialog);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  });

  it("says in the person's language that there is nothing yet, and is not there where none is kept", async () => {
    const { gateway, settled } = await start("ja");
    gateway.history = (url) => ({ ...answerTo(url), points: [] });
    const dialog = await openSheet("温度センサー");
    await until(() => expect(chart(dialog).textContent).toContain("まだありません"));
    gateway.history = () => Response.json({ code: "history-off", reason: "settings" }, { status: 503 });
    dialog.querySelectorAll<HTMLInputElement>(".history [type=radio]")[1]?.click();
    await until(() => expect(dialog.querySelector(".history")).toBeNull());
    await settled();
  });

  it("is not fetched for a device that has none", async () => {
    const { gateway } = await start();
    const dialog = await openSheet("Light");
    expect(dialog.querySelector("gk-history")).toBeNull();
    expect(gateway.histories).toEqual([]);
  });
});

describe("What the chart draws", () => {
  const step = { unit: "hour", count: 1 } as const;

  it("breaks where nothing is known", () => {
    const points = [0, 1, 4].map((hour) => [hour * hourMs, hour, hour, hour] as const);
    const [x, mean] = columnsOf({ kind: "measured", from: 0, to: 5 * hourMs, step, points });
    expect(x).toEqual([0, 3_600, 3_601, 14_400]);
    expect(mean).toEqual([0, 1, null, 4]);
  });

  it("goes on with what is told: a curve by the value, the last bar by what the counter rose", () => {
    const measured = { kind: "measured", from: 0, to: hourMs, step, points: [[0, 1, 1, 1]] } as const;
    expect(withValue(measured, 3, 1, 2 * hourMs).points).toEqual([
      [0, 1, 1, 1],
      [2 * hourMs, 3, 3, 3],
    ]);
    const total = {
      kind: "total",
      from: 0,
      to: hourMs,
      step,
      points: [
        [0, 1],
        [hourMs, 2],
      ],
    } as const;
    expect(withValue(total, 100.5, 100, 1.5 * hourMs).points).toEqual([
      [0, 1],
      [hourMs, 2.5],
    ]);
    expect(withValue(total, 3, 100, 1.5 * hourMs)).toBe(total);
    expect(withValue(total, 101, 100, 4 * hourMs)).toBe(total);
  });
});

describe("The line in a tile", () => {
  it("stays as the gateway printed it, and is drawn anew after some minutes", async () => {
    const line = (d: string) => `<svg class="spark"><path class="measured" d="${d}"/></svg>`;
    const printed = `<article class="tile" data-device="sensor">${line("M0 0L9 9")}</article>`;
    const main = `<section class="place" data-place="room"><h2 class="unseen">Devices</h2><ul class="tiles"><li>${printed}</li></ul></section>`;
    const { gateway, tile } = await at.start(home(), "en", frame({ main }));
    const path = () => tile("Thermometer").querySelector(".spark path")?.getAttribute("d");
    await until(() => expect(path()).toBe("M0 0L9 9"));
    gateway.trends = { sensor: { kind: "measured", line: "M0 9L9 0" }, meter: { kind: "total", line: "M1 1h1z" } };
    await at.pass(10 * 60_000);
    await until(() => expect(path()).toBe("M0 9L9 0"));
    expect(tile("Smart electricity meter").querySelector(".spark .total")).not.toBeNull();
    expect(tile("Light").querySelector(".spark")).toBeNull();
  });
});
