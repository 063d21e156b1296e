import { generateSync } from "otplib";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, loggedIn } from "./browser.ts";
import { genkan, type Home, startHome } from "./home.ts";

/** A home, its neighbour at the same provider, and a person's phone: its passkeys are made by Chromium's virtual authenticator. */
describe("A person at their own address, in a browser", () => {
  let home: Home;
  let browser: Browser;
  let page: Page;
  let phone: CDPSession;
  const said: string[] = [];
  const neighbour = "090-1111-2222";

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHome(["--headless"]), launch()]);
    const who = ["--state", home.folder, "--number", neighbour, "--user", "hanako", "--password-stdin"];
    expect((await genkan(["subscribe", ...who], home.password)).code).toBe(0);
    page = await loggedIn(browser, home);
    page.on("console", (message) => message.type() === "error" && said.push(message.text()));
    phone = await page.context().newCDPSession(page);
    await phone.send("WebAuthn.enable");
    const options = {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
    } as const;
    await phone.send("WebAuthn.addVirtualAuthenticator", {
      options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
    });
  });
  afterAll(async () => {
    await browser?.close();
    await home?.[Symbol.asyncDispose]();
  });

  const at = (path: string): string => new URL(path, home.addresses.home).href;
  const logOut = async (): Promise<void> => {
    await page.goto(at("/logout"));
    await page.click('form[action="/logout"] button');
    await page.waitForURL(at("/login"));
  };

  it("comes to the account from the page's menu, and adds a passkey by one touch", async () => {
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("link", { name: "Login and devices" }).click();
    await page.waitForURL(at("/account"));
    await page.fill('form[data-passkey="create"] input[name="label"]', "My phone");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await expect.poll(() => page.getByText("My phone").count()).toBe(1);
  });

  it("logs in with it, without a name or a password", async () => {
    await logOut();
    await page.getByRole("button", { name: "Log in with a passkey" }).click();
    await page.waitForURL(home.addresses.home);
    await expect.poll(() => page.title()).not.toContain("Log in");
  });

  it("takes it to another of their homes, and opens that one with it too", async () => {
    const other = (path: string): string => at(path).replace(home.addresses.number, neighbour);
    await page.goto(other("/login"));
    await page.fill('input[name="user"] >> nth=0', "hanako");
    await page.fill('input[name="password"]', home.password);
    await page.click('button[type="submit"] >> nth=0');
    await page.waitForURL(other("/"));
    await page.goto(other("/account"));
    await page.getByRole("button", { name: "Use one of another home" }).click();
    await expect.poll(() => page.getByText(/^Added/).count()).toBe(1);
    await page.goto(other("/logout"));
    await page.click('form[action="/logout"] button');
    await page.waitForURL(other("/login"));
    await page.getByRole("button", { name: "Log in with a passkey" }).click();
    await page.waitForURL(other("/"));
  });

  it("is told in words when the passkey is not used, and may try again", async () => {
    await logOut();
    const context: BrowserContext = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en" });
    const stranger = await context.newPage();
    const other = await context.newCDPSession(stranger);
    await other.send("WebAuthn.enable");
    await other.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true },
    });
    await stranger.goto(at("/login"));
    await stranger.getByRole("button", { name: "Log in with a passkey" }).click();
    await expect.poll(() => stranger.getByRole("alert").textContent()).toContain("passkey was not used");
    expect(await stranger.getByRole("button", { name: "Log in with a passkey" }).isEnabled()).toBe(true);
    await context.close();
  });

  it("sets up an authenticator app without any script, and is asked for its code from then on", async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en", javaScriptEnabled: false });
    const plain = await context.newPage();
    const logIn = async (): Promise<void> => {
      await plain.goto(at("/login"));
      expect(await plain.locator("noscript p").isVisible()).toBe(true);
      await plain.fill('input[name="user"]', home.addresses.user);
      await plain.fill('input[name="password"]', home.password);
      await plain.click('button[type="submit"] >> nth=0');
    };
    await logIn();
    await plain.goto(at("/account"));
    await plain.getByRole("button", { name: "Set up: Authenticator app" }).click();
    expect(await plain.getByRole("img", { name: "QR code of the key" }).count()).toBe(1);
    const secret = (await plain.textContent("code"))?.replaceAll(" ", "") ?? "";
    await plain.fill('input[name="code"]', generateSync({ secret, epoch: Date.now() / 1000 }));
    await plain.getByRole("button", { name: "Continue" }).click();
    await plain.waitForURL(at("/account"));
    await plain.getByRole("button", { name: "Make new codes: Recovery codes" }).click();
    const [recovery = ""] = await plain.locator(".codes code").allTextContents();

    await plain.goto(at("/logout"));
    await plain.click('form[action="/logout"] button');
    await logIn();
    await plain.waitForURL(at("/login"));
    expect(await plain.textContent("h1")).toBe("One more step");
    await plain.fill('input[name="code"]', generateSync({ secret, epoch: Date.now() / 1000 + 30 }));
    await plain.getByRole("button", { name: "Continue" }).click();
    await plain.waitForURL(home.addresses.home);

    await plain.goto(at("/logout"));
    await plain.click('form[action="/logout"] button');
    await logIn();
    await plain.fill('input[name="code"]', recovery);
    await plain.getByRole("button", { name: "Continue" }).click();
    await plain.waitForURL(home.addresses.home);
    await context.close();
  });

  it("nothing of all this broke the pages' own content security policy", () => {
    expect(said.filter((text) => /content security policy/i.test(text))).toEqual([]);
  });
});
