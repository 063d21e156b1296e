/** Steppers and sliders, with the words that may stand in a number's place. */

import { html, nothing, type TemplateResult } from "lit";
import { isSameJson } from "../../gateway-core/contract/json.ts";
import type { Widget } from "../../gateway-core/contract/page.ts";
import { nearestStep } from "../../gateway-core/contract/page-range.ts";
import { fill } from "../../gateway-core/contract/page-texts.ts";
import { say, sayWhole, unknownValue } from "../../gateway-core/contract/page-words.ts";
import type { Control } from "./control.ts";
import { icon } from "./icon.ts";
import "./gk-slider.ts";

type NumberControl = Control<Widget & { readonly widget: "stepper" | "slider" }>;

/** Taps on a stepper are gathered before they are sent. */
const gatheringMs = 400;

export function stepper(control: NumberControl): TemplateResult {
  const { widget, value, label, disabled, speech, send } = control;
  const { minimum, maximum, step } = widget;
  const from = typeof value === "number" ? value : (minimum + maximum) / 2;
  const button = (drawing: string, text: string, by: number): TemplateResult => {
    const next = nearestStep(from + by, widget);
    return html`<button class="round" aria-label=${fill(text, { name: label })} ?disabled=${disabled || next === value}
      @click=${() => send(next, gatheringMs)}>${icon(drawing)}</button>`;
  };
  const { text, unit } = isChosenWord(control) ? { text: unknownValue, unit: "" } : say(widget, value, speech);
  return html`${wordButtons(control)}<div class="stepper">${button("minus", speech.texts.less, -step)}<output
      class="stepped">${text}<span class="unit">${unit}</span></output>${button("plus", speech.texts.more, step)}</div>`;
}

export function slider(control: NumberControl): TemplateResult {
  const { widget, value, label, disabled, speech, send } = control;
  const sayNumber = (shown: number | null): string =>
    shown === null && isChosenWord(control) ? unknownValue : sayWhole(widget, shown ?? value, speech);
  return html`${wordButtons(control)}<gk-slider .widget=${widget} .value=${typeof value === "number" ? value : null}
    .label=${label} .disabled=${disabled} .say=${sayNumber} @gk-set=${({ detail }: CustomEvent<number>) => send(detail)}></gk-slider>`;
}

/** "Automatic", "for ever": what may be set instead of a number. */
function wordButtons({ widget, value, label, disabled, speech, send }: NumberControl): TemplateResult | typeof nothing {
  const words = widget.words.filter(({ readOnly }) => readOnly !== true);
  if (words.length === 0) return nothing;
  return html`<div class="segments" role="group" aria-label=${label}>${words.map(
    (word) => html`<button class="segment" aria-pressed=${String(isSameJson(word.value, value))} ?disabled=${disabled}
      @click=${() => send(word.value)}>${word.titles[speech.language]}</button>`,
  )}</div>`;
}

/** Its own button says so already. */
const isChosenWord = ({ widget, value }: NumberControl): boolean =>
  widget.words.some((word) => word.readOnly !== true && isSameJson(word.value, value));
