import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { launch } from "../journeys/browser.ts";
import { encoders, ffmpeg, madeBroadcast, madeStream, paced, pictureSize } from "../media/clips.ts";
import { playHls } from "../media/hls-player.ts";
import { deck, openWatchedHome, type WatchedHome } from "../media/watched-home.ts";

const patience = { timeout: 60_000 };
const withoutMediaSource = "delete window.MediaSource; delete window.ManagedMediaSource";

/** How bright what is shown is on the whole, 0 to 255, to some decimals: another one for another picture. */
function lookAtPicture(): number {
  const shown = document.querySelector(".screen :is(canvas, video)");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [160, 120];
  const context = canvas.getContext("2d");
  if (!(shown instanceof HTMLCanvasElement || shown instanceof HTMLVideoElement) || context === null) return 0;
  context.drawImage(shown, 0, 0, 160, 120);
  const { data } = context.getImageData(0, 0, 160, 120);
  return data.reduce((sum, octet, at) => sum + (at % 4 === 3 ? 0 : octet), 0) / (160 * 120 * 3);
}

/** A source whose tape a test starts, stops and unplugs. */
function tapeOf(source: AvSource): AvSource & { isPaused: boolean; isUnplugged: boolean } {
  const does = { isPaused: false, isUnplugged: false };
  async function* octetsOf() {
    for await (const octets of source.octets) {
      if (does.isUnplugged) throw new HomeError("device-unavailable", "the deck was unplugged");
      if (!does.isPaused) yield octets;
    }
  }
  const rest = { form: source.form, octets: octetsOf() };
  return Object.assign(does, { ...rest, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() });
}

describe.skipIf(ffmpeg === undefined)("The player in a browser", () => {
  let browser: Browser;
  let made: Uint8Array;
  beforeAll(async () => {
    made = madeStream("mpegts", 4);
    browser = await launch();
  });
  afterAll(() => browser?.close());

  async function watched(
    act: (page: Page, tape: () => ReturnType<typeof tapeOf>, home: WatchedHome) => Promise<void>,
    { octets = made, script = "" } = {},
  ) {
    let tape = tapeOf(paced("mpegts", octets, 4));
    const home = await openWatchedHome(
      async () => {
        tape = tapeOf(paced("mpegts", octets, 4));
        return tape;
      },
      { idleSeconds: 0.3 },
    );
    const page = await browser.newPage();
    await page.addInitScript(script);
    const troubles: string[] = [];
    page.on("pageerror", ({ message }) => troubles.push(message));
    page.on("console", (message) => {
      if (/Content Security Policy|TrustedTypes/.test(message.text())) troubles.push(message.text());
    });
    try {
      await page.goto(home.url);
      await page.click(".watch-mark");
      if (script === "") await expect.poll(() => framesOf(page), patience).toBeGreaterThan(30);
      await act(page, () => tape, home);
      expect(troubles).toEqual([]);
    } finally {
      await page.close();
      await expect.poll(() => encoders(), { timeout: 30_000 }).toEqual([]);
      await home[Symbol.asyncDispose]();
    }
  }
  const framesOf = (page: Page): Promise<number> =>
    page.evaluate(() => document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0);
  const stateOf = (page: Page): Promise<string | null> => page.getAttribute(".player", "data-state");
  const goesOn = async (page: Page): Promise<void> => {
    const before = await framesOf(page);
    await expect.poll(() => framesOf(page), { timeout: 30_000 }).toBeGreaterThan(before + 60);
    await expect.poll(() => stateOf(page)).toBe("playing");
  };

  it("shows pictures with their sound, close to the edge, and leaves nothing running", () =>
    watched(async (page) => {
      await goesOn(page);
      const [behind, sound] = await page.evaluate(() => {
        const video = document.querySelector("video");
        if (video === null) return [99, 0];
        const octets = (video as unknown as { webkitAudioDecodedByteCount: number }).webkitAudioDecodedByteCount;
        return [video.buffered.end(video.buffered.length - 1) - video.currentTime, octets];
      });
      expect(behind).toBeLessThan(5);
      expect(sound).toBeGreaterThan(0);
      expect(encoders()).toHaveLength(1);
      await page.click("button[aria-label='Stop watching']");
      await expect.poll(() => encoders()).toEqual([]);
    }));

  it("fills the screen with its pictures, and with their keys, which make way while nobody points", () =>
    watched(async (page) => {
      await page.setViewportSize({ width: 1280, height: 600 });
      await page.keyboard.press("f");
      await expect.poll(() => page.evaluate(() => document.fullscreenElement?.className)).toBe("player");
      const isWithin = (selector: string) =>
        page.evaluate((selected) => {
          const box = document.querySelector(selected)?.getBoundingClientRect();
          return box !== undefined && box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
        }, selector);
      for (const part of ["video", ".player-bar", ".player-deed"]) await expect.poll(() => isWithin(part)).toBe(true);
      const bar = page.locator(".player-bar");
      await page.mouse.move(600, 200);
      await expect.poll(() => bar.isVisible()).toBe(true);
      await expect.poll(() => bar.isVisible()).toBe(false);
      await page.mouse.move(600, 220);
      await expect.poll(() => bar.isVisible()).toBe(true);
      await page.click("button[aria-label='Leave full screen']");
      await expect.poll(() => page.evaluate(() => document.fullscreenElement)).toBeNull();
      await goesOn(page);
    }));

  it("changes its quality without a new session", () =>
    watched(async (page) => {
      await page.selectOption("select[aria-label=Quality]", "low");
      await expect.poll(() => page.evaluate(() => document.querySelector("video")?.videoHeight)).toBe(240);
      await goesOn(page);
      expect(encoders()).toHaveLength(1);
    }));

  it("goes on when its encoder is killed, or stands still", () =>
    watched(async (page) => {
      for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
        const [pid = 0] = encoders();
        process.kill(pid, signal);
        await expect.poll(() => encoders().some((one) => one !== pid)).toBe(true);
        await goesOn(page);
      }
    }));

  it("shows the last picture and what the tape does while it is paused, wound and stopped, and goes on with it", () =>
    watched(async (page, tape, home) => {
      const words = () => page.textContent(".player-words");
      const deed = () => page.textContent(".player-deed");
      for (const [doing, said] of [
        ["paused", "Paused"],
        ["fastForwarding", "Fast forwarding"],
        ["stopped", "Stopped"],
      ] as const) {
        tape().isPaused = true;
        home.tell("transport", doing);
        await expect.poll(() => stateOf(page), patience).toBe("stalled");
        await expect.poll(deed).toContain(said);
        await expect.poll(async () => (await words())?.trim()).toBe("");
        const brightness = await page.evaluate(lookAtPicture);
        expect(brightness).toBeGreaterThan(20);
        // Longer than a stuck encoder is let be: nothing is begun anew for a tape that stands.
        const [pid] = encoders();
        await new Promise((resolve) => setTimeout(resolve, 6_000));
        expect(encoders()).toEqual([pid]);
        home.tell("transport", "playing");
        await expect.poll(words).toContain("A moment…");
        tape().isPaused = false;
        await goesOn(page);
      }
    }));

  it("shows what the other sound is, where the device sends two, and changes to it", () =>
    watched(
      async (page) => {
        const list = page.locator("select[aria-label='Sound track']");
        await expect.poll(() => list.locator("option").allTextContents(), patience).toEqual(["Sound 1", "Sound 2"]);
        const [pid] = encoders();
        await list.selectOption("2");
        await expect.poll(() => encoders().some((one) => one !== pid), patience).toBe(true);
        await goesOn(page);
        await expect.poll(() => encoders(), patience).toHaveLength(1);
        expect(encoders()).not.toContain(pid);
      },
      { octets: madeBroadcast([440, 880], 4) },
    ));

  it("shows moving pictures where the browser has no MediaSource and no HLS", () =>
    watched(
      async (page, _tape, home) => {
        await expect.poll(() => stateOf(page), patience).toBe("pictures");
        const size = () => page.evaluate(() => document.querySelector<HTMLCanvasElement>(".screen canvas")?.width);
        await expect.poll(size, patience).toBe(320);
        // Not one picture, but as they come: what is drawn becomes another.
        const drawn = new Set<number>();
        await expect.poll(async () => drawn.add(await page.evaluate(lookAtPicture)).size, patience).toBeGreaterThan(4);
        const answer = await fetch(new URL(`api/devices/${deck.id}/snapshot.jpg`, home.url));
        const still = new Uint8Array(await answer.arrayBuffer());
        expect([answer.status, [...still.subarray(0, 3)]]).toEqual([200, [0xff, 0xd8, 0xff]]);
        expect(await pictureSize(still)).toBe("640x480");
        await page.click("button[aria-label='Stop watching']");
      },
      { script: `${withoutMediaSource}; HTMLMediaElement.prototype.canPlayType = () => "";` },
    ));

  it("asks for HLS where the browser has no MediaSource but plays that, and what it is given plays as HLS does", () =>
    watched(
      async (page, _tape, home) => {
        const source = () => page.evaluate(() => document.querySelector("video")?.getAttribute("src"));
        await expect.poll(source, patience).toMatch(/^api\/streams\/[\w-]+\/index\.m3u8$/);
        const { rungs, length, said, frames } = await playHls(new URL((await source()) ?? "", home.url));
        expect(rungs).toEqual(["high/index.m3u8", "low/index.m3u8"]);
        expect(length).toBeGreaterThanOrEqual(3);
        // 1.4 s of them at least.
        expect(frames).toBeGreaterThan(40);
        expect(said).toMatch(/640x480[\s\S]*Audio: aac/);
        expect(encoders()).toHaveLength(1);
      },
      { script: `${withoutMediaSource}; HTMLMediaElement.prototype.canPlayType = () => "maybe";` },
    ));

  it("says why the stream has ended, and watches again when told to", () =>
    watched(async (page, tape) => {
      tape().isUnplugged = true;
      await expect.poll(() => page.textContent(".player-words")).toContain("The stream has ended: Not answering");
      await page.click("button:has-text('Watch again')");
      await goesOn(page);
    }));
});
