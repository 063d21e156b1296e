import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, loggedIn } from "./browser.ts";
import { bothWays, type Home, startHome, until } from "./home.ts";
import { type HomeDevice, untilFurnished } from "./home-states.ts";
import { subscribe } from "./mosquitto.ts";
import { type Panel, panel } from "./panel.ts";

describe.each(bothWays)("A home %s", (_how, args) => {
  let home: Home;
  let browser: Browser;
  let page: Page;
  let devices: Readonly<Record<string, HomeDevice>>;
  let switches: Panel;

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHome(args), launch()]);
    devices = await untilFurnished(home.addresses.lan);
    switches = panel(home.addresses.panel);
    await switches.set("0290", "80", "31");
    page = await loggedIn(browser, home);
  });
  afterAll(async () => {
    await browser?.close();
    await home?.[Symbol.asyncDispose]();
  });

  it("obeys a tap through the access broker: the device, the page and the retained topic say on", async () => {
    const light = devices["light"]?.id ?? "";
    const tile = page.locator(`[data-device="${light}"]`);
    const toggle = tile.getByRole("switch");
    await expect.poll(() => toggle.getAttribute("aria-checked"), { timeout: 10_000 }).toBe("false");
    await toggle.click();
    await until(async () => (await switches.read("0290", "80")) === "30", 5_000, "the lamp's own state");
    await expect.poll(() => toggle.getAttribute("aria-checked"), { timeout: 10_000 }).toBe("true");
    using retained = subscribe(home.addresses.mqtt, `home/devices/${light}/properties/power`);
    await retained.see(/power$/, (payload) => payload === "true");
    expect(retained.messages[0]?.isRetained).toBe(true);
  });

  it("shows what is switched at the device itself, without a reload", async () => {
    const light = devices["light"]?.id ?? "";
    const toggle = page.locator(`[data-device="${light}"]`).getByRole("switch");
    await page.evaluate(() => {
      document.body.dataset["same"] = "document";
    });
    await switches.set("0290", "80", "31");
    await expect.poll(() => toggle.getAttribute("aria-checked"), { timeout: 10_000 }).toBe("false");
    await switches.set("0290", "80", "30");
    await expect.poll(() => toggle.getAttribute("aria-checked"), { timeout: 10_000 }).toBe("true");
    expect(await page.evaluate(() => document.body.dataset["same"])).toBe("document");
  });

  it("has no violation of its own content security policy", async () => {
    const said: string[] = [];
    page.on("console", (message) => message.type() === "error" && said.push(message.text()));
    await page.reload();
    const light = devices["light"]?.id ?? "";
    const live = page.locator(`[data-device="${light}"]`).getByRole("switch");
    await expect.poll(() => live.getAttribute("aria-checked")).toBe("true");
    await live.click();
    await expect.poll(() => live.getAttribute("aria-checked")).toBe("false");
    expect(said).toEqual([]);
  });
});
