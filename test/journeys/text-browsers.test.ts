/** Real text browsers, and Chromium without script, log in, list the home, switch a light and set a temperature. */

import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bareHost, number, password, user } from "../access-broker/rig.ts";
import { openTextRig, type TextRig } from "./text-rig.ts";

/** Says aloud what is not proven here. */
const has = (name: string): boolean => {
  const isThere = spawnSync("which", [name]).status === 0;
  if (!isThere) console.warn(`SKIPPED: ${name} is not installed, so nothing is proven about it`);
  return isThere;
};
const run = promisify(execFile);

describe("The compact pages in", () => {
  let text: TextRig;
  beforeAll(async () => {
    text = await openTextRig();
  });
  afterAll(() => text?.[Symbol.asyncDispose]());
  beforeEach(() => {
    text.control.asked.length = 0;
  });

  const expected = [
    ["lamp", { kind: "property", name: "power", value: false }],
    ["cooler", { kind: "property", name: "targetTemperature", value: 24 }],
  ];
  const told = () => text.control.asked.map(({ device, request }) => [device, request]);
  const tokenIn = (source: string): string => /name="token" value="([^"]+)"/.exec(source)?.[1] ?? "";

  /** The four steps by a browser that shows a page, shows its source, and posts a form. */
  async function walk(
    show: (path: string) => Promise<string>,
    source: (path: string) => Promise<string>,
    post: (path: string, form: Record<string, string>) => Promise<string>,
  ) {
    expect(await show("/")).toContain("Log in");
    const list = await post("/login", { user, password });
    expect(list).toContain("4 devices");
    expect(await show("/c/")).toContain("On · 70%");
    const token = tokenIn(await source("/c/d/lamp"));
    expect(await post("/c/d/lamp/p/power", { token, value: "false" })).toContain("Done.");
    await post("/c/d/cooler/p/targetTemperature", { token, value: "24" });
    expect(told()).toEqual(expected);
  }

  it.runIf(has("w3m"))("w3m", async () => {
    const { base, environment, folder } = text;
    const options = [
      "-cookie",
      "-o",
      "accept_cookie=1",
      "-o",
      `ssl_ca_file=${join(folder, "ca.pem")}`,
      "-o",
      "use_proxy=1",
      "-o",
      `https_proxy=${environment["https_proxy"]}`,
    ];
    const w3m = async (...more: readonly string[]): Promise<string> =>
      (await run("w3m", [...options, ...more], { env: environment, timeout: 20_000 })).stdout;
    await walk(
      (path) => w3m("-dump", `${base}${path}`),
      (path) => w3m("-dump_source", `${base}${path}`),
      (path, form) => {
        writeFileSync(join(folder, "form"), new URLSearchParams(form).toString());
        return w3m("-dump", "-post", join(folder, "form"), `${base}${path}`);
      },
    );
  });

  /** Its dump keeps no cookie: it logs in and lists in one go. By its keys it does the rest in test/long/. */
  it.runIf(has("lynx"))("lynx", async () => {
    const { base, environment } = text;
    const lynx = (more: readonly string[], input?: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const options = ["-dump", "-accept_all_cookies", "-display_charset=utf-8", ...more];
        const child = execFile("lynx", options, { env: environment, timeout: 20_000 }, (error, stdout) =>
          error === null ? resolve(stdout) : reject(error),
        );
        child.stdin?.end(input);
      });
    expect(await lynx([`${base}/`])).toContain("Log in");
    const form = new URLSearchParams({ user, password });
    const list = await lynx(["-post_data", `${base}/login`], `${form}\n---\n`);
    expect(list).toContain("4 devices");
    expect(list).toContain("On · 70%");
  });

  /** Its dump posts nothing and keeps no cookie. By its keys it does the rest in test/long/. */
  it.runIf(has("elinks"))("elinks", async () => {
    const { base, environment, folder, proxy } = text;
    const settings = ["set connection.ssl.cert_verify = 0", `set protocol.https.proxy.host = "${proxy}"`];
    writeFileSync(join(folder, "elinks.conf"), `${settings.join("\n")}\n`);
    const options = ["-config-dir", folder, "-dump", "-dump-charset", "UTF-8"];
    const { stdout } = await run("elinks", [...options, `${base}/`], { env: environment, timeout: 20_000 });
    expect(stdout).toMatch(/User\s\[1\]_+\s+Password\s\[2\]_+\s+\[3\]\[\sLog\sin\s\]/);
  });

  it.runIf(has("chromium"))("Chromium without script, by the path of the bare host", async () => {
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    const context = await browser.newContext({ javaScriptEnabled: false, ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`https://${text.rig.authority(bareHost)}/n/${number}/`);
    await page.locator("input[name=user]").fill(user);
    await page.locator("input[name=password]").fill(password);
    await page.locator("input[type=submit]").first().click();
    await page.getByText("4 devices").waitFor();
    await page.getByRole("link", { name: "Light" }).click();
    await page.getByRole("button", { name: "Switch to Off" }).click();
    await page.getByText("Done.").waitFor();
    await page.getByRole("link", { name: "All devices" }).click();
    await page.getByRole("link", { name: "Air conditioner" }).click();
    const field = page.locator("form[action$='targetTemperature']").first();
    await field.locator("input[name=value]").fill("24");
    await field.locator("input[type=submit]").click();
    await page.getByText("Done.").waitFor();
    expect(told()).toEqual(expected);
    await browser.close();
  });
});
