/** The built page at the home's own HTTPS port, in a browser that trusts its certificate: it is whole there, worker and all. */

import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";
import { launch } from "../journeys/browser.ts";
import { openOwnRig, owner, password } from "../own-access/own-rig.ts";
import { openPage } from "../page/open-page.ts";

describe("The page at the home's own port", () => {
  let browser: Browser;
  let page: Page;
  let rig: Awaited<ReturnType<typeof openOwnRig>>;
  const faults: string[] = [];

  beforeAll(async () => {
    const { handler } = openPage(undefined, join(packageRoot(), "dist", "ui"));
    rig = await openOwnRig({ handler });
    await rig.setUp();
    browser = await launch();
    page = await (await browser.newContext({ ignoreHTTPSErrors: true, locale: "en" })).newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (said) => said.type() === "error" && faults.push(said.text()));
    await page.goto(`https://127.0.0.1:${rig.own.port}/`);
    await page.fill('input[name="name"]', owner);
    await page.fill('input[name="password"]', password);
    await page.press('input[name="password"]', "Enter");
    await page.locator("gk-tile").first().waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await rig?.[Symbol.asyncDispose]();
  });

  it("is drawn by its script, without a word against its policy", async () => {
    await expect.poll(() => page.locator("gk-tile").count()).toBe(4);
    expect(faults).toEqual([]);
  });

  it("can be installed, and keeps its own files and nothing else", async () => {
    const session = await page.context().newCDPSession(page);
    const { errors, data } = await session.send("Page.getAppManifest");
    expect([errors, JSON.parse(data ?? "{}").start_url]).toEqual([[], "./"]);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // A test's window keeps nothing that is installed.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(["in-incognito"]);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await page.locator("gk-tile").first().waitFor();
    const kept = () =>
      page.evaluate(async () =>
        (await (await caches.open("genkan-files")).keys()).map(({ url }) => new URL(url).pathname),
      );
    await expect.poll(async () => (await kept()).length).toBeGreaterThanOrEqual(2);
    for (const path of await kept()) expect(path).toMatch(/^\/assets\/[\w-]+\.(?:js|css)$/);
  });

  it("says so itself when the home cannot be reached", async () => {
    await rig[Symbol.asyncDispose]();
    await page.goto(page.url()).catch(() => undefined);
    await expect.poll(() => page.locator("h1").innerText()).toBe("No connection");
  });
});
