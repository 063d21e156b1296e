/** `npm run screens [WORD …]`: pictures of the built page in docs/screens/, those whose names have one of the words, or all. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { packageRoot } from "../../host/package-root.ts";
import { launch } from "../journeys/browser.ts";
import { type Shot, shots } from "./shots.ts";
import { openStage } from "./stage.ts";
import { views } from "./views.ts";

const folder = join(packageRoot(), "docs", "screens");

const patienceMs = 180_000;
/** In so high a window every tile is seen, and so drawn. */
const whole = 12_000;
const provider = "https://genkan.localhost/";

const nameOf = ({ of, view, language, scheme }: Shot): string => `${of}-${view}-${language}-${scheme}`;

async function take(browser: Browser, shot: Shot, origin: string, file: string): Promise<void> {
  const { view, language, scheme, path = "", isScriptless = false, isWhole = false, deed, markup } = shot;
  const context = await browser.newContext({
    ...views[view],
    locale: language,
    colorScheme: scheme,
    javaScriptEnabled: !isScriptless,
    ignoreHTTPSErrors: true,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  // A busy machine is slow, not wrong.
  page.setDefaultTimeout(patienceMs);
  if (markup !== undefined) {
    // What a browser shows in a secure context only.
    await page.route(provider, (route) => route.fulfill({ body: markup(language), contentType: "text/html" }));
  }
  await page.goto(markup === undefined ? new URL(path, origin).href : provider);
  if (!isScriptless && markup === undefined) {
    await page.locator(".tile, .empty").first().waitFor();
    // Of many tiles those out of sight wait until somebody comes near.
    if (isWhole) await page.setViewportSize({ width: views[view].viewport?.width ?? 0, height: whole });
    const left = "gk-home .tiles > li:not(:has(> gk-tile > .tile))";
    const isDrawn = (selector: string): boolean =>
      [...document.querySelectorAll(selector)].every((item) => item.getBoundingClientRect().top > innerHeight);
    await page.waitForFunction(isDrawn, left);
  }
  await deed?.(page);
  if (isWhole) {
    // What is out of sight is not painted: the window is made as high as the page, which is never lower than its window.
    const usual = views[view].viewport;
    await page.setViewportSize({ width: usual?.width ?? 0, height: usual?.height ?? 0 });
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width: usual?.width ?? 0, height });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  }
  await page.screenshot({ path: file, fullPage: isWhole, animations: "disabled", caret: "hide" });
  await context.close();
}

/** 256 colours are enough for a page, and a third of the octets. */
function shrink(from: string, to: string): void {
  const filter = "split[a][b];[a]palettegen=reserve_transparent=0[p];[b][p]paletteuse=dither=none";
  const encoder = ["-pix_fmt", "pal8", "-compression_level", "100", "-pred", "mixed"];
  execFileSync("ffmpeg", ["-v", "error", "-y", "-i", from, "-vf", filter, ...encoder, to]);
}

const words = process.argv.slice(2);
const wanted = shots.filter((shot) => words.length === 0 || words.some((word) => nameOf(shot).includes(word)));
const scratch = mkdtempSync(join(tmpdir(), "genkan-screens-"));
const browser = await launch();
mkdirSync(folder, { recursive: true });
for (const scene of new Set(wanted.map((shot) => shot.scene))) {
  await using stage = await openStage(scene);
  for (const shot of wanted.filter((one) => one.scene === scene)) {
    const file = join(scratch, `${nameOf(shot)}.png`);
    await take(browser, shot, stage.url, file);
    shrink(file, join(folder, `${nameOf(shot)}.png`));
  }
}
await browser.close();
rmSync(scratch, { recursive: true });
