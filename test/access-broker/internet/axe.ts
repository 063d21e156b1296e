/** Looks at pages of the broker's own as a telephone shows them, with axe. */

import { createRequire } from "node:module";
import { type Browser, chromium } from "playwright";
import { expect } from "vitest";
import { type OwnPage, renderOwnPage } from "../../../access-broker/internet/own-page.ts";
import type { Speech } from "../../../access-broker/internet/words.ts";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env["GENKAN_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });

/** What axe finds, and whether a telephone must be scrolled sideways. */
export async function expectNoViolations(
  browser: Browser,
  pages: readonly OwnPage[],
  speech: Speech,
  colorScheme: "light" | "dark",
): Promise<void> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  for (const own of pages) {
    // What a script shows is looked at too.
    await page.setContent(renderOwnPage(own, speech).replaceAll(" hidden>", ">"));
    await page.addScriptTag({ path: axePath });
    const { violations } = await page
      .evaluate("axe.run()")
      .then((result) => result as { violations: { id: string }[] });
    expect(
      violations.map(({ id }) => id),
      own.title,
    ).toEqual([]);
    const overflows = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
    expect(overflows, own.title).toBe(false);
  }
  await context.close();
}
