/** A first visit to somebody's page as bench/page.ts has it, whoever made the page: everything slow, nothing kept from before. */

import type { Browser, Page } from "playwright";
import { addProbes, blockingMs, heapOf, readProbes, slowDown, usableAt, weigh } from "./page-probes.ts";

export interface Visited {
  /** Octets as they went over the wire. */
  readonly script: number;
  readonly all: number;
  /** Seconds since the navigation. */
  readonly firstPaint: number;
  readonly usable: number;
  readonly blockedMs: number;
  readonly heapMb: number;
}

const viewport = { width: 412, height: 823 };
const settlingMs = 2_000;
/** The slowest of them needs half a minute. */
const patienceMs = 120_000;

/** `watch` tells when there is something to use: `watchFor` a control, or `pressUntilAnswered`. */
export async function visitFirst(
  browser: Browser,
  address: string,
  watch: (page: Page) => Promise<void>,
): Promise<Visited> {
  // What a service worker fetches is not the page's: it would be counted for some and not for others.
  const context = await browser.newContext({ viewport, locale: "en", serviceWorkers: "block" });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await slowDown(session);
  await session.send("Performance.enable");
  const carried = weigh(session);
  await addProbes(page);
  await watch(page);
  await page.goto(address, { waitUntil: "commit", timeout: patienceMs });
  const usableMs = await usableAt(session);
  await page.waitForTimeout(settlingMs);
  const probes = await readProbes(page);
  const heap = await heapOf(session);
  await context.close();
  return {
    script: carried.script,
    all: carried.all + carried.data,
    firstPaint: (probes.firstPaint ?? Number.NaN) / 1_000,
    usable: usableMs / 1_000,
    blockedMs: blockingMs(probes),
    heapMb: heap / 1e6,
  };
}
