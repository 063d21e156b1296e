import { type DefaultTreeAdapterMap, parse } from "parse5";
import { describe, expect, it } from "vitest";
import { stillPage } from "../../access-broker/pages/still-page.ts";
import { tilesAhead } from "../../gateway-core/page/html-places.ts";
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
  it("is whole for a browser without script: every tile once, with its forms", async () => {
    const { devices, actions } = elements(await pageOf(200), false);
    expect(devices.toSorted()).toEqual(ids.toSorted());
    expect(actions.length).toBeGreaterThan(150);
  });

  it("has only its first tiles for a browser with script, in the same order, and a way to all of them", async () => {
    const page = await pageOf(200);
    const [scripted, scriptless] = [elements(page, true), elements(page, false)];
    expect(scripted.devices).toEqual(scriptless.devices.slice(0, tilesAhead));
    expect(scripted.links).toContain("?whole=1");
    expect(elements(await pageOf(200, "/?whole=1"), true).devices).toEqual(scriptless.devices);
  });

  it("has all of its tiles for both when it is not large", async () => {
    expect(elements(await pageOf(tilesAhead), true).devices).toHaveLength(tilesAhead);
  });

  it("has few forms for a browser with script, and no field: a browser looks at each of them", async () => {
    const scripted = elements(await pageOf(200), true);
    expect(scripted.fields).toEqual([]);
    expect(scripted.actions.length).toBeGreaterThan(5);
    expect(scripted.actions.length).toBeLessThan(2 * 24);
    const whole = elements(await pageOf(200, "/?whole=1"), true);
    expect(whole.fields.length).toBeGreaterThan(50);
  });

  it("stays on a wall", async () => {
    expect(elements(await pageOf(200, "/?kiosk=1"), true).links).toContain("?whole=1&kiosk=1");
  });

  it("is whole too when it is shown of a home that is away", async () => {
    const still = stillPage(await pageOf(200), "old");
    expect(elements(still, true).devices.toSorted()).toEqual(ids.toSorted());
    expect(still).not.toMatch(/<(?:noscript|form|script)|rel="(?:module)?preload"/);
  });
});
