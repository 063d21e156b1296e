import axe from "axe-core";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, loggedIn } from "./browser.ts";
import { type Home, startHome } from "./home.ts";
import { untilFurnished } from "./home-states.ts";
import { panel } from "./panel.ts";

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

interface AxeWindow {
  readonly axe: { run(): Promise<{ readonly violations: readonly Violation[] }> };
}

describe("The control page", () => {
  let home: Home;
  let browser: Browser;

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHome(), launch()]);
    await untilFurnished(home.addresses.lan);
  });
  afterAll(async () => {
    await browser?.close();
    await home?.[Symbol.asyncDispose]();
  });

  it.each([
    ["en", "light"],
    ["en", "dark"],
    ["ja", "light"],
    ["ja", "dark"],
  ] as const)("has no violation that axe finds, %s, %s", async (locale, colorScheme) => {
    const context = await browser.newContext({ locale, colorScheme });
    const page = await context.newPage();
    await page.goto(home.addresses.lan);
    await expect.poll(() => page.getByRole("switch").count()).toBeGreaterThan(1);
    expect(await page.getAttribute("html", "lang")).toBe(locale);
    // Added by the debugger, which the page's own policy does not bind.
    await page.evaluate(axe.source);
    const violations = await page.evaluate(() => (globalThis as unknown as AxeWindow).axe.run());
    expect(violations.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual(
      [],
    );
    await context.close();
  });

  it("draws the history that began with it, through the provider, without a word against the page's policy", async () => {
    const page = await loggedIn(browser, home);
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    await page.getByRole("link", { name: "Air conditioner" }).click();
    const chart = page.locator("dialog .chart:has(canvas)");
    await expect.poll(() => chart.getAttribute("aria-label"), { timeout: 30_000 }).toContain("lowest");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("works without script: a form switches the light", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: "en" });
    const page = await context.newPage();
    await page.goto(home.addresses.lan);
    const switches = panel(home.addresses.panel);
    const before = await switches.read("0290", "80");
    const devices = await untilFurnished(home.addresses.lan);
    await page.locator(`[data-device="${devices["light"]?.id}"] form button`).first().click();
    await expect.poll(() => switches.read("0290", "80"), { timeout: 10_000 }).not.toBe(before);
    await context.close();
  });

  it("has one tile for each device, in the language of the browser", async () => {
    const page = await (await browser.newContext({ locale: "ja" })).newPage();
    await page.goto(home.addresses.lan);
    await expect.poll(() => page.locator("[data-device]").count()).toBe(4);
    expect(await page.locator("body").textContent()).toContain("エアコン");
  });

  it("loads at most 30 kB of script, compressed, before it can be used", async () => {
    const page = await loggedIn(browser, home);
    const sizes: number[] = [];
    page.on("response", async (response) => {
      if (!response.headers()["content-type"]?.includes("javascript")) return;
      sizes.push((await response.request().sizes()).responseBodySize);
    });
    await page.reload();
    await expect.poll(() => page.getByRole("switch").count()).toBeGreaterThan(1);
    await expect.poll(() => sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(30_000);
  });
});
