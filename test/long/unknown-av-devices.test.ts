/**
 * A serial bus with two devices of types that nobody knows, an AV/C subunit and a HAVi service, and one that sends its own
 * screen: whole processes, the provider's descriptors, and a browser.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { launch, loggedIn } from "../journeys/browser.ts";
import { genkan, type Home, startHome, until } from "../journeys/home.ts";
import { lanDevices } from "../journeys/home-states.ts";

const lamp = "ieee1394-0050c2fffe000106-0d0";
const aroma = "ieee1394-0050c2fffe000c11-havi-80000017-0";
const receiver = "ieee1394-0050c2fffe000a07-havi-dcm-0";

const descriptor = (type: string, en: string, ja: string, match: JsonObject, name: string, bind: JsonObject) => ({
  "@context": ["https://www.w3.org/2022/wot/td/v1.1", { gk: "https://genkan.example/ns#", "@language": "en" }],
  "@type": "tm:ThingModel",
  ...{ title: en, titles: { en, ja }, version: { model: "1.0.0" }, "gk:type": type, "gk:kind": "generic" },
  "gk:match": [{ protocol: "ieee1394", ...match }],
  properties: {
    [name]: { titles: { en, ja }, type: "integer", minimum: 0, maximum: 10, "gk:bind": bind },
  },
});
const lampDescriptor = descriptor(
  "ieee1394:avc:0d",
  "Mood lamp",
  "ムードランプ",
  { commands: "avc", subunit: "0d" },
  "colour",
  {
    avc: { status: "42ff", value: { num: "uint8", at: 1 }, control: { frame: "42{value}", num: "uint8" } },
  },
);
const aromaDescriptor = descriptor(
  ...(["ieee1394:havi:80000017", "Aroma diffuser", "アロマディフューザー"] as const),
  ...([{ commands: "havi", element: "80000017" }, "strength"] as const),
  {
    havi: {
      get: { api: "8017", operation: 1, results: [["strength", "ushort"]] },
      value: { at: "strength" },
      set: { api: "8017", operation: 2, parameters: [["strength", "ushort"]], fields: { strength: "{value}" } },
    },
  },
);

describe("A home with AV devices of types that nobody knows", () => {
  let home: Home;
  let browser: Browser;
  let outside: Page;
  const now = async (id: string) => (await lanDevices(home.addresses.lan)).find((device) => device.id === id);
  const tile = (id: string) => outside.locator(`[data-device="${id}"]`);
  const put = (id: string, name: string, value: number) =>
    fetch(new URL(`/api/devices/${id}/properties/${name}`, home.addresses.lan), {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: String(value),
    });

  beforeAll(async () => {
    const folder = process.env["TMPDIR"] ?? "/tmp";
    const scenario = join(folder, `genkan-unknown-av-${process.pid}.json`);
    const models = ["mood-lamp", "havi-controller", "havi-receiver"];
    const nodes = [{ objects: [{ class: "0290" }] }];
    writeFileSync(scenario, JSON.stringify({ nodes, bus: { nodes: models.map((model) => ({ model })) } }));
    [home, browser] = await Promise.all([startHome(["--headless", "--scenario", scenario]), launch()]);
    await until(async () => (await now(receiver)) !== undefined, 30_000, "the receiver");
    outside = await loggedIn(browser, home);
  });
  afterAll(async () => {
    await browser?.close();
    await home?.[Symbol.asyncDispose]();
  });

  it("shows them at once, and says that the provider does not know them yet", async () => {
    for (const id of [lamp, aroma]) {
      await expect.poll(() => tile(id).textContent(), { timeout: 45_000 }).toMatch(/provider does not know it yet/i);
    }
    const { stdout } = await genkan(["descriptors", "wanted", "--state", home.folder, "--json"]);
    expect(stdout).toContain('"80000017"');
    expect(stdout).toContain('"0d"');
  });

  it("controls them by what the provider publishes", async () => {
    for (const [name, made] of [lampDescriptor, aromaDescriptor].entries()) {
      const file = join(home.folder, `published-${name}.json`);
      writeFileSync(file, JSON.stringify(made));
      const { code, stderr } = await genkan(["descriptors", "publish", file, "--state", home.folder, "--json"]);
      expect([code, stderr]).toEqual([0, ""]);
    }
    await expect.poll(async () => (await now(lamp))?.values["colour"]?.value).toBe(1);
    await expect.poll(async () => (await now(aroma))?.values["strength"]?.value).toBe(3);
    await expect.poll(() => tile(aroma).textContent()).toContain("Aroma diffuser");
    expect((await put(lamp, "colour", 7)).status).toBe(200);
    expect((await put(aroma, "strength", 8)).status).toBe(200);
    await expect.poll(async () => (await now(aroma))?.values["strength"]?.value).toBe(8);
  });

  it("shows the screen that the receiver sends; what is pressed on it arrives, and shows", async () => {
    await tile(receiver).getByRole("link", { name: "AV device AX-7" }).click();
    const sheet = outside.getByRole("dialog");
    await sheet.getByRole("button", { name: "Next station" }).click();
    await expect.poll(() => sheet.textContent()).toContain("J-WAVE 81.3");
    await sheet.getByRole("button", { name: "Sound settings" }).click();
    await expect.poll(() => sheet.textContent()).toContain("Bass");
  });
});
