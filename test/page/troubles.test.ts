/** What the page tells of a protocol whose devices cannot be reached. */

import { describe, expect, it } from "vitest";
import { type Grant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { PageEvent, Trouble } from "../../gateway-core/contract/page.ts";
import { applyPageEvent, emptyPage, pageSnapshot } from "../../gateway-core/contract/page-state.ts";
import { sayTroubles } from "../../gateway-core/contract/page-words.ts";
import { compactHome } from "../../gateway-core/page/compact.ts";
import { grantedEvent, grantedState } from "../../gateway-core/page/granted-event.ts";
import { renderHome } from "../../gateway-core/page/html.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { createLivePage } from "../../gateway-core/page/live-page.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lamp, reportedAt } from "../fakes/page-home.ts";

const taken: Trouble = { protocol: "echonet", code: "address-unusable" };

function open() {
  const page = createLivePage({ host: fakeHost() });
  const events: PageEvent[] = [];
  page.onEvent((event) => events.push(event));
  page.receive({ type: "snapshot", devices: [lamp()] });
  return { page, events };
}

describe("A protocol that cannot be reached", () => {
  it("is told once, stays told whatever the home tells, and is told no more when it can", () => {
    const { page, events } = open();
    for (let turn = 0; turn < 2; turn++) page.reportTroubles([taken]);
    page.receive({ type: "snapshot", devices: [lamp()] });
    page.receive({ type: "gone", device: "lamp" });
    expect(events.map(({ type }) => type)).toEqual(["snapshot", "troubles", "snapshot", "gone"]);
    expect(page.snapshot()).toMatchObject({ troubles: [taken], isLive: true, devices: [] });
    expect(events.reduce(applyPageEvent, emptyPage)).toMatchObject({ troubles: [taken] });
    page.reportTroubles([]);
    expect(page.snapshot()).not.toHaveProperty("troubles");
    expect(pageSnapshot(events.reduce(applyPageEvent, emptyPage))).toEqual(page.snapshot());
  });

  it("is the matter of who sees all that comes into the home, and of nobody else", () => {
    const { page, events } = open();
    page.reportTroubles([taken]);
    const one: Grant = { devices: { lamp: { access: "control", streams: true } } };
    const state = events.reduce(applyPageEvent, emptyPage);
    expect(grantedState(state, wholeGrant)).toHaveProperty("troubles");
    expect(grantedState(state, one)).not.toHaveProperty("troubles");
    for (const event of [page.snapshot(), ...events.slice(1)]) expect(grantedEvent(event, wholeGrant)).toBe(event);
    expect(events.slice(1).map((event) => grantedEvent(event, one))).toEqual([undefined]);
    expect(grantedEvent(page.snapshot(), one)).toEqual({
      ...{ type: "snapshot", epoch: state.epoch, seq: state.seq, isLive: true, devices: [...state.devices.values()] },
    });
  });

  it.each([
    ["en", "ECHONET Lite cannot be reached: its port is taken or its address missing."],
    ["ja", "ECHONET Liteの機器には今つながりません（ポートをほかのプログラムが使っているか、アドレスがありません）。"],
  ])("is said on every page, in %s", (language, words) => {
    const { page } = open();
    page.reportTroubles([taken]);
    const state = applyPageEvent(emptyPage, page.snapshot());
    const speech = speechOf(language);
    const print = { speech, now: reportedAt, token: "T" };
    const files = { style: "assets/main-1.css", script: "assets/main-1.js" };
    expect(renderHome(state, { ...print, files })).toContain(`<p class="notice">${words}`);
    expect(compactHome(state, { ...print, root: "" })[0]).toContain(`<p>${words}`);
    page.reportTroubles([]);
    expect(renderHome(applyPageEvent(emptyPage, page.snapshot()), { ...print, files })).not.toContain("notice");
  });

  it("is said by its own name, and why in general, where nobody has other words", () => {
    const text = sayTroubles([{ protocol: "wall", code: "never-heard" }, taken], speechOf("en"));
    expect(text).toMatch(/^wall cannot be reached: the gateway's log says why\. .* ECHONET Lite cannot /);
    expect(sayTroubles(undefined, speechOf("ja"))).toBe("");
  });
});
