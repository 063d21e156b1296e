/**
 * A tape in the home and a person outside, as in life: the simulated home with its bus, the gateway and the access broker are
 * processes of their own, and the person is a browser that has logged in at the home's origin.
 */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, loggedIn } from "../journeys/browser.ts";
import { type Home, startHome, until } from "../journeys/home.ts";
import { lanDevices } from "../journeys/home-states.ts";
import { decoded, ffmpeg } from "../media/clips.ts";

const deck = "ieee1394-0080451000331702-tape0";
const patience = { timeout: 150_000 };

/** How much sound the player has decoded, in octets; in the page. */
const soundDecoded = (): number =>
  (document.querySelector("video") as unknown as { readonly webkitAudioDecodedByteCount: number })
    .webkitAudioDecodedByteCount;

describe.skipIf(ffmpeg === undefined)("A person who is out, and a tape at home", () => {
  let home: Home;
  let browser: Browser;
  let outside: Page;
  const scenario = join(tmpdir(), `genkan-whole-chain-${process.pid}.json`);
  beforeAll(async () => {
    const nodes = [{ objects: [{ class: "0290" }] }];
    writeFileSync(scenario, JSON.stringify({ nodes, bus: { nodes: [{ model: "camcorder" }] } }));
    const settings = ["--set", "media.idleSeconds=0.5"];
    [home, browser] = await Promise.all([startHome(["--headless", "--scenario", scenario, ...settings]), launch()]);
    await until(async () => (await deckNow()) !== undefined, 60_000, "the deck");
    outside = await loggedIn(browser, home);
    outside.setDefaultTimeout(patience.timeout);
  });
  afterAll(async () => {
    await browser?.close();
    await home?.[Symbol.asyncDispose]();
    rmSync(scenario, { force: true });
  });

  const deckNow = async () => (await lanDevices(home.addresses.lan)).find(({ id }) => id === deck);
  const childrenOf = (pid: number): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  const converting = (): number[] => childrenOf(home.addresses.pids.gateway);
  /** Which pair of sound a converter has been told to take, from 1 on. */
  const heardPair = (pid: number): string => {
    const [, at] = /\b0:a:(\d)\?/.exec(readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? [];
    return String(Number(at) + 1);
  };
  const shown = () =>
    outside.evaluate(() => {
      const { totalVideoFrames = 0, droppedVideoFrames = 0 } =
        document.querySelector("video")?.getVideoPlaybackQuality() ?? {};
      return { total: totalVideoFrames, dropped: droppedVideoFrames };
    });
  const goesOn = async (frames: number): Promise<void> => {
    let [before, seen] = [(await shown()).total, 0];
    const more = async (): Promise<number> => {
      const { total } = await shown();
      // Another source counts from 0.
      seen += total < before ? total : total - before;
      before = total;
      return seen;
    };
    await expect.poll(more, patience).toBeGreaterThan(frames);
  };
  const sounds = () => outside.locator("select[aria-label='Sound track']");
  const deed = () => outside.textContent(".player-deed");
  const press = (name: string) => outside.locator(".player-bar").getByRole("button", { name, exact: true }).click();

  it("sees it when they press play, at the home's own origin, through the broker", async () => {
    await outside.locator(`[data-device="${deck}"] .watch-mark`).click();
    await press("Play");
    await goesOn(90);
    expect(outside.url()).toBe(home.addresses.home);
    expect(converting()).toHaveLength(1);
    const { total, dropped } = await shown();
    expect(dropped).toBeLessThan(total / 2);
    await expect.poll(deed).toMatch(/^Playing \d\d:\d\d:\d\d/);
  });

  it("hears the other pair of sound, too", async () => {
    const list = sounds();
    await expect.poll(() => list.locator("option").count(), patience).toBe(2);
    await list.selectOption("2");
    await expect.poll(() => converting().map(heardPair), patience).toEqual(["2"]);
    const octets = () => outside.evaluate(soundDecoded);
    const before = await octets();
    await goesOn(60);
    await expect.poll(octets, patience).toBeGreaterThan(before + 10_000);
    expect(await list.inputValue()).toBe("2");
  });

  it("winds it, stops it and goes on, and is told what it does over the picture", async () => {
    for (const [button, said] of [
      ["Pause", "Paused"],
      ["Fast forward", "Fast forwarding"],
      ["Stop", "Stopped"],
    ] as const) {
      await press(button);
      await expect.poll(deed, patience).toContain(said);
      await expect.poll(async () => (await deckNow())?.values["transport"]?.value).not.toBe("playing");
      await press("Play");
      await expect.poll(deed, patience).toContain("Playing");
      await goesOn(60);
    }
    // What they hear is still what they chose, and what the page says.
    await expect.poll(() => converting().map(heardPair), patience).toEqual(["2"]);
    await expect.poll(() => sounds().inputValue(), patience).toBe("2");
  });

  it("keeps some of it, and saves that from outside in parts, octet for octet", async () => {
    const list = async () => {
      const answer = await fetch(new URL(`/api/devices/${deck}/recordings`, home.addresses.lan));
      return (
        (await answer.json()) as { readonly recordings: readonly { id: string; state: string; octets: number }[] }
      ).recordings;
    };
    await outside.locator(".record[aria-pressed=false]").click();
    await expect.poll(async () => (await list())[0]?.octets ?? 0, patience).toBeGreaterThan(3_000_000);
    await outside.locator(".record[aria-pressed=true]").click();
    await expect.poll(async () => (await list())[0]?.state, patience).toBe("whole");
    const { id = "", octets = 0 } = (await list())[0] ?? {};
    const path = `api/recordings/${id}/file`;
    const inside = Buffer.from(await (await fetch(new URL(`/${path}`, home.addresses.lan))).arrayBuffer());
    expect(inside).toHaveLength(octets);
    const got = await outside.evaluate(async (url) => {
      const ranges = ["bytes=0-1999999", "bytes=2000000-"];
      const answers = await Promise.all(ranges.map((range) => fetch(url, { headers: { range } })));
      const parts = await Promise.all(answers.map((answer) => answer.blob()));
      const hash = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
      return { statuses: answers.map(({ status }) => status), hash: [...new Uint8Array(hash)] };
    }, path);
    expect(got.statuses).toEqual([206, 206]);
    expect(got.hash).toEqual([...new Uint8Array(await crypto.subtle.digest("SHA-256", inside))]);
  });

  it("is told how far a clip of it is, and saves one that plays", async () => {
    await outside.locator(".recording").first().getByRole("button", { name: /MP4/ }).click();
    const told = outside.locator(".recording-words span").filter({ hasText: /^MP4 · 0:\d\d/ });
    const clip = outside.locator(".recording[data-state=whole]").filter({ has: told }).getByRole("link");
    await expect.poll(() => clip.count(), patience).toBe(1);
    const [download] = await Promise.all([outside.waitForEvent("download"), clip.first().click()]);
    expect(download.suggestedFilename()).toMatch(/\.mp4$/);
    const { frames, said } = await decoded(readFileSync(await download.path()));
    expect(frames).toBeGreaterThan(20);
    expect(said).toMatch(/h264[\s\S]*aac/);
  });

  it("lets the converter go when they have seen enough, and has it again when they have not", async () => {
    await outside.click("button[aria-label='Stop watching']");
    await expect.poll(converting, patience).toEqual([]);
    await outside.getByRole("dialog").getByRole("button", { name: "Watch" }).click();
    await goesOn(30);
  });

  it("leaves no converter behind when the gateway is killed", async () => {
    await goesOn(30);
    const pids = converting();
    // What has ended and only waits for its parent to notice has no program any more.
    const left = () => pids.filter((pid) => existsSync(`/proc/${pid}/exe`));
    expect(left()).toHaveLength(1);
    await home.kill("gateway");
    await expect.poll(left, { timeout: 3_000, interval: 20 }).toEqual([]);
  });

  it("sees it again, without a touch, soon after the gateway is back", async () => {
    await home.restart("gateway");
    await expect.poll(async () => (await deckNow())?.available, patience).toBe(true);
    const back = performance.now();
    await goesOn(30);
    // What is waited for on the way: the gateway's link, the player's next attempt, the encoder. A session that is told gone only after a minute is none of them.
    expect(performance.now() - back).toBeLessThan(20_000);
  });
});
