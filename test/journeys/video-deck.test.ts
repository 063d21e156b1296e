/** A video deck on the serial bus stands on the page beside the appliances, and plays when it is told to. */

import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ffmpeg } from "../media/clips.ts";
import { launch } from "./browser.ts";
import { type Home, startHome } from "./home.ts";
import { lanDevices } from "./home-states.ts";

const deck = "ieee1394-0800460102c46a01-tape0";

describe("A home with a video deck", () => {
  let home: Home;
  beforeAll(async () => {
    const scenario = join(tmpdir(), `genkan-video-deck-${process.pid}.json`);
    const nodes = [{ objects: [{ class: "0290" }] }];
    writeFileSync(scenario, JSON.stringify({ nodes, bus: { nodes: [{ model: "dv-deck" }] } }));
    home = await startHome(["--headless", "--scenario", scenario, "--set", "media.idleSeconds=0.5"]);
  });
  afterAll(() => home?.[Symbol.asyncDispose]());

  const deckNow = async () => (await lanDevices(home.addresses.lan)).find(({ id }) => id === deck);

  it("shows it beside the lamp, and what its tape does", async () => {
    await expect.poll(async () => (await deckNow())?.values["transport"]?.value).toBe("stopped");
    const kinds = (await lanDevices(home.addresses.lan)).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(["light", "vtr"]);
    const response = await fetch(new URL(`/api/devices/${deck}/properties/transport`, home.addresses.lan), {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: '"playing"',
    });
    // Done, or on its way still when the machine is busy.
    expect([200, 202]).toContain(response.status);
    await expect.poll(async () => (await deckNow())?.values["transport"]?.value).toBe("playing");
    await expect.poll(async () => String((await deckNow())?.values["timeCode"]?.value) > "00:01:23:10").toBe(true);
  });

  it.skipIf(ffmpeg === undefined)("shows what it plays, and lets its bus go when nobody looks any more", async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(home.addresses.lan);
      await page.click(".watch-mark");
      const frames = () =>
        page.evaluate(() => document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames);
      await expect.poll(frames, { timeout: 60_000 }).toBeGreaterThan(10);
      await page.close();
    } finally {
      await browser.close();
    }
    const { gateway } = home.addresses.pids;
    const converting = () => readFileSync(`/proc/${gateway}/task/${gateway}/children`, "utf8").trim();
    await expect.poll(converting, { timeout: 30_000 }).toBe("");
  });
});
