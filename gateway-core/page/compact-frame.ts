/** The frame of a compact page, and how what does not fit on one page is split over several (page.md, compact pages). Pure. */

import { longestCompactPage } from "../contract/compact-html.ts";
import type { Speech } from "../contract/page-texts.ts";
import words from "./compact-words.json" with { type: "json" };
import { html, type Markup } from "./markup.ts";

export interface CompactFrame {
  readonly speech: Speech;
  readonly title: string;
  /** Stands above the items on every page. */
  readonly above: Markup;
  /** Leads up, or to the same page again; by the key 0. */
  readonly below: Markup;
  /** Where a page of these is. */
  readonly hrefOf: (page: number) => string;
}

const utf8 = new TextEncoder();
/** No home has more. */
const mostPages = 99;
/** 1 to 9; 0 leads up. */
const digitKeys = 9;

export const compactWords = ({ language }: Speech): (typeof words)["en"] => words[language];

/** What stands at a place of a page, counted from 1: a digit key leads there. */
export type CompactItem = (place: number) => Markup;

/** Each with as many items as it holds and keys has, in their order; at least one. An item by itself has to fit. */
export function compactPages(items: readonly CompactItem[], frame: CompactFrame): readonly string[] {
  const room = longestCompactPage - octetsOf(print([], mostPages, true, frame));
  const pages: Markup[][] = [[]];
  let used = 0;
  for (const item of items) {
    const octets = octetsOf(item(1).text);
    if ((used + octets > room && used > 0) || pages.at(-1)?.length === digitKeys) {
      pages.push([]);
      used = 0;
    }
    const page = pages.at(-1);
    page?.push(item(page.length + 1));
    used += octets;
  }
  return pages.slice(0, mostPages).map((page, at) => print(page, at + 1, at + 1 < pages.length, frame));
}

export const octetsOf = (text: string): number => utf8.encode(text).length;

function print(items: readonly Markup[], page: number, isMore: boolean, frame: CompactFrame): string {
  const { title, above, below, speech, hrefOf } = frame;
  const { next, previous } = compactWords(speech);
  const back = page > 1 && html`<a href="${hrefOf(page - 1)}" accesskey="*">*${previous}</a> `;
  const on = isMore && html`<a href="${hrefOf(page + 1)}" accesskey="#">#${next}</a> `;
  return html`<!DOCTYPE HTML PUBLIC "-//W3C//DTD Compact HTML 1.0 Draft//EN">
<html><head><title>${title}</title></head><body>${above}${items}<hr>${back}${on}${below}</body></html>`.text;
}
