/** A line that is gone for two seconds while somebody outside watches: the home's, or the viewer's own, with the page in Chromium, the access broker, and FFmpeg. */

import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { issueCard } from "../../access-broker/access-broker.ts";
import { openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { packageRoot } from "../../host/package-root.ts";
import { systemClock } from "../../host/system-host.ts";
import { number, openRig, password, realHost, untilState, user } from "../access-broker/rig.ts";
import { launch } from "../journeys/browser.ts";
import { encoders, ffmpeg, madeStream, paced } from "../media/clips.ts";
import { deck } from "../media/watched-home.ts";
import { openPage } from "../page/open-page.ts";
import { type CutLine, cutLine } from "./cut-line.ts";

const patience = { timeout: 60_000 };
const goneMs = 2_000;

/** The lines between the home, the access broker and a person outside who watches the home's deck. */
interface Lines {
  readonly home: CutLine;
  readonly viewer: CutLine;
}

describe.skipIf(ffmpeg === undefined)("Somebody outside who watches", () => {
  const opened = new AsyncDisposableStack();
  let lines: Lines;
  let media: MediaSessions;
  let context: BrowserContext;
  let page: Page;
  let home = "";
  let sources = 0;

  beforeAll(async () => {
    const made = madeStream("mpegts", 4);
    const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
    const ring = () => new FragmentRing();
    media = opened.use(new MediaSessions({ clock: systemClock, rungs: ladder, engine, ring }));
    const rig = opened.use(await openRig());
    const host = realHost();
    const registration = await enrol(await issueCard({ ...rig.provider, number }), host);
    lines = {
      home: opened.use(await cutLine(registration.gatewayPort)),
      viewer: opened.use(await cutLine(rig.port)),
    };
    const seeing = { ...deck, descriptor: { ...deck.descriptor, "gk:stream": true } };
    const open = (device: string) =>
      media.hold(device, async () => {
        sources++;
        return paced("mpegts", made, 4);
      });
    const link = opened.use(
      openAccessLink({
        ...{ host, registration: { ...registration, gatewayPort: lines.home.port } },
        handler: openPage([seeing], join(packageRoot(), "dist", "ui")).handler,
        streams: { open },
      }),
    );
    link.setPage(true);
    await untilState(link, "online");
    const browser = await launch(undefined, [`--host-resolver-rules=MAP *:${rig.port} 127.0.0.1:${lines.viewer.port}`]);
    opened.defer(() => browser.close());
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    home = `https://${rig.authority()}/`;
    page = await context.newPage();
    await page.goto(`${home}login`);
    await page.fill('input[name="user"]', user);
    await page.fill('input[name="password"]', password);
    await page.click('button[type="submit"]');
    await page.waitForSelector(".watch-mark");
    await page.close();
  });
  afterAll(() => opened.disposeAsync());
  afterEach(async () => {
    await page.close();
    // Nothing goes on that nobody watches, neither here nor there.
    await expect.poll(() => [media.count, encoders().length], patience).toEqual([0, 0]);
  });

  const frames = (): Promise<number> =>
    page.evaluate(() => document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0);
  /** So many more pictures are shown, of whichever source; and how long that took. */
  async function goesOn(more: number): Promise<number> {
    const begun = performance.now();
    let [before, seen] = [await frames(), 0];
    const shown = async (): Promise<number> => {
      const now = await frames();
      seen += now < before ? now : now - before;
      before = now;
      return seen;
    };
    await expect.poll(shown, patience).toBeGreaterThan(more);
    return performance.now() - begun;
  }
  async function watching(): Promise<readonly number[]> {
    sources = 0;
    page = await context.newPage();
    await page.goto(home);
    await page.click(".watch-mark");
    await goesOn(60);
    const running = encoders();
    expect(running).toHaveLength(1);
    return running;
  }

  it.each([
    ["their home's line has been cut", "home", "cut"],
    ["their home's line has carried nothing", "home", "freeze"],
    ["their own line has been cut", "viewer", "cut"],
    ["their own line has carried nothing", "viewer", "freeze"],
  ] as const)("sees on, without a touch, after %s for two seconds: by the same encoder", async (_, line, how) => {
    const before = await watching();
    lines[line][how]();
    await pause(goneMs);
    lines[line].mend();
    const tookMs = await goesOn(60);
    expect(tookMs).toBeLessThan(20_000);
    expect(encoders()).toEqual(before);
    expect(sources).toBe(1);
    await expect.poll(() => page.getAttribute(".player", "data-state"), patience).toBe("playing");
  });
});
