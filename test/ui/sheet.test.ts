import { describe, expect, it, vi } from "vitest";
import { useTimedHome } from "./timed-home.ts";

const at = useTimedHome();

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
    expect(dialog.open).toBe(true);
    const rows = [...dialog.querySelectorAll(".row-name")].map((row) => row.textContent);
    expect(rows).toEqual(
      expect.arrayContaining(["Power", "Mode", "Fan", "On timer: time", "Ventilation strength", "Place"]),
    );
    at.open.button("Close").click();
    await vi.waitFor(() => expect(at.open.home.querySelector("dialog")).toBeNull());
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

  it("closes when its device goes", async () => {
    const { gateway, settled, home } = await at.start();
    await openSheet("Light");
    gateway.live.receive({ type: "gone", device: "lamp" });
    await settled();
    expect(home.querySelector("dialog")).toBeNull();
  });
});
