import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountPage, recoveryPage, totpPage } from "../../../access-broker/internet/account-pages.ts";
import type { PersonLine } from "../../../access-broker/internet/door-rooms.ts";
import { loginForm, logoutForm, numberForm, passwordForm, stepForm } from "../../../access-broker/internet/forms.ts";
import { type HomeLine, homesForm, homesPage } from "../../../access-broker/internet/homes-pages.ts";
import { invitationForm, welcomePage } from "../../../access-broker/internet/invitation-pages.ts";
import { escapeHtml, renderOwnPage } from "../../../access-broker/internet/own-page.ts";
import { invitedPage, peoplePage, personPage } from "../../../access-broker/internet/people-pages.ts";
import { waysPage } from "../../../access-broker/internet/ways-pages.ts";
import en from "../../../access-broker/internet/words.en.json" with { type: "json" };
import ja from "../../../access-broker/internet/words.ja.json" with { type: "json" };
import { speechFor } from "../../../access-broker/internet/words.ts";
import { bareHost, number, openRig, password, user } from "../rig.ts";
import { expectNoViolations, openBrowser } from "./axe.ts";

const now = 1_800_000_000_000;
const held = { id: "i", label: "電話 <b>", addedAt: now - 3 * 86_400_000, usedAt: null };
const atHome = { isHome: true, landing: "/" } as const;
const account = {
  place: atHome,
  user: "hanako",
  holdings: {
    passkeys: [held],
    keys: [{ ...held, usedAt: now - 60_000 }],
    apps: [held],
    hasTotp: false,
    recoveryCodesLeft: 3,
  },
  sessions: [
    { id: "own", source: "192.0.2.1", agent: "Mozilla/5.0 (iPhone) Version/19.0 Mobile Safari/604.1", seenAt: now },
    {
      id: "two",
      source: "2001:db8:1234:5678:9abc:def0:1234:5678",
      agent: "curl/8".repeat(20),
      seenAt: now - 7_200_000,
    },
    { id: "three", source: "", agent: "", seenAt: now - 1 },
  ],
  own: "own",
  isOwner: true,
  homes: "https://genkan.localhost/homes",
  now,
};
const guest: PersonLine = {
  user: "<i>太郎</i>",
  role: "guest",
  grant: {
    devices: { lamp: { access: "control", properties: ["on"] }, [`device-${"x".repeat(90)}`]: { access: "view" } },
    window: { until: "2026-12-01T00:00:00Z" },
  },
  isSuspended: false,
  invitedUntil: now + 1_000,
};
const people = [{ ...guest, user: "hanako", role: "owner", invitedUntil: null } as const, guest];
const devices = [
  { id: "lamp", title: "<b>灯り</b>" },
  { id: "door", title: "玄関" },
];
const [address, code] = [
  "https://090-1234-5678.genkan.localhost:8443/invitation",
  "abcd-efgh-ijkm-nopq-2345-6789-abcd-efgh",
];
const expires = "2026-12-03T00:00:00Z";
const uri = "otpauth://totp/Genkan:090-1234-5678%20hanako?secret=JBSWY3DPEHPK3PXP&issuer=Genkan";

const seen = { version: "0.1.0", isLive: true, devices: 50, silent: 0, faulty: 0, unknown: 0 };
const mine = { user: "<i>太郎</i>", role: "guest", address } as const;
/** Every state that a home is shown in. */
const keptHomes = { kept: [{ number: "090-9999-0000", address: "/" }], offered: "<b>" };
const shownHomes: readonly HomeLine[] = [
  { ...mine, number: "090-1", state: "online", attention: seen },
  {
    ...{ ...mine, number: "090-2", state: "online", isOld: true },
    attention: { ...seen, isLive: false, devices: 1, silent: 1, faulty: 2, unknown: 3 },
  },
  { ...mine, number: "090-3", state: "online" },
  { ...mine, number: "090-4", state: "away", since: now - 3 * 3_600_000 },
  { ...mine, number: "090-5", state: "away" },
  { ...mine, number: "090-6", state: "closed" },
];

describe("The access broker's own pages", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it.each([
    ["en", "light"],
    ["ja", "dark"],
  ] as const)(
    "have no axe violations (%s, %s)",
    async (language, colorScheme) => {
      const speech = speechFor(language);
      const pages = [
        loginForm("090-1234-5678", speech, { alert: speech.say("loginRefused"), isLookOffered: true }),
        passwordForm("hanako", "one-time", speech),
        passwordForm("hanako", "none", speech),
        passwordForm("hanako", "own", speech, speech.say("short")),
        logoutForm("hanako", atHome, speech),
        stepForm({ user: "hanako", next: ["password", "totp", "key", "passkey"], isVouchedFor: true }, speech, "!"),
        accountPage(account, speech, speech.say("taken")),
        totpPage({ secret: "JBSWY3DPEHPK3PXP", uri, ticket: "t" }, speech, speech.say("appWrong")),
        recoveryPage(["abcd-efgh-ijkm-nopq", "2345-6789-abcd-efgh"], speech),
        numberForm(speech, speech.say("numberWrong")),
        invitationForm("090-1234-5678", speech, speech.say("invitationWrong")),
        homesForm(keptHomes, speech, speech.say("homesNone")),
        homesPage(shownHomes, keptHomes, now, speech),
        welcomePage({ user: "hanako" }, speech),
        peoplePage({ people, own: "hanako", devices, now, isHome: true }, speech, speech.say("personTaken")),
        personPage({ person: guest, devices, now, isHome: true }, speech),
        invitedPage({ user: "<i>太郎</i>", address, secret: code, link: `${address}#${code}`, expires }, speech),
        waysPage({ requirement: "<b>", parts: undefined, hasCallers: true }, speech, "!"),
      ];
      await expectNoViolations(browser, pages, speech, colorScheme);
    },
    240_000,
  );

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
  }, 240_000);
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
    expect(
      renderOwnPage(logoutForm("<script>alert(1)</script>", atHome, speechFor("en")), speechFor("en")),
    ).not.toContain("<script");
  });
});

describe("The account page", () => {
  it.each([
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1",
      "Safari on iPhone",
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
      "Edge on Windows",
    ],
    ["Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0", "Firefox on Android"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "Chrome on macOS"],
    ["curl/8.5.0", "curl/8.5.0"],
    ["", "A program"],
    ["<script>", "&#60;script&#62;"],
  ])("calls %s by its name", (agent, name) => {
    const facts = { ...account, sessions: [{ id: "x", source: "192.0.2.1", agent, seenAt: now - 3_600_000 }] };
    const { body } = accountPage(facts, speechFor("en"));
    expect(body).toContain(`<div>${name}<small>192.0.2.1, last seen 1 hour ago</small>`);
  });

  it("say of each home how it is, and what needs a person's attention, the gravest first", () => {
    const { body } = homesPage(shownHomes, keptHomes, now, speechFor("en"));
    const told = [...body.matchAll(/<span class="state">([^<]*)</g)].map(([, text]) => text);
    expect(told).toEqual([
      "Online · 50 devices",
      "Online · 1 device",
      "Online",
      "Last seen 3 hours ago",
      "Away",
      "Not open to a passkey alone, or not now",
    ]);
    const needs = [...body.matchAll(/<li>([^<]+)<\/li>/g)].map(([, text]) => text);
    expect(needs.slice(0, 5)).toEqual([
      "No news of the devices now",
      "2 reporting a fault",
      "1 not answering",
      "3 not known yet",
      "Its gateway can be updated",
    ]);
    expect(homesPage(shownHomes, keptHomes, now, speechFor("ja")).body).toContain("接続なし（最後の接続は3 時間前）");
  });

  it("escapes what people and programs are called", () => {
    expect(accountPage(account, speechFor("ja")).body).not.toContain("<b>");
    const pages = [
      peoplePage({ people, own: "hanako", devices, now, isHome: true }, speechFor("ja")),
      personPage({ person: guest, devices, now, isHome: true }, speechFor("ja")),
      invitedPage({ user: guest.user, address, secret: code, link: `${address}#"><b>`, expires }, speechFor("ja")),
    ];
    for (const { body } of [...pages, homesPage(shownHomes, keptHomes, now, speechFor("ja"))])
      expect(body).not.toMatch(/<[bi]>/);
  });
});
