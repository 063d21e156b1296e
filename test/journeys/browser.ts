/** Chromium as a person's browser: it resolves `*.localhost` itself and is told to accept the development authority. */

import { type Browser, chromium, type LaunchOptions, type Page } from "playwright";
import type { Home } from "./home.ts";

export const launch = (proxy?: LaunchOptions["proxy"], more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    ...(proxy === undefined ? {} : { proxy }),
    executablePath: process.env["GENKAN_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      // The script of a page's worker is fetched outside of any context: what a context ignores holds for it only so.
      "--ignore-certificate-errors",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // The proxy's certificate is of the development authority, too.
      ...(proxy?.server.startsWith("https:") ? ["--ignore-certificate-errors"] : []),
      ...more,
    ],
  });

/** A page that has logged in to the home through the access broker. */
export async function loggedIn(browser: Browser, home: Home, locale = "en"): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale });
  const page = await context.newPage();
  await page.goto(home.addresses.login);
  await page.fill('input[name="user"]', home.addresses.user);
  await page.fill('input[name="password"]', home.password);
  await page.click('button[type="submit"]');
  await page.waitForURL(home.addresses.home);
  return page;
}
