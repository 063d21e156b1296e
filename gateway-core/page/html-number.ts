/** Numbers in forms: two buttons where they are few steps apart, else a field; and the words that may stand in a number's place. Pure. */

import { isSameJson } from "../contract/json.ts";
import type { Widget } from "../contract/page.ts";
import { nearestStep } from "../contract/page-range.ts";
import { fill } from "../contract/page-texts.ts";
import { say } from "../contract/page-words.ts";
import { icon, type Printed, settable, submit } from "./html-parts.ts";
import { html, type Markup } from "./markup.ts";

type PrintedNumber = Printed<Widget & { readonly widget: "stepper" | "slider" }>;

export function numberControl(printed: PrintedNumber): Markup {
  const { widget, value } = printed;
  const isStepped = widget.widget === "stepper" && typeof value === "number";
  return html`${wordButtons(printed)}${isStepped ? stepper(printed, value) : field(printed)}`;
}

function stepper({ widget, label, sends, disabled, speech }: PrintedNumber, value: number): Markup {
  const button = (drawing: string, text: string, by: number): Markup => {
    const next = nearestStep(value + by, widget);
    const atEnd = next === value && html` disabled`;
    return html`<button class="round"${sends(next)} aria-label="${fill(text, { name: label })}"${disabled || atEnd}>${icon(drawing)}</button>`;
  };
  const { text, unit } = say(widget, value, speech);
  const { less, more } = speech.texts;
  return html`<div class="stepper">${button("minus", less, -widget.step)}<output class="stepped">${text}<span class="unit">${unit}</span></output>${button("plus", more, widget.step)}</div>`;
}

function field(printed: PrintedNumber): Markup {
  const { widget, value, label, disabled } = printed;
  const { minimum, maximum, step, unit } = widget;
  const shown = typeof value === "number" ? value : "";
  return html`<input type="number" name="value" value="${shown}" min="${minimum}" max="${maximum}" step="${step}" aria-label="${label}" required${disabled}><span class="unit">${unit}</span>${submit(printed)}`;
}

/** They stand before the field: of two values with one name the first is taken. */
function wordButtons({ widget, value, label, sends, disabled, speech }: PrintedNumber): Markup | false {
  const words = settable(widget.words).map(
    (word) =>
      html`<button class="segment"${sends(word.value)} aria-pressed="${String(isSameJson(word.value, value))}" formnovalidate${disabled}>${word.titles[speech.language]}</button>`,
  );
  return words.length > 0 && html`<div class="segments" role="group" aria-label="${label}">${words}</div>`;
}
