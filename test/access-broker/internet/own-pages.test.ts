import { createRequire } from "node:module";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loginForm, logoutForm, numberForm, passwordForm } from "../../../access-broker/internet/forms.ts";
import { escapeHtml, renderOwnPage } from "../../../access-broker/internet/own-page.ts";
import en from "../../../access-broker/internet/words.en.json" with { type: "json" };
import ja from "../../../access-broker/internet/words.ja.json" with { type: "json" };
import { speechFor } from "../../../access-broker/internet/words.ts";
import { bareHost, number, openRig, password, user } from "../rig.ts";

describe("The access broker's own pages", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env["GENKAN_CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    });
  });
  afterAll(() => browser?.close());

  const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

  it.each([
    ["en", "light"],
    ["en", "dark"],
    ["ja", "light"],
    ["ja", "dark"],
  ] as const)("have no axe violations (%s, %s)", async (language, colorScheme) => {
    const speech = speechFor(language);
    const pages = [
      loginForm("090-1234-5678", speech, { alert: speech.say("loginRefused"), isLookOffered: true }),
      passwordForm("hanako", true, speech),
      passwordForm("hanako", false, speech, speech.say("short")),
      logoutForm("hanako", speech),
      numberForm(speech, speech.say("numberWrong")),
    ];
    const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 740 } });
    const page = await context.newPage();
    for (const own of pages) {
      await page.setContent(renderOwnPage(own, speech));
      await page.addScriptTag({ path: axePath });
      const { violations } = await page
        .evaluate("axe.run()")
        .then((result) => result as { violations: { id: string }[] });
      expect(violations.map(({ id }) => id)).toEqual([]);
      const overflows = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
      expect(overflows).toBe(false);
    }
    await context.close();
  });

  it("keep their look and their working forms under their own content security policy", async () => {
    await using rig = await openRig();
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en" });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(`https://${bareHost}:${rig.port}/`);
    await page.fill('input[name="number"]', number);
    await page.click('button[type="submit"]');
    await page.waitForURL(`https://${rig.authority()}/login`);
    expect(await page.evaluate("getComputedStyle(document.querySelector('button')).minHeight")).toBe("48px");
    await page.fill('input[name="user"]', user);
    await page.fill('input[name="password"]', password);
    expect(complaints).toEqual([]);
    await page.click('button[type="submit"]');
    await page.waitForURL(`https://${rig.authority()}/`);
    expect(await page.textContent("h1")).toBe("The home cannot be reached");
    await page.goto(`https://${rig.authority()}/logout`);
    await page.click('button[type="submit"]');
    await page.waitForURL(`https://${rig.authority()}/login`);
    expect(complaints.filter((text) => !text.includes("503"))).toEqual([]);
    await context.close();
  });
});

describe("Words", () => {
  it("are the same in both languages, none empty", () => {
    expect(Object.keys(ja)).toEqual(Object.keys(en));
    for (const text of [...Object.values(en), ...Object.values(ja)]) expect(text).not.toBe("");
    for (const [word, text] of Object.entries(en)) {
      const names = text.match(/\{\w+\}/g) ?? [];
      for (const name of names) expect(Object.entries(ja).find(([other]) => other === word)?.[1]).toContain(name);
    }
  });

  it.each([
    [null, "en"],
    ["", "en"],
    ["ja", "ja"],
    ["ja-JP,ja;q=0.9,en;q=0.8", "ja"],
    ["en;q=0.5, ja;q=0.9", "ja"],
    ["fr, de;q=0.9, ja;q=0.1", "ja"],
    ["ja;q=0, en;q=0.1", "en"],
    ["zh", "en"],
  ])("for %j are %s", (header, language) => expect(speechFor(header).language).toBe(language));

  it("escape what people typed", () => {
    expect(escapeHtml(`<b a="1">'&`)).toBe("&#60;b a=&#34;1&#34;&#62;&#39;&#38;");
    expect(renderOwnPage(logoutForm("<script>alert(1)</script>", speechFor("en")), speechFor("en"))).not.toContain(
      "<script",
    );
  });
});
