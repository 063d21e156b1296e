import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { launch } from "../journeys/browser.ts";
import { encoders, ffmpeg, madeStream, paced } from "../media/clips.ts";
import { openWatchedHome, type WatchedHome } from "../media/watched-home.ts";

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

  async function watched(act: (page: Page, tape: ReturnType<typeof tapeOf>, home: WatchedHome) => Promise<void>) {
    let tape = tapeOf(paced("mpegts", made, 4));
    const home = await openWatchedHome(
      async () => {
        tape = tapeOf(paced("mpegts", made, 4));
        return tape;
      },
      { idleSeconds: 0.3 },
    );
    const page = await browser.newPage();
    const troubles: string[] = [];
    page.on("pageerror", ({ message }) => troubles.push(message));
    page.on("console", (message) => {
      if (/Content Security Policy|TrustedTypes/.test(message.text())) troubles.push(message.text());
    });
    try {
      await page.goto(home.url);
      await page.click(".watch-mark");
      await expect.poll(() => framesOf(page)).toBeGreaterThan(30);
      await act(page, tape, home);
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

  it("waits while the tape is paused, and goes on with it", () =>
    watched(async (page, tape) => {
      tape.isPaused = true;
      await expect.poll(() => stateOf(page)).toBe("stalled");
      tape.isPaused = false;
      await goesOn(page);
    }));

  it("says why the stream has ended, and watches again when told to", () =>
    watched(async (page, tape) => {
      tape.isUnplugged = true;
      await expect.poll(() => page.textContent(".player-words")).toContain("The stream has ended: Not answering");
      await page.click("button:has-text('Watch again')");
      await goesOn(page);
    }));
});
