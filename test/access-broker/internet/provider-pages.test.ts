import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountPage } from "../../../access-broker/internet/account-pages.ts";
import type { PersonLine } from "../../../access-broker/internet/door-rooms.ts";
import { loginForm } from "../../../access-broker/internet/forms.ts";
import { type OperatorFacts, operatorPage } from "../../../access-broker/internet/operator-pages.ts";
import { peoplePage, personPage } from "../../../access-broker/internet/people-pages.ts";
import type { HomeFile } from "../../../access-broker/internet/provider-office.ts";
import {
  cardPage,
  deskHomePage,
  deskHomesPage,
  deskWays,
  homeHref,
} from "../../../access-broker/internet/provider-pages.ts";
import { type Speech, speechFor } from "../../../access-broker/internet/words.ts";
import { providerDesk } from "../../../gateway-core/contract/access-number.ts";
import { wholeGrant } from "../../../gateway-core/contract/grant.ts";
import { expectNoViolations, openBrowser } from "./axe.ts";

const now = 1_800_000_000_000;
const guest: PersonLine = {
  ...{ user: "<b>太郎</b>", role: "guest", grant: wholeGrant, isSuspended: true, invitedUntil: now + 1_000 },
};
const people = [{ ...guest, user: "hanako", role: "owner", isSuspended: false, invitedUntil: null } as const, guest];
const account = {
  place: { isHome: false, landing: "/provider" },
  user: "hanako",
  holdings: { passkeys: [], keys: [], apps: [], hasTotp: true, recoveryCodesLeft: 0 },
  sessions: [{ id: "own", source: "192.0.2.1", agent: "<b>", seenAt: now }],
  own: "own",
  isOwner: true,
  homes: "/homes",
  now,
} as const;
const homeFile: HomeFile = {
  ...{ number: "090-1234-5678", isOnline: true, awaySince: undefined, isEnrolled: true, isSuspended: true },
  ...{ methods: ["https", "mqtts"], requirement: "password|passkey", proxy: "limited", people },
};
const operatorFacts: OperatorFacts = {
  ...{ status: "failing", isStoreThere: false, homesOnline: 2, part: "" },
  homes: [{ number: "090-1234-5678", source: "192.0.2.1", since: now }],
  doors: [{ door: "users", open: 1, receivedPerSecond: 2, sentPerSecond: 3 }],
  refusals: [{ what: "login-refused", reason: "<b>", count: 4 }],
  wanted: [{ key: { protocol: "echonet", type: "<b>" }, homes: 5 }],
};
/** What the provider's people see. */
const deskPages = (speech: Speech) => [
  loginForm(providerDesk, speech),
  accountPage(account, speech),
  peoplePage({ people, own: "hanako", devices: [], now, isHome: false }, speech),
  personPage({ person: guest, devices: [], now, isHome: false }, speech),
  deskHomesPage(
    {
      part: '"><b>',
      homes: [homeFile, { number: "090-1", isOnline: false }],
      numberFormat: "090-XXXX",
      mayChange: true,
    },
    speech,
    "!",
  ),
  deskHomesPage({ part: "", homes: [], numberFormat: undefined, mayChange: true }, speech),
  deskHomePage(homeFile, true, now, speech, "!"),
  deskHomePage(homeFile, false, now, speech),
  cardPage("090-1234-5678", { v: 1, token: "<b>" }, speech),
  operatorPage(operatorFacts, { alert: "!", descriptor: "<b>" }, speech, {
    root: "/provider",
    publish: "/provider/descriptors",
    before: deskWays(speech),
    homeHref,
  }),
];

describe("The pages of the provider's desk", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it.each([
    ["en", "dark"],
    ["ja", "light"],
  ] as const)(
    "have no axe violations (%s, %s)",
    async (language, colorScheme) => {
      const speech = speechFor(language);
      // Frame and fields are those of the homes' pages: one language looks at one half.
      const all = deskPages(speech);
      await expectNoViolations(
        browser,
        all.filter((_, at) => at % 2 === (language === "en" ? 0 : 1)),
        speech,
        colorScheme,
      );
    },
    240_000,
  );

  it.each(["en", "ja"] as const)("escape what people, homes and devices are called (%s)", (language) => {
    for (const { body, title } of deskPages(speechFor(language))) expect(body, title).not.toMatch(/<[bi]>/);
  });

  it("lead nobody who may only look to a change", () => {
    const { body } = deskHomePage(homeFile, false, now, speechFor("en"));
    expect(body).not.toMatch(/action="\/provider/);
    expect(deskHomePage(homeFile, true, now, speechFor("en")).body).toMatch(/action="\/provider\/home\/card"/);
  });
});
