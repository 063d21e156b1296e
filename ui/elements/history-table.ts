/** A history as a table, the newest first, as the page without script has it. */

import { html, type TemplateResult } from "lit";
import type { HistoryAnswer } from "../../gateway-core/contract/history.ts";
import type { HistoryTexts } from "../../gateway-core/contract/history-texts.ts";
import { sayPoint, sayStep, sumOf } from "../../gateway-core/contract/history-words.ts";
import type { Widget } from "../../gateway-core/contract/page.ts";
import type { Speech } from "../../gateway-core/contract/page-texts.ts";

export function historyTable(
  answer: HistoryAnswer,
  widget: Widget,
  speech: Speech,
  texts: HistoryTexts,
): TemplateResult {
  const now = Date.now();
  const isTotal = answer.kind === "total";
  const heads = isTotal ? [texts.time, texts.amount] : [texts.time, texts.mean, texts.least, texts.most];
  const cell = (value: number): TemplateResult => html`<td>${sayPoint(widget, value, speech)}</td>`;
  return html`<table class="history-table"><caption>${widget.titles[speech.language]}</caption>
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    ${isTotal ? html`<tfoot><tr><th scope="row">${texts.sum}</th>${cell(sumOf(answer))}</tr></tfoot>` : ""}
    <tbody>${answer.points
      .toReversed()
      .map(
        ([at, ...values]) =>
          html`<tr><th scope="row">${sayStep(at, answer.step, now, speech.language)}</th>${values.map(cell)}</tr>`,
      )}</tbody></table>`;
}
