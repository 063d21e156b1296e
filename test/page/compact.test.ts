import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { longestCompactPage } from "../../gateway-core/contract/compact-html.ts";
import type { Device } from "../../gateway-core/contract/device.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import { applyPageEvent, emptyPage, type PageState } from "../../gateway-core/contract/page-state.ts";
import { compactDevice, compactHome } from "../../gateway-core/page/compact.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { foreignIn } from "../fakes/compact-judge.ts";
import { cooler, lamp, reportedAt, sensor, tank, wholeHome } from "../fakes/page-home.ts";
import { openPage, origin } from "./open-page.ts";

const options = (language = "en", now = reportedAt) => ({
  speech: speechOf(language),
  now,
  token: "T".repeat(43),
  root: "../",
});
const state = (devices: readonly Device[], isLive = true): PageState =>
  applyPageEvent(emptyPage, { type: "snapshot", epoch: "e", seq: 1, isLive, devices: devices.map(buildPageDevice) });
const octets = (page: string): number => Buffer.byteLength(page);

describe("A compact page", () => {
  it("lists the home by digit keys, each device with its state in words", () => {
    const [page = ""] = compactHome(state(wholeHome()), { ...options("ja"), root: "" });
    expect(page).toContain("<p>4台の機器</p>");
    expect(page).toContain('1.<a href="d/cooler" accesskey="1">エアコン</a> (リビング)<br>冷房 · 室温 27°C');
    expect(page).toContain("温度 · 21.5°C");
    expect(page).toContain('<a href="./" accesskey="0">0.更新</a>');
  });

  it("shows a device's values with their units, and a form for each that can be set", () => {
    const [page = ""] = compactDevice(buildPageDevice(lamp()), options());
    expect(page).toContain("Power: On");
    expect(page).toMatch(
      /<form method="post" action="\.\.\/d\/lamp\/p\/power"><input type="hidden" name="token" value="T+"><input type="hidden" name="value" value="false"><input type="submit" value="Switch to Off"><\/form>/,
    );
    const cool = compactDevice(buildPageDevice(cooler()), options()).join("");
    expect(cool).toContain(
      '<input name="value" value="26" size="5" istyle="4"><input type="submit" value="Set"><br>0 to 50 °C',
    );
    expect(cool).toContain('<option value="cool" selected>Cooling');
  });

  it("says in words that a device is silent, how old its values are, and has no form for it", () => {
    const silent = buildPageDevice(lamp({ available: false }));
    const page = compactDevice(silent, options("en", reportedAt + 5 * 60_000)).join("");
    expect(page).toContain("Not answering · 5m ago");
    expect(page).toContain("Power: On (5m ago)");
    expect(page).not.toContain("<form");
  });

  it("is split where it is too long, with keys back and forth, and loses nothing", () => {
    const many = Array.from({ length: 40 }, (_, at) => lamp({ id: `lamp-${at}` }));
    const pages = compactHome(state(many), options("ja"));
    expect(pages.length).toBeGreaterThan(4);
    for (const [at, page] of pages.entries()) {
      expect(page.includes(`href="../p/${at + 2}" accesskey="#"`)).toBe(at + 1 < pages.length);
      expect(page.includes('accesskey="*"')).toBe(at > 0);
      const keys = [...page.matchAll(/accesskey="([1-9])"/g)].map(([, key]) => Number(key));
      expect(keys).toEqual(keys.map((_, place) => place + 1));
    }
    const listed = pages.flatMap((page) => [...page.matchAll(/href="\.\.\/d\/([\w-]+)"/g)].map(([, id]) => id));
    expect(listed).toEqual(many.map(({ id }) => id));
  });

  it("holds only what Compact HTML has, and fits a terminal's memory, whatever stands on it", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 200 });
    const device = fc
      .tuple(fc.constantFrom(lamp, cooler, tank, sensor), text, text, fc.boolean())
      .map(([make, en, ja, available]) => make({ titles: { en, ja }, title: en, available }));
    const language = fc.constantFrom("en", "ja");
    fc.assert(
      fc.property(
        fc.array(device, { minLength: 1, maxLength: 25 }),
        language,
        fc.boolean(),
        (devices, spoken, isLive) => {
          const own = devices.map((one, at) => ({ ...one, id: `d${at}` }));
          const whole = { ...options(spoken), notice: speechOf(spoken).texts.sent };
          const pages = [
            ...compactHome(state(own, isLive), whole),
            ...own.flatMap((one) => compactDevice(buildPageDevice(one), whole)),
          ];
          for (const page of pages) {
            expect(octets(page)).toBeLessThanOrEqual(longestCompactPage);
            expect(foreignIn(page)).toEqual([]);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("The compact pages over HTTP", () => {
  const form = (body: Record<string, string>): RequestInit => ({
    method: "POST",
    body: new URLSearchParams(body),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });

  it("switch a device by a form, and lead back by 302 to an absolute address that says what became of it", async () => {
    const { ask, control } = openPage();
    const page = await (await ask("/c/d/lamp")).text();
    const [, token = ""] = /name="token" value="([^"]+)"/.exec(page) ?? [];
    const { status, headers } = await ask("/c/d/lamp/p/power", form({ token, value: "false" }));
    expect(control.asked).toMatchObject([
      { device: "lamp", request: { kind: "property", name: "power", value: false } },
    ]);
    expect([status, headers.get("location")]).toEqual([302, `${origin}/c/d/lamp?result=done`]);
    expect(await (await ask("/c/d/lamp?result=done")).text()).toContain("<p>Done.</p>");
  });

  it("take no form that was not printed for the session", async () => {
    const { ask, control } = openPage();
    const { headers } = await ask("/c/d/lamp/p/power", form({ token: "x", value: "false" }));
    expect(headers.get("location")).toBe(`${origin}/c/d/lamp?result=form-token-invalid`);
    expect(control.asked).toEqual([]);
  });

  it("show and do only what was granted", async () => {
    const { ask, control } = openPage();
    const viewer = {
      name: "taro",
      from: "remote",
      session: "s2",
      grant: { devices: { lamp: { access: "view" } } },
    } as const;
    expect(await (await ask("/c/", {}, viewer)).text()).not.toContain("d/cooler");
    const page = await (await ask("/c/d/lamp", {}, viewer)).text();
    expect(page).toContain("Power: On");
    expect(page).not.toContain("<form");
    expect((await ask("/c/d/cooler", { headers: { accept: "text/html" } }, viewer)).status).toBe(404);
    const whole = await (await ask("/c/d/lamp", {}, { ...viewer, grant: wholeGrant })).text();
    const [, token = ""] = /name="token" value="([^"]+)"/.exec(whole) ?? [];
    const refused = await ask("/c/d/lamp/p/power", form({ token, value: "false" }), viewer);
    expect(refused.headers.get("location")).toContain("result=not-granted");
    expect(control.asked).toEqual([]);
  });

  it("tell what is wrong in compact words", async () => {
    const { ask } = openPage();
    for (const path of ["/c/p/2", "/c/d/nobody", "/c/d/lamp/9", "/c/d/lamp/a/power"]) {
      const answer = await ask(path, { headers: { accept: "text/html" } });
      expect(answer.status, path).toBe(404);
      expect(foreignIn(await answer.text()), path).toEqual([]);
    }
    expect((await ask("/c")).headers.get("location")).toBe(`${origin}/c/`);
  });

  it("need not be sent again to who has them", async () => {
    const { ask } = openPage();
    const etag = (await ask("/c/")).headers.get("etag") ?? "";
    const again = await ask("/c/", { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect((await ask("/", { headers: { "if-none-match": etag } })).status).toBe(200);
  });
});
