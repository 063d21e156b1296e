import { describe, expect, it } from "vitest";
import { wholeHome } from "../fakes/page-home.ts";
import { until } from "../until.ts";
import { useTimedHome } from "./timed-home.ts";

const at = useTimedHome();

/** The next step through the history. */
const traveled = (): Promise<void> =>
  new Promise((resolve) => window.addEventListener("popstate", () => resolve(), { once: true }));

describe("The sheet", () => {
  const openSheet = async (title: string) => {
    at.open.tile(title).querySelector("a")?.click();
    await at.open.settled();
    const dialog = at.open.home.querySelector("dialog");
    if (dialog === null) throw new Error("no sheet");
    return dialog;
  };

  it("opens from the tile with everything of the device, and closes", async () => {
    await at.start();
    const dialog = await openSheet("Air conditioner");
    const back = traveled();
    expect(dialog.open).toBe(true);
    const rows = [...dialog.querySelectorAll(".row-name")].map((row) => row.textContent);
    expect(rows).toEqual(
      expect.arrayContaining(["Power", "Mode", "Fan", "On timer: time", "Ventilation strength", "Place"]),
    );
    at.open.button("Close").click();
    await until(() => expect(at.open.home.querySelector("dialog")).toBeNull());
    await back;
  });

  it("stays while a gateway that was begun anew has yet to find its device, and closes when that went", async () => {
    const { gateway, settled } = await at.start();
    const dialog = await openSheet("Air conditioner");
    const sheet = (): Element | null => at.open.home.querySelector("dialog");
    const devices = wholeHome();
    gateway.live.receive({ type: "snapshot", devices: devices.filter(({ id }) => id !== "cooler") });
    await settled();
    expect([sheet(), dialog.open, dialog.hasAttribute("data-silent")]).toEqual([dialog, true, true]);
    gateway.live.receive({ type: "snapshot", devices });
    await settled();
    expect([sheet(), dialog.open]).toEqual([dialog, true]);
    const back = traveled();
    gateway.live.receive({ type: "gone", device: "cooler" });
    await until(() => expect(sheet()).toBeNull());
    await back;
  });

  it("chooses by radio, list and clock, and sets a word in a number's place", async () => {
    const { gateway, settled, button } = await at.start();
    const dialog = await openSheet("Air conditioner");
    const heat = [...dialog.querySelectorAll("label")].find((label) => label.textContent === "Heating");
    heat?.querySelector("input")?.click();
    const list = dialog.querySelector<HTMLSelectElement>("select[aria-label$=Fan]");
    if (list === null) throw new Error("no list");
    list.value = "2";
    list.dispatchEvent(new Event("change"));
    const clock = dialog.querySelector<HTMLInputElement>("input[type=time]");
    if (clock === null) throw new Error("no clock");
    clock.value = "07:15";
    clock.dispatchEvent(new Event("change"));
    expect(button("Automatic", dialog).ariaPressed).toBe("true");
    button("Automatic", dialog).click();
    await settled();
    expect(gateway.asked.map(({ path, body }) => [path.split("/").at(-1), body])).toEqual([
      ["mode", "heat"],
      ["fanMode", "low"],
      ["timeOfOnTimer", "07:15"],
      ["ventilationAirFlowLevel", "auto"],
    ]);
  });

  it("closes when its device goes, and leaves nothing in the history", async () => {
    const { gateway, settled, home } = await at.start();
    await openSheet("Light");
    const back = traveled();
    gateway.live.receive({ type: "gone", device: "lamp" });
    await settled();
    expect(home.querySelector("dialog")).toBeNull();
    await back;
    expect(history.state).toBeNull();
  });

  it("is a step in the history: back closes it and gives the focus back, forward opens it again", async () => {
    const { settled, home, tile } = await at.start();
    const before = history.length;
    tile("Light").querySelector("a")?.focus();
    await openSheet("Light");
    expect(history.state).toEqual({ opened: "lamp" });
    const back = traveled();
    history.back();
    await back;
    await settled();
    expect(home.isConnected).toBe(true);
    expect(home.querySelector("dialog")).toBeNull();
    expect(document.activeElement).toBe(tile("Light").querySelector("a"));
    const forward = traveled();
    history.forward();
    await forward;
    await settled();
    expect(home.querySelector("dialog")?.open).toBe(true);
    expect(history.length).toBeLessThanOrEqual(before + 1);
  });

  it("stays open when the word that the one before it is closed comes late", async () => {
    const { settled, home } = await at.start();
    const former = await openSheet("Light");
    const back = traveled();
    history.back();
    await back;
    await settled();
    await openSheet("Light");
    former.dispatchEvent(new Event("close"));
    await settled();
    expect(home.querySelector("dialog")?.open).toBe(true);
  });

  it.each([
    ["its button", () => at.open.button("Close").click()],
    ["Escape", () => at.open.home.querySelector("dialog")?.requestClose()],
    ["a click beside it", () => at.open.home.querySelector("dialog")?.click()],
  ])("closed by %s leaves no stale step in the history", async (_, close) => {
    const { home } = await at.start();
    await openSheet("Light");
    const back = traveled();
    close();
    await back;
    await at.open.settled();
    expect(history.state).toBeNull();
    expect(home.querySelector("dialog")).toBeNull();
  });

  it("is open again after the page was loaded anew, and closes as ever", async () => {
    history.pushState({ opened: "lamp" }, "");
    const { home, settled } = await at.start();
    expect(home.querySelector("dialog")?.open).toBe(true);
    const back = traveled();
    at.open.button("Close").click();
    await back;
    await settled();
    expect(home.querySelector("dialog")).toBeNull();
    expect(history.state).toBeNull();
  });
});
