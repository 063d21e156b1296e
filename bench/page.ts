/** The control page on a slow telephone and at a desk: how soon it can be used, how heavy it is, how quickly it follows; and whether everybody can read it. */

import type { Browser, Page } from "playwright";
import { launch } from "../test/journeys/browser.ts";
import { quantile } from "./figures.ts";
import { violationsOf } from "./page-axe.ts";
import {
  addProbes,
  blockingMs,
  heapOf,
  pressUntilAnswered,
  readProbes,
  slowDown,
  untilDrawn,
  usableAt,
  watchFigure,
  watchTaps,
  weigh,
} from "./page-probes.ts";
import { type BrokerStage, openBrokerStage, openPageStage, type PageStage } from "./page-stage.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 5;
const viewport = { width: 412, height: 823 };
const tapped = 60;
const changed = 60;
const settlingMs = 2_000;
const busyMs = 10_000;
/** Of each second, at 500 devices. */
const changesASecond = 100;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One first visit, everything slow, nothing kept from before. */
async function visit(browser: Browser, { lan }: PageStage) {
  const context = await browser.newContext({ viewport, locale: "en" });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await slowDown(session);
  await session.send("Performance.enable");
  const carried = weigh(session);
  await addProbes(page);
  await pressUntilAnswered(page);
  await page.goto(lan, { waitUntil: "commit" });
  const usableMs = await usableAt(session);
  await untilDrawn(session);
  await pause(settlingMs);
  const probes = await readProbes(page);
  const heap = await heapOf(session);
  await context.close();
  const { firstPaint, shift } = probes;
  return {
    ...{ ...carried, heap: heap / 1e6, blocked: blockingMs(probes), shift },
    ...{ firstPaint: (firstPaint ?? Number.NaN) / 1_000, usable: usableMs / 1_000 },
  };
}

type Visit = Awaited<ReturnType<typeof visit>>;

async function visits(browser: Browser, stage: PageStage): Promise<(name: keyof Visit) => number> {
  const all: Visit[] = [];
  for (let round = 0; round < rounds; round++) all.push(await visit(browser, stage));
  return (name) => quantile(all.map((one) => one[name]));
}

/** How long each change of a device takes to the screen. */
async function follow(page: Page, { devices, report }: Omit<PageStage, "lan">): Promise<readonly number[]> {
  const device = devices.find(({ id }) => id === "temperature-living")?.id ?? "";
  await page.locator(`[data-device="${device}"]`).scrollIntoViewIfNeeded();
  await page.locator(`gk-tile [data-device="${device}"]`).waitFor();
  await watchFigure(page, device);
  const sent = new Map<string, number>();
  let last = "";
  for (let at = 0; at < changed; at++) {
    const value = 10 + at / 10;
    last = `${value.toFixed(1)}°C`;
    sent.set(last, performance.timeOrigin + performance.now());
    report(device, "temperature", value);
    await pause(100);
  }
  // Changes that come together are painted together.
  await page.waitForFunction((text) => {
    const { seen } = (globalThis as unknown as { probes: { seen: { text: string }[] } }).probes;
    return seen.at(-1)?.text === text;
  }, last);
  const { seen } = await readProbes(page);
  return seen.flatMap(({ text, at }) => at - (sent.get(text) ?? Number.NaN));
}

async function tap(page: Page): Promise<readonly number[]> {
  await watchTaps(page);
  const switches = page.locator("gk-tile .tile-head > [role=switch]:enabled");
  for (let at = 0; at < tapped; at++) {
    await switches.nth(at % 4).click();
    await pause(100);
  }
  return (await readProbes(page)).taps;
}

/** Frames a second, and the longest that the page was busy, while devices report. */
async function hurry(page: Page, { devices, report }: PageStage) {
  const sensors = devices.filter(({ descriptor }) => Object.hasOwn(descriptor.properties, "temperature"));
  const before = await readProbes(page);
  const from = performance.now();
  for (let at = 0; performance.now() - from < busyMs; at++) {
    report(sensors[at % sensors.length]?.id ?? "", "temperature", 10 + (at % 200) / 10);
    const aheadMs = (1_000 * (at + 1)) / changesASecond - (performance.now() - from);
    if (aheadMs > 0) await pause(aheadMs);
  }
  const seconds = (performance.now() - from) / 1_000;
  const after = await readProbes(page);
  return {
    framesASecond: (after.frames - before.frames) / seconds,
    longTasks: after.longTasks.length - before.longTasks.length,
  };
}

async function open(browser: Browser, address: string): Promise<Page> {
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true, locale: "en" })).newPage();
  await addProbes(page);
  await page.goto(address);
  return page;
}

async function untilShown(page: Page): Promise<void> {
  await untilDrawn(await page.context().newCDPSession(page));
}

async function openOutside(browser: Browser, stage: BrokerStage): Promise<Page> {
  const page = await open(browser, stage.login);
  await page.fill('input[name="user"]', stage.user);
  await page.fill('input[name="password"]', stage.password);
  await page.click('button[type="submit"]');
  await untilShown(page);
  return page;
}

const browser = await launch();
await using few = await openPageStage(50);
await using many = await openPageStage(500);
const [small, large] = [await visits(browser, few), await visits(browser, many)];
const desk = await open(browser, few.lan);
await untilShown(desk);
const [taps, local] = [await tap(desk), await follow(desk, few)];
const crowd = await open(browser, many.lan);
await untilShown(crowd);
const busy = await hurry(crowd, many);
// Not before: an access broker that has just begun takes a part of the processor.
await using outside = await openBrokerStage(50);
const remote = await follow(await openOutside(browser, outside), outside);
const violations = await violationsOf(browser);
await browser.close();

const kB = (octets: number): number => octets / 1_000;
const rows: readonly Row[] = [
  { what: "script, first load, as sent", value: kB(small("script")), unit: "kB", goal: { atMost: 30 } },
  { what: "all of it but the devices' data", value: kB(small("all")), unit: "kB", goal: { atMost: 60 } },
  { what: "the data of 50 devices", value: kB(small("data")), unit: "kB" },
  { what: "… of 500 devices", value: kB(large("data")), unit: "kB" },
  { what: "first paint", value: small("firstPaint"), unit: "s", goal: { atMost: 1.5 } },
  { what: "… 500 devices", value: large("firstPaint"), unit: "s", goal: { atMost: 1.5 } },
  { what: "first control by script, 50 devices", value: small("usable"), unit: "s", goal: { atMost: 2.5 } },
  { what: "… 500 devices", value: large("usable"), unit: "s", goal: { atMost: 3 } },
  { what: "blocked, 50 devices", value: small("blocked"), unit: "ms", goal: { atMost: 300 } },
  { what: "… 500 devices", value: large("blocked"), unit: "ms", goal: { atMost: 800 } },
  { what: "moved by itself (CLS), 50 devices", value: small("shift"), unit: "", goal: { atMost: 0.1 } },
  { what: "heap, 50 devices", value: small("heap"), unit: "MB", goal: { atMost: 10 } },
  { what: "… 500 devices", value: large("heap"), unit: "MB", goal: { atMost: 20 } },
  { what: "tap → painted, p50", value: quantile(taps), unit: "ms" },
  { what: "… p95", value: quantile(taps, 0.95), unit: "ms", goal: { atMost: 100 } },
  { what: "device's change → painted in the home, p50", value: quantile(local), unit: "ms" },
  { what: "… p95", value: quantile(local, 0.95), unit: "ms", goal: { atMost: 100 } },
  { what: "… through the access broker, p95", value: quantile(remote, 0.95), unit: "ms", goal: { atMost: 400 } },
  { what: "500 tiles, 100 changes/s", value: busy.framesASecond, unit: "fps", goal: { atLeast: 55 } },
  { what: "… tasks beyond 50 ms in 10 s", value: busy.longTasks, unit: "" },
  { what: "axe: violations, 2 schemes × 2 languages", value: violations, unit: "", goal: { atMost: 0 } },
];
printTable(
  "page",
  `Chromium, 412 × 823; loading at 1.6 Mbit/s, 150 ms and a quarter of the processor, median of ${rounds} first visits.`,
  rows,
);
