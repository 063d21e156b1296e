import { type DefaultTreeAdapterMap, parse } from "parse5";
import { describe, expect, it } from "vitest";
import { stillPage } from "../../access-broker/pages/still-page.ts";
import { firstPainted, tilesAhead } from "../../gateway-core/page/html-places.ts";
import { furnishedHome } from "../fakes/furnished-home.ts";
import { openPage } from "./open-page.ts";

type Node = DefaultTreeAdapterMap["node"];

/** What a browser finds in the page, with script or without it. */
function elements(page: string, scriptingEnabled: boolean) {
  const found: DefaultTreeAdapterMap["element"][] = [];
  const look = (node: Node): void => {
    if ("tagName" in node) found.push(node);
    if ("childNodes" in node) node.childNodes.forEach(look);
  };
  look(parse(page, { scriptingEnabled }));
  const attribute = (name: string) =>
    found.flatMap(({ attrs }) => attrs.filter((one) => one.name === name).map(({ value }) => value));
  const fields = found.filter(({ tagName }) => tagName === "select" || tagName === "input");
  const [devices, links, actions] = [attribute("data-device"), attribute("href"), attribute("action")];
  return { devices, links, actions, fields };
}

const pageOf = async (count: number, path = "/"): Promise<string> =>
  (await openPage(furnishedHome(count)).ask(path)).text();
// Two of the fake house have one name.
const ids = [...new Set(furnishedHome(200).map(({ id }) => id))];

describe("A large home as it is printed", () => {
  it("has every device once, with script and without, in the same order, and leads to each one's own page", async () => {
    const page = await pageOf(200);
    const [scripted, scriptless] = [elements(page, true), elements(page, false)];
    expect(scripted.devices.toSorted()).toEqual(ids.toSorted());
    expect(scriptless.devices).toEqual(scripted.devices);
    expect(scriptless.links).toEqual(expect.arrayContaining(ids.map((id) => `devices/${id}`)));
  });

  it("has the forms of its first tiles without script; a later tile says its name and how it is", async () => {
    const page = await pageOf(200);
    const small = elements(await pageOf(tilesAhead), false);
    expect(small.devices).toHaveLength(tilesAhead);
    expect(small.actions.length).toBeGreaterThan(tilesAhead / 2);
    expect(elements(page, false).actions.length).toBeLessThan(2 * tilesAhead);
    const [, last = ""] = page.split(/(?=<article)/).slice(-2);
    expect(last).toMatch(
      /^<article class="tile ahead"[^>]*><h3><a [^>]*>[^<]+<\/a><\/h3><p class="tile-state">[^<]+<\/p><\/article>/,
    );
  });

  it("leads to a page that has all of every tile", async () => {
    expect(elements(await pageOf(200), true).links).toContain("?whole=1");
    const whole = elements(await pageOf(200, "/?whole=1"), true);
    expect(whole.devices.toSorted()).toEqual(ids.toSorted());
    expect(whole.actions.length).toBeGreaterThan(150);
    expect(whole.links).not.toContain("?whole=1");
  });

  it("has few forms for a browser with script, and no field: a browser looks at each of them", async () => {
    const scripted = elements(await pageOf(200), true);
    expect(scripted.fields).toEqual([]);
    expect(scripted.actions.length).toBeGreaterThan(5);
    expect(scripted.actions.length).toBeLessThan(2 * 24);
    const whole = elements(await pageOf(200, "/?whole=1"), true);
    expect(whole.fields.length).toBeGreaterThan(50);
  });

  it("is a fraction of itself: a telephone reads it before it paints", async () => {
    const [page, whole] = [await pageOf(500), await pageOf(500, "/?whole=1")];
    expect(page.length).toBeLessThan(whole.length / 3);
  });

  it("marks the last tile whose buttons work", async () => {
    const [before = "", rest] = (await pageOf(200)).split(`<li id="${firstPainted}">`);
    expect(before.match(/<article/g)).toHaveLength(23);
    expect(rest).toMatch(/^<article class="tile"/);
  });

  it("stays on a wall", async () => {
    const { links } = elements(await pageOf(200, "/?kiosk=1"), true);
    expect(links).toContain("?whole=1&kiosk=1");
    expect(links).toEqual(expect.arrayContaining(ids.map((id) => `devices/${id}?kiosk=1`)));
  });

  it("has every device too when it is shown of a home that is away", async () => {
    const still = stillPage(await pageOf(200), "old");
    expect(elements(still, true).devices.toSorted()).toEqual(ids.toSorted());
    expect(still).not.toMatch(/<(?:noscript|form|script)|rel="(?:expect|manifest|(?:module)?preload)"/);
  });
});
