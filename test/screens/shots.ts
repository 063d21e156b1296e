/** The pictures of docs/screens/: what is seen, through which window, in which language and light. */

import type { Page } from "playwright";
import { homesOf, login } from "./broker-pages.ts";
import type { Scene } from "./stage.ts";
import type { View } from "./views.ts";

export interface Shot {
  readonly of: string;
  readonly scene: Scene;
  readonly view: View;
  readonly language: "en" | "ja";
  readonly scheme: "light" | "dark";
  /** A page of the access broker, in the place of one of the scene. */
  readonly markup?: (language: "en" | "ja") => string;
  /** From the page's root. */
  readonly path?: string;
  readonly isScriptless?: true;
  /** The page beyond the window, too. */
  readonly isWhole?: true;
  /** What a person does before it. */
  readonly deed?: (page: Page) => Promise<void>;
}

const powerOf = (device: string): string => `[data-device="${device}"] [role=switch]`;

const openSheet =
  (device: string) =>
  async (page: Page): Promise<void> => {
    await page.click(`[data-device="${device}"] .tile-open`);
    await page.locator("dialog[open]").waitFor();
  };

/** The home is asked and does not answer, until the page says so. */
async function waitInVain(page: Page): Promise<void> {
  await page.click(powerOf("light-living"));
  await page.locator('[data-device="light-living"] .tile-state', { hasText: /Sending|送信中/ }).waitFor();
}

async function fail(page: Page): Promise<void> {
  await page.route("**/api/devices/**", (route) => route.fulfill({ status: 504, json: { code: "device-silent" } }));
  await page.click(powerOf("light-living"));
  await page.locator("[role=alert]").waitFor();
}

async function openMenu(page: Page): Promise<void> {
  await page.click(".corner > button");
}

export const shots: readonly Shot[] = [
  { of: "four", scene: "four", view: "phone", language: "en", scheme: "light" },
  { of: "four", scene: "four", view: "phone", language: "ja", scheme: "dark" },
  { of: "four", scene: "four", view: "desktop", language: "ja", scheme: "light" },
  { of: "fifty", scene: "fifty", view: "phone", language: "ja", scheme: "light" },
  { of: "fifty", scene: "fifty", view: "tablet", language: "en", scheme: "light" },
  { of: "fifty", scene: "fifty", view: "tablet", language: "ja", scheme: "dark" },
  { of: "fifty", scene: "fifty", view: "desktop", language: "en", scheme: "dark" },
  { of: "fifty-whole", scene: "fifty", view: "desktop", language: "ja", scheme: "light", isWhole: true },
  { of: "empty", scene: "empty", view: "phone", language: "en", scheme: "dark" },
  { of: "empty", scene: "empty", view: "phone", language: "ja", scheme: "light" },
  { of: "silent", scene: "silent", view: "phone", language: "ja", scheme: "light", isWhole: true },
  { of: "silent", scene: "silent", view: "tablet", language: "en", scheme: "dark" },
  { of: "pending", scene: "four", view: "phone", language: "en", scheme: "light", deed: waitInVain },
  { of: "failed", scene: "four", view: "phone", language: "en", scheme: "dark", deed: fail },
  { of: "failed", scene: "four", view: "phone", language: "ja", scheme: "light", deed: fail },
  { of: "kinds", scene: "kinds", view: "phone", language: "ja", scheme: "light", isWhole: true },
  { of: "kinds", scene: "kinds", view: "desktop", language: "en", scheme: "light", isWhole: true },
  { of: "kinds", scene: "kinds", view: "desktop", language: "ja", scheme: "dark", isWhole: true },
  { of: "guarded", scene: "guarded", view: "phone", language: "en", scheme: "light" },
  { of: "sheet-deck", scene: "guarded", view: "phone", language: "ja", scheme: "dark", deed: openSheet("deck") },
  { of: "sheet", scene: "four", view: "phone", language: "ja", scheme: "light", deed: openSheet("ac-living") },
  { of: "sheet", scene: "fifty", view: "desktop", language: "en", scheme: "dark", deed: openSheet("ecocute") },
  { of: "menu", scene: "four", view: "phone", language: "ja", scheme: "light", deed: openMenu },
  { of: "wall", scene: "four", view: "tablet", language: "ja", scheme: "dark", path: "?kiosk=1" },
  { of: "no-script", scene: "four", view: "phone", language: "en", scheme: "light", isScriptless: true },
  {
    of: "no-script-device",
    scene: "four",
    view: "phone",
    language: "ja",
    scheme: "light",
    path: "devices/ac-living",
    isScriptless: true,
  },
  { of: "compact", scene: "four", view: "terminal", language: "ja", scheme: "light", path: "c/", isScriptless: true },
  {
    of: "compact-device",
    scene: "four",
    view: "terminal",
    language: "en",
    scheme: "light",
    path: "c/d/ac-living",
    isScriptless: true,
  },
  { of: "login", scene: "four", view: "phone", language: "ja", scheme: "light", markup: login },
  { of: "login", scene: "four", view: "desktop", language: "en", scheme: "dark", markup: login },
  { of: "homes", scene: "four", view: "phone", language: "ja", scheme: "light", markup: homesOf },
  { of: "homes", scene: "four", view: "phone", language: "en", scheme: "dark", markup: homesOf },
  { of: "homes", scene: "four", view: "tablet", language: "en", scheme: "light", markup: homesOf },
];
