/** What is measured in the browser itself: scripts that the debugger adds, and how they are read. */

import type { CDPSession, Page } from "playwright";

interface Probes {
  readonly usableAt: number | null;
  readonly longTasks: readonly { readonly start: number; readonly duration: number }[];
  readonly firstPaint: number | null;
  /** How far things moved that nobody had touched (Cumulative Layout Shift). */
  readonly shift: number;
  readonly frames: number;
  readonly seen: readonly { readonly text: string; readonly at: number }[];
  readonly taps: readonly number[];
}
type ProbedWindow = { readonly probes: Probes };

/** Slow 4G as Lighthouse has it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms; and a telephone's processor. */
const slow = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 };
const slowCpu = 4;

export async function slowDown(session: CDPSession): Promise<void> {
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", slow);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowCpu });
}

/** Times are milliseconds since the navigation; a control is usable when the page's script has drawn it: what was printed stands in a form. */
export async function addProbes(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probes = { usableAt: null, longTasks: [], firstPaint: null, shift: 0, frames: 0, seen: [], taps: [] } as {
      usableAt: number | null;
      longTasks: { start: number; duration: number }[];
      firstPaint: number | null;
      shift: number;
      frames: number;
      seen: { text: string; at: number }[];
      taps: number[];
    };
    Object.assign(globalThis, { probes });
    const observe = (type: string, take: (entry: PerformanceEntry) => void): void =>
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    observe("longtask", ({ startTime, duration }) => probes.longTasks.push({ start: startTime, duration }));
    observe("paint", ({ name, startTime }) => {
      if (name === "first-contentful-paint") probes.firstPaint = startTime;
    });
    observe("layout-shift", (entry) => {
      const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
      if (!hadRecentInput) probes.shift += value;
    });
    const count = (): void => {
      probes.frames++;
      if (probes.usableAt === null && document.querySelector("gk-tile .tile-head > [role=switch]:enabled") !== null) {
        probes.usableAt = performance.now();
      }
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
}

export const readProbes = (page: Page): Promise<Probes> =>
  page.evaluate(() => (globalThis as unknown as ProbedWindow).probes);

/** Every tile is drawn by the script: those that are out of sight wait for their turn as they were printed. */
export async function untilDrawn(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const tiles = [...document.querySelectorAll("gk-home .tile")];
    return tiles.length > 0 && tiles.every((tile) => tile.closest("gk-tile") && tile.querySelector("form") === null);
  });
}

/** Beyond 50 ms each, from the first paint on, as the Total Blocking Time is defined. */
export const blockingMs = ({ longTasks, firstPaint }: Probes): number =>
  longTasks
    .filter(({ start }) => start >= (firstPaint ?? 0))
    .reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0);

/** Notes the figure of a device's tile each time it is painted anew, with the clock's time. */
export async function watchFigure(page: Page, device: string): Promise<void> {
  await page.evaluate((id) => {
    const { seen } = (globalThis as unknown as { probes: { seen: { text: string; at: number }[] } }).probes;
    const figure = document.querySelector(`[data-device="${id}"] .figure`);
    new MutationObserver(() => {
      const text = figure?.textContent ?? "";
      // The frame that is drawn next shows it; the task after that comes when it was drawn.
      requestAnimationFrame(() =>
        setTimeout(() => seen.push({ text, at: performance.timeOrigin + performance.now() })),
      );
    }).observe(figure ?? document, { characterData: true, childList: true, subtree: true });
  }, device);
}

/** Notes how long each switch takes from the touch until the frame that shows it is drawn. */
export async function watchTaps(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { taps } = (globalThis as unknown as { probes: { taps: number[] } }).probes;
    let touchedAt = 0;
    const touch = ({ timeStamp }: Event): void => {
      touchedAt = timeStamp;
    };
    addEventListener("pointerdown", touch, { capture: true });
    new MutationObserver(() => {
      if (touchedAt === 0) return;
      const from = touchedAt;
      touchedAt = 0;
      requestAnimationFrame(() => setTimeout(() => taps.push(performance.now() - from)));
    }).observe(document.body, { attributes: true, attributeFilter: ["aria-checked"], subtree: true });
  });
}

/** Octets as they went over the wire, by the kind of what they are. */
export interface Carried {
  script: number;
  /** What the devices are and report. */
  data: number;
  /** Everything else. */
  all: number;
}

/** Call after `Network.enable`. */
export function weigh(session: CDPSession): Carried {
  const carried: Carried = { script: 0, data: 0, all: 0 };
  const kinds = new Map<string, string>();
  const [homes, streams] = [new Set<string>(), new Set<string>()];
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    kinds.set(requestId, type);
    if (response.mimeType === "text/event-stream") streams.add(requestId);
    if (response.url.endsWith("/api/home")) homes.add(requestId);
  });
  session.on("Network.dataReceived", ({ requestId, encodedDataLength, dataLength }) => {
    if (streams.has(requestId)) carried.data += encodedDataLength || dataLength;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (streams.has(requestId)) return;
    if (homes.has(requestId)) carried.data += encodedDataLength;
    else carried.all += encodedDataLength;
    if (kinds.get(requestId) === "Script") carried.script += encodedDataLength;
  });
  return carried;
}

/** Octets that live scripts hold, after garbage was collected; `Performance` is enabled before. */
export async function heapOf(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN;
}
