import axe, { type RunOptions } from "axe-core";
import { afterEach, describe, expect, it } from "vitest";
import type { Device } from "../../gateway-core/contract/device.ts";
import { applyPageEvent, emptyPage } from "../../gateway-core/contract/page-state.ts";
import { renderDevice, renderHome, renderProblem } from "../../gateway-core/page/html.ts";
import { cornerMenu } from "../../gateway-core/page/html-account.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { lock, videoDeck } from "../fakes/guarded-home.ts";
import { cooler, lamp, reportedAt, sensor, tank } from "../fakes/page-home.ts";
import { frame, type OpenHome, openHome } from "./open-home.ts";

let open: OpenHome | undefined;
afterEach(() => {
  open?.[Symbol.dispose]();
  document.documentElement.style.removeProperty("color-scheme");
});

const off = { power: { value: false, at: reportedAt } };
/** On, off, silent, unknown: every look that a tile has. */
const everyLook = (): Device[] => [
  cooler(),
  cooler({ id: "heater", values: { ...cooler().values, mode: { value: "heat", at: 1 } } }),
  lamp(),
  lamp({ id: "lamp-off", values: { ...lamp().values, ...off } }),
  lamp({ id: "lamp-silent", available: false }),
  tank(),
  tank({ id: "tank-silent", available: false }),
  sensor(),
  lock(),
  lock(false, { id: "lock-open" }),
  videoDeck("playing"),
  videoDeck("noTape", { id: "deck-silent", available: false }),
  sensor({ id: "sensor-unknown", values: { temperature: { value: null, at: 0 } } }),
];

async function violations(options: RunOptions = {}): Promise<string[]> {
  const { violations: found } = await axe.run(options);
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** Transitions would be measured half way. */
function finishAnimations(): void {
  for (const animation of document.getAnimations()) {
    if (animation.effect?.getTiming().iterations === 1) animation.finish();
    else animation.cancel();
  }
}

describe.each(["light", "dark"])("No rule of axe, WCAG 2.2 A and AA among them, is broken in %s", (scheme) => {
  it.each(["en", "ja"])("in %s: all tiles, with one pending and one failed, and the sheet", async (language) => {
    document.documentElement.style.colorScheme = scheme;
    document.title = "test";
    open = await openHome(everyLook(), language);
    const [first, second] = open.home.querySelectorAll<HTMLButtonElement>(".switch:enabled");
    first?.click();
    second?.click();
    await open.settled();
    open.gateway.asked[0]?.answer(Response.json({ code: "device-silent" }, { status: 504 }));
    await open.settled();
    expect(open.home.querySelectorAll(".tile")).toHaveLength(13);
    expect(open.home.querySelectorAll("[role=alert]")).toHaveLength(1);
    finishAnimations();
    expect(await violations()).toEqual([]);

    for (const device of ["cooler", "tank-silent", "deck"]) {
      open.home.querySelector<HTMLAnchorElement>(`a[href="devices/${device}"]`)?.click();
      await open.settled();
      finishAnimations();
      expect(await violations()).toEqual([]);
      open.home.querySelector<HTMLDialogElement>("dialog.sheet")?.close();
      await expect.poll(() => open?.home.querySelector("dialog.sheet") ?? history.state).toBeNull();
    }
  });
});

describe("With high contrast", () => {
  it.each(["light", "dark"])("no rule is broken in %s, and text has 7:1", async (scheme) => {
    document.documentElement.style.colorScheme = scheme;
    document.documentElement.dataset["contrast"] = "more";
    document.title = "test";
    open = await openHome([...everyLook(), lamp({ id: "hidden", appearance: { isHidden: true } })], "en");
    open.home.querySelector("details")?.setAttribute("open", "");
    await open.settled();
    finishAnimations();
    expect(await violations({ rules: { "color-contrast-enhanced": { enabled: true } } })).toEqual([]);
    delete document.documentElement.dataset["contrast"];
  });
});

describe("A home without places, and an empty one", () => {
  it.each([[[lamp(), sensor()]], [[]]])("break no rule", async (devices) => {
    open = await openHome(devices);
    expect(await violations()).toEqual([]);
  });
});

describe("The menu of who looks in from outside", () => {
  it.each(["light", "dark"])("breaks no rule in %s, closed and open, and is large enough to touch", async (scheme) => {
    document.documentElement.style.colorScheme = scheme;
    document.title = "test";
    open = await openHome(
      [lamp()],
      "en",
      frame({ corner: cornerMenu({ viewer: "anna", look: {}, speech: speechOf("en"), root: "" }).text }),
    );
    expect(await violations()).toEqual([]);
    open.button("Account of anna").click();
    finishAnimations();
    expect(await violations()).toEqual([]);
    const touched = [...open.home.querySelectorAll(".corner :is(button, a)")];
    expect(touched).toHaveLength(11);
    for (const { width, height } of touched.map((control) => control.getBoundingClientRect())) {
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
    }
  });
});

describe("The page without script", () => {
  it.each(["en", "ja"])("has no violation in %s: home, device, and where nothing is", async (language) => {
    const speech = speechOf(language);
    const more = { viewer: "anna", rooms: ["Study"], isEditing: true, isViewOnly: true };
    const options = { files: {}, speech, now: reportedAt, token: "T", notice: "Done.", ...more };
    const devices = everyLook().map(buildPageDevice);
    const state = applyPageEvent(emptyPage, { type: "snapshot", epoch: "e", seq: 1, isLive: false, devices });
    const [first] = devices;
    const astray = renderProblem(speech.texts.notFound, { files: {}, speech, root: "../" });
    const printed = [
      renderHome(state, options),
      astray,
      ...(first === undefined ? [] : [renderDevice(first, options)]),
    ];
    for (const page of printed) {
      document.body.innerHTML = new DOMParser()
        .parseFromString(page, "text/html")
        .body.innerHTML.replaceAll("gk-home", "div");
      document.documentElement.lang = language;
      expect(await violations()).toEqual([]);
    }
    document.body.replaceChildren();
  });
});

describe("Everything to touch", () => {
  it("is at least 44 by 44 pixels", async () => {
    open = await openHome(everyLook());
    open.home.querySelector<HTMLAnchorElement>('a[href="devices/cooler"]')?.click();
    await open.settled();
    finishAnimations();
    const small = [...open.home.querySelectorAll("button, select, input, summary")]
      .map((control) => (control.closest("label") ?? control).getBoundingClientRect())
      .filter(({ width, height }) => width > 0 && (width < 43.9 || height < 43.9));
    expect(small).toEqual([]);
  });

  it("moves nothing for who wants no motion", async () => {
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText));
    expect(rules.some((rule) => /prefers-reduced-motion: reduce/.test(rule) && /--pulse: none/.test(rule))).toBe(true);
  });
});
