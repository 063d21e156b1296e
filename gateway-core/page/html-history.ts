/** The history of a device as a table, on the page that needs no script. Pure. */

import type { HistoryAnswer } from "../contract/history.ts";
import { historyRanges } from "../contract/history-range.ts";
import en from "../contract/history-texts/en.json" with { type: "json" };
import ja from "../contract/history-texts/ja.json" with { type: "json" };
import type { HistoryTexts } from "../contract/history-texts.ts";
import { sayPoint, sayStep, saySummary, sumOf } from "../contract/history-words.ts";
import type { PageDevice, Widget } from "../contract/page.ts";
import type { Print } from "./html-parts.ts";
import { html, type Markup } from "./markup.ts";
import type { ShownHistory } from "./shown-history.ts";

const dictionaries: Readonly<Record<string, HistoryTexts>> = { en, ja };

export function historySection(device: PageDevice, shown: ShownHistory | undefined, print: Print): Markup | false {
  const widget = shown && device.widgets[shown.property];
  if (shown === undefined || widget === undefined) return false;
  const { property, range, answer } = shown;
  const { speech, now, isKiosk } = print;
  const texts = dictionaries[speech.language] ?? en;
  const title = widget.titles[speech.language];
  const kiosk = isKiosk === true ? "&kiosk=1" : "";
  const ranges = historyRanges.map((one) => {
    const address = `${device.id}?history=${encodeURIComponent(property)}&range=${one}${kiosk}#history`;
    return html`<a class="segment" href="${address}"${one === range && html` aria-current="true"`}>${texts.ranges[one]}</a>`;
  });
  const table = tableOf(widget, answer, texts, print);
  const summary = saySummary({ title, widget, answer, range, now }, texts, speech);
  return html`<section class="rows history" id="history"><h2>${texts.history}</h2>
<div class="history-choice">${choice(device, shown, texts, print)}<nav class="segments" aria-label="${texts.range}">${ranges}</nav></div>
<p class="history-summary">${summary}</p>${answer.points.length > 0 && table}</section>`;
}

function choice(
  device: PageDevice,
  shown: ShownHistory,
  texts: HistoryTexts,
  { speech, isKiosk }: Print,
): Markup | false {
  const histories = Object.keys(device.histories ?? {});
  if (histories.length < 2) return false;
  const options = histories.map(
    (name) =>
      html`<option value="${name}"${name === shown.property && html` selected`}>${device.widgets[name]?.titles[speech.language]}</option>`,
  );
  return html`<form class="control" method="get" action="${device.id}#history"><select name="history" aria-label="${texts.choose}">${options}</select><input type="hidden" name="range" value="${shown.range}">${isKiosk === true && html`<input type="hidden" name="kiosk" value="1">`}<button class="button">${texts.choose}</button></form>`;
}

/** The newest first: it is what people look for. */
function tableOf(widget: Widget, answer: HistoryAnswer, texts: HistoryTexts, { speech, now }: Print): Markup {
  const when = (at: number): Markup => html`<th scope="row">${sayStep(at, answer.step, now, speech.language)}</th>`;
  const say = (value: number): Markup => html`<td>${sayPoint(widget, value, speech)}</td>`;
  const title = widget.titles[speech.language];
  if (answer.kind === "total") {
    const rows = answer.points.toReversed().map(([at, amount]) => html`<tr>${when(at)}${say(amount)}</tr>`);
    return html`<table class="history-table"><caption>${title}</caption><thead><tr><th scope="col">${texts.time}</th><th scope="col">${texts.amount}</th></tr></thead>
<tfoot><tr><th scope="row">${texts.sum}</th>${say(sumOf(answer))}</tr></tfoot><tbody>${rows}</tbody></table>`;
  }
  const rows = answer.points
    .toReversed()
    .map(([at, mean, least, most]) => html`<tr>${when(at)}${say(mean)}${say(least)}${say(most)}</tr>`);
  const heads = [texts.time, texts.mean, texts.least, texts.most].map((text) => html`<th scope="col">${text}</th>`);
  return html`<table class="history-table"><caption>${title}</caption><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table>`;
}
