import { describe, expect, it } from "vitest";
import type { Device } from "../../gateway-core/contract/device.ts";
import { applyPageEvent, emptyPage, type PageState } from "../../gateway-core/contract/page-state.ts";
import { type PageOptions, renderDevice, renderHome } from "../../gateway-core/page/html.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { html } from "../../gateway-core/page/markup.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { cooler, lamp, narrowed, reportedAt, sensor, tank, wholeHome } from "../fakes/page-home.ts";

const files = { style: "assets/main-1.css", script: "assets/main-1.js" };
const options = (language = "en"): PageOptions => ({ files, speech: speechOf(language), now: reportedAt, token: "T" });
const state = (devices: readonly Device[], isLive = true): PageState =>
  applyPageEvent(emptyPage, { type: "snapshot", epoch: "e", seq: 1, isLive, devices: devices.map(buildPageDevice) });
const home = (devices: readonly Device[], language?: string): string => renderHome(state(devices), options(language));
const detail = (device: Device, language?: string): string => renderDevice(buildPageDevice(device), options(language));

describe("Markup", () => {
  it("escapes what is put in, but not what was made by it", () => {
    const evil = `<script>"&'`;
    expect(html`<p title="${evil}">${[evil, html`<b>${1}</b>`, false, undefined]}</p>`.text).toBe(
      '<p title="&lt;script&gt;&quot;&amp;&#39;">&lt;script&gt;&quot;&amp;&#39;<b>1</b></p>',
    );
  });
});

describe("The page without script", () => {
  it("is a whole document that loads our own files and holds no inline script or style", () => {
    const page = home(wholeHome());
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<script type="module" src="assets/main-1.js"></script>');
    expect(page).toContain('<link rel="stylesheet" href="assets/main-1.css">');
    expect(page.replace(/<script type="module"[^>]*><\/script>/, "")).not.toMatch(/<script|<style| style=| on\w+=/);
  });

  it("has one tile for each device, in places, with its state in words", () => {
    const page = home(wholeHome(), "ja");
    expect(page.match(/<article/g)).toHaveLength(4);
    for (const words of [
      "4台の機器",
      "リビング",
      "その他の場所",
      "冷房 · 室温 27°C",
      "自動 · 沸き上げ中",
      "オン · 70%",
    ]) {
      expect(page).toContain(words);
    }
  });

  it("switches by a button that posts the other value", () => {
    const page = home([lamp()]);
    expect(page).toContain(
      '<form class="control" method="post" action="api/devices/lamp/properties/power"><button class="switch" role="switch" name="ask" value="T home false" aria-checked="true" aria-label="Light: Power"></button></form>',
    );
    expect(renderHome(state([lamp()]), { ...options(), isWhole: true })).toMatch(
      /properties\/power">\s*<input type="hidden" name="token" value="T"><input[^>]*><button[^>]*value="false"/,
    );
  });

  it("asks ahead for the modules that the script asks for at once", () => {
    const page = renderHome(state([lamp()]), { ...options(), files: { ...files, ahead: ["assets/drawing-1.js"] } });
    expect(page).toContain('<link rel="modulepreload" href="assets/drawing-1.js">');
  });

  it("is painted first when its first tiles are there, and not a few of them after the other", () => {
    const link = '<link rel="expect" href="#first-painted" blocking="render">';
    const lamps = Array.from({ length: 24 }, (_, at) => lamp({ id: `lamp-${at}` }));
    expect(home(lamps)).toContain(link);
    expect(home(lamps)).toMatch(/<li id="first-painted"><article class="tile" data-device="lamp-23"/);
    expect(detail(lamp())).not.toContain(link);
  });

  it("steps by two buttons, and sets numbers, words and times by a field", () => {
    const page = detail(cooler());
    expect(page).toMatch(/name="value" value="25" aria-label="Air conditioner: Set temperature: lower"/);
    expect(page).toMatch(/name="value" value="27" aria-label="Air conditioner: Set temperature: raise"/);
    expect(page).toContain('value="&quot;cool&quot;" aria-pressed="true"');
    expect(page).toContain('<option value="&quot;auto&quot;" selected>Automatic</option>');
    expect(page).toContain('<input type="time" name="value" value="06:30"');
    expect(detail(lamp())).toContain('<input type="number" name="value" value="70" min="0" max="100" step="1"');
    expect(detail(tank())).toContain('value="&quot;infinite&quot;" aria-pressed="true" formnovalidate');
  });

  it("does not step beyond the range", () => {
    const at = (value: number) => detail(cooler({ values: { targetTemperature: { value, at: reportedAt } } }));
    expect(at(0)).toMatch(/value="0" aria-label="[^"]*lower" disabled/);
    expect(at(50)).toMatch(/value="50" aria-label="[^"]*raise" disabled/);
  });

  it("does not choose for the person what the device reports but cannot be told", () => {
    const page = detail(cooler({ values: { fanMode: { value: "strange", at: reportedAt } } }));
    expect(page).toMatch(
      /<select[^>]* required><option value="" selected disabled>strange<\/option><option value="&quot;/,
    );
  });

  it("asks before it does what must be confirmed", () => {
    const titles = { en: "Record", ja: "録画" };
    const actions = { record: { titles, "gk:bind": {}, "gk:confirm": true } };
    const device = narrowed(
      { titles, title: "x", "gk:type": "x", "gk:kind": "generic", properties: {}, actions },
      "d",
      {},
    );
    expect(detail(device)).toMatch(
      /<details class="asking"><summary[^>]*>Record<\/summary><p>Do “Record” now\?<\/p><button/,
    );
  });

  it("says of a silent device that it is silent, since when, and lets nothing be touched", () => {
    const page = home([lamp({ available: false, availabilityAt: reportedAt - 300_000 }), sensor()], "ja");
    expect(page).toContain("応答なし · 5分前");
    expect(page).toContain("2台の機器 · 1台が応答なし");
    expect(page).toContain('<article class="tile" data-device="lamp" data-silent data-accent="neutral">');
    const [, main = ""] = page.split("<main>");
    expect(main.match(/<button/g)?.length).toBe(main.match(/<button[^>]* disabled>/g)?.length);
  });

  it("prints a dash for what is not known", () => {
    const page = home([sensor({ values: { temperature: { value: null, at: 0 } } })]);
    expect(page).toContain('<p class="figure">–</p>');
  });

  it("says that it gets no news, that it looks for devices, and what became of a form", () => {
    expect(renderHome(state([lamp()], false), options())).toContain("No news from the devices");
    expect(home([], "ja")).toContain("機器を探しています");
    expect(renderHome(state([]), { ...options(), notice: "Done." })).toContain(
      '<div class="news" role="status"><p class="notice">Done.</p></div>',
    );
  });

  it("says one thing of a home without devices: that it looks for them, or that no news comes", () => {
    const live = renderHome(state([]), options());
    const silent = renderHome(state([], false), options());
    expect(live).toContain("Looking for devices");
    expect(live).not.toMatch(/No devices yet|No news|class="notice"/);
    expect(silent).toContain("No news comes from the devices");
    expect(silent).not.toMatch(/Looking for|last known|class="notice"/);
  });

  it("has a menu for who looks in from outside, and for nobody else", () => {
    const viewed = { ...options(), viewer: '<a>"nna' };
    const page = renderHome(state([lamp()]), viewed);
    expect(page).toContain('popovertarget="account" aria-label="Account of &lt;a&gt;&quot;nna"');
    expect(page).toContain('<a class="menu-item" href="account">Login and devices</a>');
    expect(page).toContain('<a class="menu-item" href="password">Change password</a>');
    expect(page).toMatch(/<form method="post" action="logout"><button class="menu-item">Log out/);
    const single = renderDevice(buildPageDevice(lamp()), viewed);
    expect(single).toContain('href="../password"');
    expect(single).toContain('action="../logout"');
    expect(home([lamp()]) + detail(lamp())).not.toMatch(/account|logout/);
  });

  it("shows how full a tank is", () => {
    expect(home([tank()])).toMatch(/<rect width="69\.5\d*" height="8"\/>/);
  });

  it("gives each device a page of all its sections, without script, whose paths lead up", () => {
    const page = detail(cooler(), "ja");
    expect(page).not.toContain("<script");
    expect(page).toContain('action="../api/devices/cooler/properties/power"');
    expect(page).toContain('name="from" value="device"');
    for (const words of ["エアコン", "風量", "タイマー", "設置場所", "すべての機器"]) expect(page).toContain(words);
  });

  it("says a device's words as they are, whatever they hold", () => {
    const titles = { en: "<img src=x>", ja: "<img src=x>" };
    const device = narrowed({ titles, title: "x", "gk:type": "x", "gk:kind": "generic", properties: {} }, "evil", {});
    expect(home([device])).toContain("&lt;img src=x&gt;");
    expect(home([device])).not.toContain("<img");
  });
});

describe("The viewer's language", () => {
  it.each([
    [null, "en"],
    ["", "en"],
    ["ja", "ja"],
    ["ja-JP,ja;q=0.9,en-US;q=0.8", "ja"],
    ["en-GB,ja;q=0.9", "en"],
    ["fr,de;q=0.9", "en"],
    ["fr,ja;q=0.3", "ja"],
    ["ja;q=0.2,en;q=0.7", "en"],
    [";;;,=", "en"],
  ])("of %s is %s", (header, language) => {
    expect(speechOf(header).language).toBe(language);
  });
});
