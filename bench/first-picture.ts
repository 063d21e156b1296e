/** From the press of a tile's mark to the first decoded picture in Chromium, and what each stage before it took. */

import type { Browser } from "playwright";
import { quantile } from "./figures.ts";
import type { Row } from "./table.ts";

/** Milliseconds since the press. */
export interface FirstPicture {
  /** The stream was asked for. */
  readonly asked: number;
  /** The answer came: the source is connected. */
  readonly opened: number;
  /** Its first octets came: the encoder has written. */
  readonly answered: number;
  /** The first pictures were handed to the decoder. */
  readonly appended: number;
  /** The first decoded one was shown. */
  readonly shown: number;
}

/** A page that has stood for so long is one that somebody presses something on. */
const standingMs = 700;

/** In a page of its own, which is closed afterwards. */
export async function firstPicture(browser: Browser, url: string): Promise<FirstPicture> {
  const page = await browser.newPage();
  try {
    await page.addInitScript(watchStages);
    await page.goto(url);
    await page.waitForSelector(".watch-mark");
    await page.waitForTimeout(standingMs);
    return await page.evaluate(pressed);
  } finally {
    await page.close();
  }
}

/** What each stage of several took, after the one before it: medians. */
export function stageRows(what: string, seen: readonly FirstPicture[]): Row[] {
  const stages = [
    ["the press until the stream is asked for", "asked", undefined],
    ["… until the source is connected", "opened", "asked"],
    ["… until the encoder has written", "answered", "opened"],
    ["… until there are pictures", "appended", "answered"],
    ["… until the first is shown", "shown", "appended"],
  ] as const;
  return stages.map(([name, end, start]) => ({
    what: `${what}: ${name}`,
    value: quantile(seen.map((one) => one[end] - (start === undefined ? 0 : one[start]))),
    unit: "ms",
  }));
}

/** In the page, before its own script: when its requests and its source's first pictures were. */
function watchStages(): void {
  const stages: Record<string, number> = {};
  Object.assign(window, { stages });
  const mark = (name: string): void => {
    stages[name] ??= performance.now();
  };
  const asked = window.fetch;
  window.fetch = async (...args) => {
    const isOpening = /\/stream(?:\?|$)/.test(String(args[0]));
    if (isOpening) mark("asked");
    const answer = await asked(...args);
    if (isOpening) mark("opened");
    return answer;
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
}

function pressed(): Promise<FirstPicture> {
  return new Promise((resolve) => {
    const begun = performance.now();
    const look = (): void => {
      const video = document.querySelector("video");
      if (video === null) setTimeout(look, 2);
      else video.requestVideoFrameCallback(tell);
    };
    const tell = (shownAt: number): void => {
      const { stages } = window as unknown as { stages: Omit<FirstPicture, "shown"> };
      const since = Object.fromEntries(Object.entries(stages).map(([name, at]) => [name, at - begun]));
      resolve({ ...since, shown: shownAt - begun } as unknown as FirstPicture);
    };
    document.querySelector<HTMLButtonElement>(".watch-mark")?.click();
    look();
  });
}
