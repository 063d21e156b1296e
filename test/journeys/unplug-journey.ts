/** What people see when something of a home is unplugged, and when it is back. */

import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, loggedIn } from "./browser.ts";
import { type Home, startHome } from "./home.ts";
import { type HomeDevice, untilFurnished } from "./home-states.ts";
import { type Subscription, subscribe } from "./mosquitto.ts";
import { panel } from "./panel.ts";

export function unplugJourney(how: string, args: readonly string[]): void {
  describe(`When something is unplugged from a home ${how}`, () => {
    let home: Home;
    let browser: Browser;
    let outside: Page;
    let inside: Page;
    let devices: Readonly<Record<string, HomeDevice>>;
    let topics: Subscription;
    const light = (): string => devices["light"]?.id ?? "";
    const tile = (page: Page) => page.locator(`[data-device="${light()}"]`);

    beforeAll(async () => {
      [home, browser] = await Promise.all([startHome(args), launch()]);
      devices = await untilFurnished(home.addresses.lan);
      topics = subscribe(home.addresses.mqtt, "home/#");
      outside = await loggedIn(browser, home);
      inside = await (await browser.newContext({ locale: "en" })).newPage();
      await inside.goto(home.addresses.lan);
      await tile(inside).getByRole("switch").waitFor();
    });
    afterAll(async () => {
      topics?.[Symbol.dispose]();
      await browser?.close();
      await home?.[Symbol.asyncDispose]();
    });

    it("a lost device is told in words and on its topic within 10 s, and all is back when it returns", async () => {
      await home.kill("simulatedHome");
      await topics.see(`home/devices/${light()}/availability`, (payload) => payload === "offline", 12_000);
      await expect.poll(() => tile(outside).textContent(), { timeout: 10_000 }).toMatch(/not answering/i);
      expect(await tile(outside).getByRole("switch").isDisabled()).toBe(true);
      await home.restart("simulatedHome");
      await topics.see(`home/devices/${light()}/availability`, (payload) => payload === "online", 15_000);
      await expect.poll(() => tile(outside).textContent(), { timeout: 10_000 }).not.toMatch(/not answering/i);
      const toggle = tile(outside).getByRole("switch");
      const before = await toggle.getAttribute("aria-checked");
      await toggle.click();
      const edt = before === "true" ? "31" : "30";
      await expect.poll(() => panel(home.addresses.panel).read("0290", "80"), { timeout: 10_000 }).toBe(edt);
    });

    it("without its access broker the home's own page goes on, and the link is made again by itself", async () => {
      await home.kill("accessBroker");
      const toggle = tile(inside).getByRole("switch");
      const before = await toggle.getAttribute("aria-checked");
      await toggle.click();
      await expect
        .poll(() => toggle.getAttribute("aria-checked"), { timeout: 10_000 })
        .toBe(before === "true" ? "false" : "true");
      await home.restart("accessBroker");
      await expect
        .poll(() => outside.reload().then((response) => response?.status()), { timeout: 40_000, interval: 500 })
        .toBe(200);
      await expect.poll(() => tile(outside).count()).toBe(1);
      const attempts = home
        .log("gateway")
        .split("\n")
        .filter((line) => line.includes("link"));
      expect(attempts.length).toBeLessThan(40);
    });

    it("without its gateway the page outside says that the home is away, and comes back with it", async () => {
      await home.kill("gateway");
      await expect
        .poll(() => outside.locator("body").textContent(), { timeout: 20_000 })
        .toMatch(/home cannot be reached/i);
      await home.restart("gateway");
      await expect
        .poll(() => outside.locator("body").textContent(), { timeout: 40_000 })
        .not.toMatch(/home cannot be reached/i);
      expect(await tile(outside).getByRole("switch").isEnabled()).toBe(true);
    });
  });
}
