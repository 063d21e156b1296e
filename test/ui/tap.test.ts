import { describe, expect, it } from "vitest";
import { cooler } from "../fakes/page-home.ts";
import { json, useTimedHome } from "./timed-home.ts";

const at = useTimedHome();

describe("A tap", () => {
  it("shows at once what is wanted, and sends it", async () => {
    const { gateway, settled } = await at.start();
    at.power().click();
    await settled();
    expect(at.power().ariaChecked).toBe("false");
    expect(gateway.asked).toMatchObject([{ method: "PUT", path: "devices/lamp/properties/power", body: false }]);
  });

  it("is confirmed by the answer, whichever comes first, answer or event", async () => {
    const { gateway, settled, tile } = await at.start();
    at.power().click();
    await at.pass(1_000);
    gateway.asked[0]?.answer(json({ value: false }));
    await settled();
    expect([at.power().ariaChecked, tile("Light").ariaBusy]).toEqual(["false", "false"]);
    at.power().click();
    await at.pass(500);
    at.report("lamp", "power", true);
    await settled();
    expect([at.power().ariaChecked, tile("Light").ariaBusy]).toEqual(["true", "false"]);
    gateway.asked[1]?.answer(json({ value: true }));
    await settled();
    expect(at.power().ariaChecked).toBe("true");
  });

  it("pulses after 0.4 s and says 'sending' after 2 s", async () => {
    const { tile } = await at.start();
    at.power().click();
    await at.pass(300);
    expect(tile("Light").ariaBusy).toBe("false");
    await at.pass(200);
    expect(tile("Light").ariaBusy).toBe("true");
    expect(at.stateOf("Light")).toBe("Off");
    await at.pass(1_600);
    expect(at.stateOf("Light")).toBe("Sending…");
  });

  it("that is answered as pending is confirmed, or refused, by the result of its id", async () => {
    const { gateway, settled } = await at.start();
    at.power().click();
    await at.pass(2_100);
    gateway.asked[0]?.answer(json({ id: "c1" }, 202));
    await settled();
    const result = { device: "lamp", request: { kind: "property", name: "power", value: false } } as const;
    gateway.live.reportResult({ ...result, id: "another", ok: false, error: { code: "device-refused", message: "" } });
    await settled();
    expect(at.stateOf("Light")).toBe("Sending…");
    gateway.live.reportResult({ ...result, id: "c1", ok: true, value: false });
    await settled();
    expect([at.stateOf("Light"), at.power().ariaChecked]).toEqual(["Off", "false"]);
  });

  it("that fails shows what the device reports, and why, and can be repeated", async () => {
    const { gateway, settled, tile, button } = await at.start();
    at.power().click();
    await settled();
    gateway.asked[0]?.answer(json({ code: "device-refused" }, 409));
    await settled();
    expect(at.power().ariaChecked).toBe("true");
    const alert = tile("Light").querySelector("[role=alert]");
    expect(alert?.textContent?.replace(/\s+/g, " ").trim()).toBe("Power: The device refused Retry");
    button("Retry").click();
    await settled();
    expect(tile("Light").querySelector("[role=alert]")).toBeNull();
    expect([at.power().ariaChecked, gateway.asked[1]?.body]).toEqual(["false", false]);
  });

  it("that nobody answers is never taken back silently", async () => {
    const { tile } = await at.start();
    at.power().click();
    await at.pass(13_100);
    expect(at.power().ariaChecked).toBe("true");
    expect(tile("Light").querySelector("[role=alert]")?.textContent).toContain("Power: No answer");
  });

  it("replaces the one before, whose answer then says nothing", async () => {
    const { gateway, settled } = await at.start();
    at.power().click();
    await settled();
    at.power().click();
    await settled();
    expect([at.power().ariaChecked, gateway.asked.map(({ body }) => body)]).toEqual(["true", [false, true]]);
    gateway.asked[0]?.answer(json({ code: "command-superseded" }, 409));
    await settled();
    gateway.asked[1]?.answer(json({ value: true }));
    await at.pass(15_000);
    expect(at.power().ariaChecked).toBe("true");
    expect(at.open.home.querySelector("[role=alert]")).toBeNull();
  });

  it("of a stepper is gathered: four quick taps are one command", async () => {
    const { gateway, settled, tile, button } = await at.start();
    for (let tap = 0; tap < 4; tap++) {
      button(/Set temperature: raise$/).click();
      await at.pass(100);
    }
    expect(tile("Air conditioner").querySelector("output")?.textContent).toBe("30°C");
    expect(gateway.asked).toEqual([]);
    await at.pass(400);
    await settled();
    expect(gateway.asked).toMatchObject([{ path: "devices/cooler/properties/targetTemperature", body: 30 }]);
  });

  it("does not step beyond the range", async () => {
    const { button } = await at.start([cooler({ values: { targetTemperature: { value: 50, at: 1 } } })]);
    expect(button(/raise$/).disabled).toBe(true);
    expect(button(/lower$/).disabled).toBe(false);
  });

  it("of a slider is sent when the hand lets go", async () => {
    const { gateway, settled, tile } = await at.start();
    const range = tile("Light").querySelector("input");
    if (range === null) throw new Error("no slider");
    range.value = "40";
    range.dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
    expect(tile("Light").querySelector("output")?.textContent).toBe("40%");
    expect(gateway.asked).toEqual([]);
    range.dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
    expect(gateway.asked).toMatchObject([{ path: "devices/lamp/properties/brightness", body: 40 }]);
    expect(at.stateOf("Light")).toBe("On · 40%");
  });
});
