/** What is measured in the browser itself: scripts that the debugger adds, and how they are read. */

import type { CDPSession, Page } from "playwright";

interface Probes {
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
/** The slowest page of somebody else needs half a minute. */
const patienceMs = 120_000;
const pollMs = 50;

export async function slowDown(session: CDPSession): Promise<void> {
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", slow);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowCpu });
}

/** Times are milliseconds since the navigation. */
export async function addProbes(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probes = { longTasks: [], firstPaint: null, shift: 0, frames: 0, seen: [], taps: [] } as {
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
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
}

export const readProbes = (page: Page): Promise<Probes> =>
  page.evaluate(() => (globalThis as unknown as ProbedWindow).probes);

/** Of somebody else's page: a control is usable when it is there, for nothing but its script draws it. */
export async function watchFor(page: Page, control: string): Promise<void> {
  await page.addInitScript((selector) => {
    const look = (): void => {
      if (document.querySelector(selector) === null) requestAnimationFrame(look);
      else Object.assign(globalThis, { usableAt: performance.now() });
    };
    requestAnimationFrame(look);
  }, control);
}

/**
 * Of ours, which is printed: a control is usable when a press is answered. So the first switch is pressed once in each frame
 * until it turns, which is what a person sees; a press that only the form would answer, by another page, is none.
 */
export async function pressUntilAnswered(page: Page): Promise<void> {
  await page.addInitScript(() => {
    addEventListener("submit", (event) => event.preventDefault());
    let before: string | null = null;
    const press = (): void => {
      const control = document.querySelector<HTMLElement>(".tile-head [role=switch]:enabled");
      const shown = control?.ariaChecked ?? null;
      if (before !== null && shown !== null && shown !== before) {
        Object.assign(globalThis, { usableAt: performance.now() });
        return;
      }
      before ??= shown;
      control?.click();
      requestAnimationFrame(press);
    };
    requestAnimationFrame(press);
  });
}

/**
 * Waits for what the expression tells, and nothing else: the driver's own way to wait puts a script into the page that
 * takes a slowed processor a long task to read.
 */
async function told(session: CDPSession, expression: string): Promise<number> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const { result } = await session.send("Runtime.evaluate", { expression });
    if (typeof result.value === "number") return result.value;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(`nothing told within ${patienceMs} ms: ${expression}`);
}

/** Milliseconds since the navigation; after `watchFor` or `pressUntilAnswered`. */
export const usableAt = (session: CDPSession): Promise<number> => told(session, "globalThis.usableAt");

/** The script has drawn every tile that is seen: the others wait until somebody comes near. */
export async function untilDrawn(session: CDPSession): Promise<void> {
  const isSeen = "({ top, bottom }) => bottom > 0 && top < innerHeight";
  const tiles = `[...document.querySelectorAll("gk-home .tiles > li")].filter((li) => (${isSeen})(li.getBoundingClientRect()))`;
  const isDrawn = "(all) => all.length > 0 && all.every((li) => li.querySelector('gk-tile > .tile'))";
  await told(session, `(${isDrawn})(${tiles}) ? 1 : undefined`);
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
