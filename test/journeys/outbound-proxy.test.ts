/** Chromium and curl of a home's computer really browse the provider's own WWW servers: by the broker's proxy, and by the gateway's. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAuthority } from "../../access-broker/authority/authority.ts";
import { createServerCertificates } from "../../access-broker/authority/server-certificates.ts";
import { systemClock } from "../../host/system-host.ts";
import { launch } from "./browser.ts";
import { genkan, type Home, startHome } from "./home.ts";
import { remoteClient } from "./remote-client.ts";

const opened = new AsyncDisposableStack();
let home: Home;
let credential: { readonly username: string; readonly password: string };
/** Origins of the two servers. */
let plain: string;
let secure: string;
const heard: IncomingMessage["rawHeaders"][] = [];

const answer: RequestListener = (request, response) => {
  heard.push(request.rawHeaders);
  const isPicture = request.url === "/picture.svg";
  response.setHeader("content-type", isPicture ? "image/svg+xml" : "text/html");
  response.end(
    isPicture
      ? '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>'
      : `<title>${request.url}</title><img src="/picture.svg"><a href="/next">next</a>`,
  );
};

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-www-"));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const maker = (await openAuthority(folder, "www.localhost", systemClock.now())).servers;
  const pair = await (await createServerCertificates({ maker, host: "www.localhost", clock: systemClock })).pairFor(
    "www.localhost",
  );
  const places: string[] = [];
  for (const server of [createHttp(answer), createHttps(pair, answer)]) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    opened.defer(() => {
      server.closeAllConnections();
      server.close();
    });
    places.push(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  [plain, secure] = [`http://${places[0]}`, `https://${places[1]}`];
  const set = [`accessBroker.proxy.allow=${JSON.stringify(places)}`, "homeProxy.enabled=true", "homeProxy.port=0"];
  home = opened.use(await startHome(["--headless", ...set.flatMap((one) => ["--set", one])]));
  const { number, user } = home.addresses;
  expect((await genkan(["subscribe", "--state", home.folder, "--number", number, "--proxy", "on"])).code).toBe(0);
  const person = remoteClient(home.addresses);
  await person.login(user, home.password);
  const made = await person.ask("POST", "/account/apps", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ label: "laptop" }),
  });
  credential = JSON.parse(made.text) as typeof credential;
});
afterAll(() => opened.disposeAsync());

/** Opens a page, its picture and a link, with and without TLS. */
async function browse(browser: Browser): Promise<void> {
  opened.defer(() => browser.close());
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  for (const origin of [plain, secure]) {
    await page.goto(`${origin}/first`);
    await expect
      .poll(() => page.locator("img").evaluate((image) => ("naturalWidth" in image ? image.naturalWidth : 0)))
      .toBe(7);
    await page.getByText("next").click();
    await expect.poll(() => page.title()).toBe("/next");
  }
  const inside = await page.goto(home.addresses.lan);
  expect(inside?.status()).toBe(403);
}

describe("A browser", () => {
  it("browses by the broker's proxy with an app password", async () => {
    await browse(await launch({ server: home.addresses.proxy, ...credential }));
  });

  it("browses by its gateway's proxy with none", async () => {
    await browse(await launch({ server: `http://${home.addresses.homeProxy}` }));
  });

  it("tells the servers nothing of the home or of the way", () => {
    const names = new Set(
      heard.flatMap((raw) => raw.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())),
    );
    expect(names.size).toBeGreaterThan(3);
    expect([...names].filter((name) => /^(?:proxy-|via$|forwarded$|x-|genkan-)/.test(name))).toEqual([]);
  });

  it("finds the gateway's proxy by the file on the page in the home", async () => {
    const file = await (await fetch(new URL("/proxy.pac", home.addresses.lan))).text();
    expect(file).toContain(`return "PROXY ${home.addresses.homeProxy}"`);
  });
});

describe("curl", () => {
  it("gets there by both, and is told 407 without an app password", async () => {
    const run = promisify(execFile);
    const status = async (...args: readonly string[]): Promise<string> => {
      const told = ["-q", "-sS", "--noproxy", "", "--max-time", "30", "-o", "/dev/null", "-w", "%{http_code}"];
      return (await run("curl", [...told, ...args, `${plain}/curl`], { env: {} })).stdout;
    };
    const { host, hostname } = new URL(home.addresses.proxy);
    const broker = ["--proxy", home.addresses.proxy, "--proxy-cacert", home.addresses.ca];
    const place = ["--resolve", `${hostname}:${host.split(":")[1]}:127.0.0.1`];
    expect(await status(...broker, ...place, "--proxy-user", `${credential.username}:${credential.password}`)).toBe(
      "200",
    );
    expect(await status(...broker, ...place, "--proxy-user", `${credential.username}:${home.password}`)).toBe("407");
    expect(await status("--proxy", `http://${home.addresses.homeProxy}`)).toBe("200");
  });
});
