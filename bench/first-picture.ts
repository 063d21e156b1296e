/** From the press of a tile's mark to the first decoded picture in Chromium, and what each stage before it took; beside a bare page that has the same octets already. */

import type { Browser, Page } from "playwright";
import { quantile } from "./figures.ts";
import type { Row } from "./table.ts";

/** Milliseconds since the press. */
export interface FirstPicture {
  /** The stream was asked for. */
  readonly asked: number;
  /** Its first octets came: the source is connected, and the encoder has written. */
  readonly answered: number;
  /** The first pictures were handed to the decoder. */
  readonly appended: number;
  /** The first one was decoded. */
  readonly decoded: number;
  /** The page was drawn with the video in it. */
  readonly drawn: number;
  /** Both: the first decoded picture is seen. */
  readonly shown: number;
}

/** A page that has stood for so long is one that somebody presses something on. */
const standingMs = 700;

/** In a page of its own, which is closed afterwards. */
export async function firstPicture(browser: Browser, url: string): Promise<FirstPicture> {
  return inPage(browser, async (page) => {
    await page.goto(url);
    await page.waitForSelector(".watch-mark");
    await page.waitForTimeout(standingMs);
    return await page.evaluate(pressed, ".watch-mark");
  });
}

/** What Chromium alone needs: a page with nothing but a button, which plays octets that it has already. */
export async function barePicture(browser: Browser, mediaType: string, octets: Uint8Array): Promise<FirstPicture> {
  return inPage(browser, async (page) => {
    await page.goto("data:text/html,<button>Watch</button>");
    await page.evaluate(playAtPress, { mediaType, numbers: [...octets] });
    await page.waitForTimeout(standingMs);
    return await page.evaluate(pressed, "button");
  });
}

async function inPage(browser: Browser, look: (page: Page) => Promise<FirstPicture>): Promise<FirstPicture> {
  const page = await browser.newPage();
  try {
    await page.addInitScript(watchStages);
    return await look(page);
  } finally {
    await page.close();
  }
}

/** What each stage of several took, after the one before it: medians. The page is drawn while pictures are fetched and decoded. */
export function stageRows(what: string, seen: readonly FirstPicture[]): Row[] {
  const stages = [
    ["the press until the stream is asked for", "asked", undefined],
    ["… until its first octets are there", "answered", "asked"],
    ["… until the decoder has pictures", "appended", "answered"],
    ["… until the first is decoded", "decoded", "appended"],
    ["the press until the page is drawn around it", "drawn", undefined],
  ] as const;
  return stages.map(([name, end, start]) => ({
    what: `${what}: ${name}`,
    value: quantile(seen.map((one) => one[end] - (start === undefined ? 0 : one[start]))),
    unit: "ms",
  }));
}

/** In the page, before its own script: when its request, its source's first pictures, and the first decoded one were. */
function watchStages(): void {
  const stages: Record<string, number> = {};
  const mark = (name: string, at = performance.now()): void => {
    stages[name] ??= at;
  };
  Object.assign(window, { stages });
  const asked = window.fetch;
  window.fetch = (...args) => {
    if (/\/stream(?:\?|$)/.test(String(args[0]))) mark("asked");
    return asked(...args);
  };
  const read = ReadableStreamDefaultReader.prototype.read;
  ReadableStreamDefaultReader.prototype.read = async function () {
    const piece = await read.call(this);
    const type = piece.value instanceof Uint8Array ? String.fromCharCode(...piece.value.subarray(4, 8)) : "";
    if (type === "ftyp") mark("answered");
    return piece;
  };
  const append = SourceBuffer.prototype.appendBuffer;
  SourceBuffer.prototype.appendBuffer = function (octets) {
    const isWithPictures = octets.byteLength > 2_000;
    if (isWithPictures) mark("appended");
    append.call(this, octets);
  };
  const create = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const made = create(name, options);
    if (made instanceof HTMLVideoElement) {
      made.requestVideoFrameCallback((_, { presentationTime }) => mark("decoded", presentationTime));
    }
    return made;
  };
  // It is drawn by the end of the first frame in which it stands in the page.
  const seen = new MutationObserver(() => {
    if (document.querySelector("video") === null) return;
    seen.disconnect();
    const { scheduler } = window as unknown as { scheduler: { postTask(act: () => void, how: object): void } };
    requestAnimationFrame(() => scheduler.postTask(() => mark("drawn"), { priority: "user-blocking" }));
  });
  seen.observe(document, { childList: true, subtree: true });
}

function pressed(button: string): Promise<FirstPicture> {
  return new Promise((resolve) => {
    const { stages } = window as unknown as { stages: Record<string, number> };
    const begun = performance.now();
    const look = (): void => {
      const { decoded, drawn } = stages;
      if (decoded === undefined || drawn === undefined) return void setTimeout(look, 20);
      const since = Object.fromEntries(Object.entries(stages).map(([name, at]) => [name, at - begun]));
      resolve({ ...since, shown: Math.max(decoded, drawn) - begun } as unknown as FirstPicture);
    };
    document.querySelector<HTMLButtonElement>(button)?.click();
    look();
  });
}

function playAtPress({ mediaType, numbers }: { readonly mediaType: string; readonly numbers: number[] }): void {
  const octets = Uint8Array.from(numbers);
  document.querySelector("button")?.addEventListener("click", () => {
    const video = document.createElement("video");
    const source = new MediaSource();
    source.addEventListener("sourceopen", () => {
      const buffer = source.addSourceBuffer(mediaType);
      // From the beginning, whenever it was made.
      buffer.mode = "sequence";
      buffer.appendBuffer(octets);
    });
    video.src = URL.createObjectURL(source);
    document.body.append(video);
    void video.play();
  });
}
