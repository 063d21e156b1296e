/** Rules of axe (WCAG 2.2 A and AA among them) that the page of fifty devices breaks, with silent, waiting and failed ones among them. */

import axe from "axe-core";
import type { Browser, Page } from "playwright";
import { openStage } from "../test/screens/stage.ts";
import { untilDrawn } from "./page-probes.ts";

interface AxeWindow {
  readonly axe: {
    run(): Promise<{ readonly violations: readonly { readonly id: string; readonly nodes: unknown[] }[] }>;
  };
}

/** So high that every tile is seen, and so drawn. */
const viewport = { width: 1_280, height: 8_000 };

/** One device waits, one has failed; the silent ones are the scene's. */
async function disturb(page: Page): Promise<void> {
  const switches = page.locator("gk-tile [role=switch]:enabled");
  await switches.nth(0).click();
  await page.locator('gk-tile [aria-busy="true"]').waitFor();
  await page.route("**/api/devices/**", (route) => route.fulfill({ status: 504, json: { code: "device-silent" } }));
  await switches.nth(1).click();
  await page.locator("[role=alert]").waitFor();
}

/** Nodes that break a rule, over both schemes and languages. */
export async function violationsOf(browser: Browser): Promise<number> {
  let broken = 0;
  await using stage = await openStage("trouble");
  for (const colorScheme of ["light", "dark"] as const) {
    for (const locale of ["en", "ja"]) {
      const context = await browser.newContext({ colorScheme, locale, viewport, reducedMotion: "reduce" });
      const page = await context.newPage();
      await page.goto(stage.url);
      await untilDrawn(await context.newCDPSession(page));
      await disturb(page);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => (globalThis as unknown as AxeWindow).axe.run());
      for (const { id, nodes } of violations) {
        process.stderr.write(`axe, ${colorScheme}, ${locale}: ${id} (${nodes.length})\n`);
        broken += nodes.length;
      }
      await context.close();
    }
  }
  return broken;
}
