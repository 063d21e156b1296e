import { describe, expect, it } from "vitest";
import type { Device } from "../../gateway-core/contract/device.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import { iconOf, tileControlOf, tileToggleOf } from "../../gateway-core/contract/page-look.ts";
import { sayState } from "../../gateway-core/contract/page-words.ts";
import { compactDevice } from "../../gateway-core/page/compact.ts";
import { deckName } from "../../gateway-core/page/deck.ts";
import { grantedDevice } from "../../gateway-core/page/granted-device.ts";
import { renderDevice } from "../../gateway-core/page/html.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { discPlayer, lock, silentPlayer, videoDeck } from "../fakes/guarded-home.ts";
import { reportedAt } from "../fakes/page-home.ts";
import { openPage } from "./open-page.ts";

const speech = speechOf("en");
const print = { files: {}, speech, now: reportedAt, token: "T" };
const printed = (device: Device): string => renderDevice(buildPageDevice(device), print);
const compact = (device: Device): string =>
  compactDevice(buildPageDevice(device), { speech, now: reportedAt, token: "T", root: "../" }).join("");
const keysOf = (device: Device): unknown => {
  const { tile, widgets } = buildPageDevice(device);
  const widget = widgets[tile.control ?? ""];
  return widget?.widget === "transport" ? widget.keys.map(({ key, action }) => [key, action]) : widget;
};

const keyDown = /title="[^"]+" aria-pressed="true"/g;

describe("The bar of a deck", () => {
  it("has a key for each word of its state that may be set, in the order of every deck", () => {
    const keys = ["rewind", "play", "pause", "stop", "fastForward"];
    expect(keysOf(videoDeck())).toEqual(keys.map((key) => [key, undefined]));
    expect(tileControlOf(buildPageDevice(videoDeck()))).toBe("wide");
  });

  it("is made of actions where the state cannot be set, and where no state is told", () => {
    const keys = ["play", "pause", "stop"].map((key) => [key, key]);
    expect(keysOf(discPlayer())).toEqual(keys);
    expect(keysOf(silentPlayer())).toEqual(keys);
    expect(buildPageDevice(silentPlayer()).tile.control).toBe(deckName);
  });

  it("stands in the place of its actions, once", () => {
    for (const device of [discPlayer(), silentPlayer(), videoDeck()]) {
      const { sections, tile } = buildPageDevice(device);
      const items = sections.flatMap((section) => section.items);
      expect(items.filter((name) => name === tile.control)).toHaveLength(1);
      for (const action of ["play", "pause", "stop"]) expect(items).not.toContain(action);
      expect(new Set(items).size).toBe(items.length);
    }
  });

  it("gives way to a plain choice where the state can be set to what no deck has a key for", () => {
    const device = videoDeck();
    const { transport, ...properties } = device.descriptor.properties;
    if (transport === undefined) throw new Error("no transport");
    const titles = { en: "Shuffling", ja: "シャッフル" };
    const oneOf = [...(transport.oneOf ?? []), { const: "shuffling", titles }];
    const changed = { ...device.descriptor, properties: { ...properties, transport: { ...transport, oneOf } } };
    const { widgets } = buildPageDevice({ ...device, descriptor: changed });
    expect(widgets["transport"]).toMatchObject({ widget: "buttons" });
  });

  it("has no key down that the device does not say it is in", () => {
    expect(printed(videoDeck("playing"))).toMatch(/aria-label="Play" title="Play" aria-pressed="true"/);
    expect(printed(videoDeck("playing")).match(keyDown)).toHaveLength(1);
    expect(printed(videoDeck("recording"))).not.toMatch(keyDown);
    expect(sayState(buildPageDevice(videoDeck("recording")), speech, reportedAt)).toContain("Recording");
  });

  it("posts words to the state, and each action to its own address", () => {
    expect(printed(videoDeck())).toContain('name="value" value="&quot;rewinding&quot;" aria-label="Rewind"');
    expect(printed(discPlayer())).toContain(
      'name="value" value="null" formaction="../api/devices/disc/actions/pause" aria-label="Pause"',
    );
  });

  it("is a list of words on a compact page, and lines of actions", () => {
    expect(compact(videoDeck("playing"))).toContain('<option value="playing" selected>');
    expect(compact(videoDeck())).not.toContain("recording");
    expect(compact(discPlayer())).toContain('action="../d/disc/a/play"');
    expect(compact(silentPlayer())).toContain('action="../d/player/a/stop"');
  });

  it("has the keys that were granted; who may only look reads what the deck does", () => {
    const viewer = (grants: Grant["devices"]): Grant => ({ devices: grants });
    const looks = grantedDevice(buildPageDevice(discPlayer("playing")), viewer({ disc: { access: "view" } }));
    expect(looks?.widgets["transport"]).toMatchObject({ widget: "text", role: "transportState" });
    expect(looks?.tile.control).toBeUndefined();
    const some = viewer({ disc: { access: "control", properties: ["power"], actions: ["stop"] } });
    const stops = grantedDevice(buildPageDevice(discPlayer("playing")), some);
    expect(stops?.widgets["transport"]).toMatchObject({ keys: [{ key: "stop" }], options: [] });
    expect(stops?.values["transport"]).toBeUndefined();
    const none = grantedDevice(buildPageDevice(silentPlayer()), viewer({ player: { access: "view" } }));
    expect(none?.widgets[deckName]).toBeUndefined();
  });
});

describe("A tape that goes to a time code", () => {
  const at = (timeCode: string): Device => videoDeck("stopped", { values: { timeCode: { value: timeCode, at: 1 } } });

  it("has a field that begins with where it is, and is posted to its action", () => {
    expect(printed(videoDeck())).toMatch(
      /action="\.\.\/api\/devices\/deck\/actions\/seek">\s*<input[^>]*><input[^>]*><input type="text" name="value" value="00:12:34:10" pattern="[^"]*" aria-label="[^"]*: Go to time code" required autocomplete="off"><button class="button">Go to time code<\/button>/,
    );
    expect(printed(at("--:--:--:--"))).toContain('name="value" value="" pattern=');
    expect(printed(videoDeck("stopped", { available: false }))).toMatch(
      /autocomplete="off" disabled><button class="button" disabled>/,
    );
  });

  it("has it on a compact page too, and takes what is written there", async () => {
    const field =
      '<input name="value" value="00:12:34:10" size="11" istyle="3"><input type="submit" value="Go to time code">';
    expect(compact(videoDeck())).toContain(field);
    const { ask, control } = openPage([videoDeck()]);
    const [, token = ""] = /name="token" value="([^"]+)"/.exec(await (await ask("/c/d/deck")).text()) ?? [];
    const body = new URLSearchParams({ token, value: "00:20:00" });
    expect((await ask("/c/d/deck/a/seek", { method: "POST", body })).status).toBe(302);
    expect(control.asked).toMatchObject([
      { device: "deck", request: { kind: "action", name: "seek", value: "00:20:00" } },
    ]);
  });
});

describe("A lock", () => {
  it("stands below its name, and looks open when it is", () => {
    expect(tileToggleOf(buildPageDevice(lock()))).toEqual({ name: "mainElectricLock", isGuarded: true });
    expect(iconOf(buildPageDevice(lock()))).toBe("lock");
    expect(iconOf(buildPageDevice(lock(false)))).toBe("lockOpen");
  });

  it("asks before it is unlocked, and is locked at once", () => {
    expect(printed(lock())).toMatch(
      /<details class="asking"><summary class="button">Unlock<\/summary><p>Do “Unlock” now\?<\/p><button class="button" name="value" value="false"/,
    );
    expect(printed(lock(false))).toContain('<button class="button" name="value" value="true" aria-label="Lock: ');
    expect(printed(lock(false))).not.toContain('<details class="asking">');
    const silent = printed(lock(true, { available: false }));
    expect(silent).not.toContain('<details class="asking">');
    expect(silent).toMatch(/aria-label="Unlock: [^"]*" disabled/);
  });

  it("asks on a page of its own on a simple terminal", async () => {
    expect(compact(lock())).toContain('<a href="../d/lock/p/mainElectricLock">Unlock</a>');
    expect(compact(lock())).not.toContain('action="../d/lock/p/mainElectricLock"');
    expect(compact(lock(false))).toContain('<input type="submit" value="Lock">');
    const { ask, control } = openPage([lock()]);
    const question = await (await ask("/c/d/lock/p/mainElectricLock")).text();
    expect(question).toContain("Do “Unlock” now?");
    expect(question).toContain('action="../../../d/lock/p/mainElectricLock"');
    expect(question).toContain('<input type="hidden" name="value" value="false"><input type="submit" value="Unlock">');
    expect(control.asked).toEqual([]);
    expect((await ask("/c/d/lock/p/doorOpened")).status).toBe(404);
  });
});
