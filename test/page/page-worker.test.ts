import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageWorker } from "../../gateway-core/contract/page-worker.ts";
import { openPageServer, type PageServer } from "../../gateway-core/page/page-server.ts";
import { packageRoot } from "../../host/package-root.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { launch } from "../journeys/browser.ts";
import { openPage } from "./open-page.ts";

const icons = join(packageRoot(), "ui", "public");

/** What the page's own script does, in a page whose script was not built. */
async function register(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { trustedTypes } = globalThis as unknown as {
      trustedTypes: { createPolicy(name: string, rules: object): { createScriptURL(input: string): string } };
    };
    const policy = trustedTypes.createPolicy("genkan", { createScriptURL: () => "sw.js" });
    await navigator.serviceWorker.register(policy.createScriptURL(""));
    if (navigator.serviceWorker.controller === null) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    }
  });
}

const keptBy = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const kept = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) kept.push(new URL(url).pathname);
    }
    return kept;
  });

describe("The service worker of the page", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-worker-"));
  let server: PageServer;
  let browser: Browser;
  beforeAll(async () => {
    for (const inner of ["assets", ".vite"]) mkdirSync(join(folder, inner));
    writeFileSync(join(folder, ".vite", "manifest.json"), "{}");
    writeFileSync(join(folder, "assets", "main-1.js"), "1;");
    const { handler } = openPage(undefined, folder);
    const host = fakeHost();
    server = await openPageServer({ handler, listen: "127.0.0.1", port: 0, hostNames: [], networks: [], host });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it("keeps the page's files and nothing of the home; says so without a connection; and forgets with the logout", async () => {
    const context = await browser.newContext({ locale: "ja" });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on(
      "console",
      (message) => /Content Security Policy|Trusted/i.test(message.text()) && complaints.push(message.text()),
    );
    await page.goto(server.url);
    await register(page);
    for (const path of ["assets/main-1.js", "api/home", "devices/lamp", "assets/main-1.js?x"]) {
      expect(await page.evaluate(async (path) => (await fetch(path)).ok, path)).toBe(true);
    }
    await page.reload();
    await expect.poll(() => keptBy(page)).toEqual(["/assets/main-1.js"]);
    expect(complaints).toEqual([]);

    // What is asked of the home's API waits for no worker (WICG service worker static routing).
    const sourceOf = (path: string): Promise<string> =>
      page.evaluate(async (path) => {
        performance.clearResourceTimings();
        await (await fetch(path)).text();
        const find = () => performance.getEntriesByType("resource").find(({ name }) => name.endsWith(path));
        while (find() === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
        const { workerFinalSourceType = "" } = find() as unknown as { workerFinalSourceType?: string };
        return workerFinalSourceType;
      }, path);
    expect([await sourceOf("assets/main-1.js"), await sourceOf("api/home")]).toEqual(["", "network"]);

    await context.setOffline(true);
    expect(await page.evaluate(async () => (await fetch("assets/main-1.js")).text())).toBe("1;");
    await page.goto(server.url);
    expect(await page.textContent("h1")).toBe("接続できません");
    expect(await page.locator("body").evaluate((body) => getComputedStyle(body).display)).toBe("grid");
    await expect(page.goto(new URL("account", server.url).href)).rejects.toThrow(/ERR_/);
    await context.setOffline(false);
    await page.goto(server.url);
    await page.getByText("4台の機器").waitFor();

    await page.evaluate(() => {
      const form = document.createElement("form");
      Object.assign(form, { method: "post", action: "logout" });
      document.body.append(form);
      form.submit();
    });
    await page.waitForURL("**/logout");
    await page.goto(server.url);
    expect(await keptBy(page)).toEqual([]);
    await context.close();
  });
});

describe("What makes the page an app", () => {
  it("names icons that are there, one of them for any shape, and stays within its own folder", () => {
    const manifest = JSON.parse(readFileSync(join(icons, "manifest.webmanifest"), "utf8"));
    expect([manifest.start_url, manifest.scope, manifest.id]).toEqual(["./", "./", "./"]);
    expect(manifest.icons.map(({ purpose }: { purpose?: string }) => purpose ?? "any")).toContain("maskable");
    for (const { src, sizes, type } of manifest.icons) {
      const octets = readFileSync(join(icons, src));
      if (type === "image/png") expect(`${octets.readUInt32BE(16)}x${octets.readUInt32BE(20)}`).toBe(sizes);
    }
  });

  it("has a worker that asks for no address but those of the page", () => {
    expect(pageWorker).not.toMatch(/https?:|importScripts|indexedDB|\bpush\b/);
  });
});
