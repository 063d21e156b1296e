/** A widget as a form that needs no script: it posts to the path of interfaces.md and comes back (303). Pure. */

import type { Json } from "../contract/json.ts";
import type { Option, PageDevice, Widget } from "../contract/page.ts";
import icons from "../contract/page-icons.json" with { type: "json" };
import { fill, type Speech } from "../contract/page-texts.ts";
import { say, sayWhole } from "../contract/page-words.ts";
import { html, type Markup } from "./markup.ts";

/** What every part of a page is printed with. */
export interface Print {
  readonly speech: Speech;
  readonly now: number;
  /** Of the viewer's session, in every form. */
  readonly token: string;
  /** Leads from this page to the page's root: "" or "../". */
  readonly root: string;
}

const drawings: Readonly<Record<string, string>> = icons;

export function icon(name: string): Markup {
  const path = drawings[name] ?? icons.generic;
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
}

/** The control alone: its name is said by what stands beside it, and in full by its label. */
export function widgetForm(device: PageDevice, name: string, print: Print): Markup {
  const widget = device.widgets[name];
  if (widget === undefined) return html``;
  const value = device.values[name]?.value;
  const control = controlOf({ device, widget, value, print });
  if (widget.widget === "text") return control;
  const path = `api/devices/${device.id}/${widget.widget === "action" ? "actions" : "properties"}/${encodeURIComponent(name)}`;
  return html`<form class="control" method="post" action="${print.root}${path}">
<input type="hidden" name="token" value="${print.token}"><input type="hidden" name="from" value="${print.root === "" ? "home" : "device"}">${control}</form>`;
}

interface Drawn {
  readonly device: PageDevice;
  readonly widget: Widget;
  readonly value: Json | undefined;
  readonly print: Print;
}

function controlOf({ device, widget, value, print }: Drawn): Markup {
  const { language, texts } = print.speech;
  const title = widget.titles[language];
  const label = `${device.titles[language]}: ${title}`;
  const disabled = !device.available && html` disabled`;
  switch (widget.widget) {
    case "switch": {
      const next = JSON.stringify(value !== true);
      return html`<button class="switch" role="switch" name="value" value="${next}" aria-checked="${String(value === true)}" aria-label="${label}"${disabled}></button>`;
    }
    case "segmented":
    case "buttons":
      return html`<div class="segments" role="group" aria-label="${label}">${settable(widget.options).map(
        (option) =>
          html`<button class="segment" name="value" value="${JSON.stringify(option.value)}" aria-pressed="${String(option.value === value)}"${disabled}>${option.titles[language]}</button>`,
      )}</div>`;
    case "select":
      return html`<select name="value" aria-label="${label}"${disabled}>${settable(widget.options).map(
        (option) =>
          html`<option value="${JSON.stringify(option.value)}"${option.value === value && html` selected`}>${option.titles[language]}</option>`,
      )}</select>${submit(texts.set, label, disabled)}`;
    case "stepper":
      if (typeof value === "number") return stepper({ device, widget, value, print });
      return numberField({ device, widget, value, print });
    case "slider":
      return numberField({ device, widget, value, print });
    case "time":
      return html`<input type="time" name="value" value="${typeof value === "string" ? value : ""}" aria-label="${label}" required${disabled}>${submit(texts.set, label, disabled)}`;
    case "action":
      return html`<button class="button" name="value" value="null"${disabled}>${title}</button>`;
    case "text":
      return html`<span class="said">${sayWhole(widget, value, print.speech)}</span>`;
  }
}

function stepper({ device, widget, value, print }: Drawn & { readonly value: number }): Markup {
  if (widget.widget !== "stepper") return html``;
  const { language, texts } = print.speech;
  const name = `${device.titles[language]}: ${widget.titles[language]}`;
  const button = (drawing: string, text: string, next: number): Markup => {
    const isOutside = !device.available || next < widget.minimum || next > widget.maximum;
    return html`<button class="round" name="value" value="${next}" aria-label="${fill(text, { name })}"${isOutside && html` disabled`}>${icon(drawing)}</button>`;
  };
  const { text, unit } = say(widget, value, print.speech);
  return html`<div class="stepper">${button("minus", texts.less, value - widget.step)}<output class="stepped">${text}<span class="unit">${unit}</span></output>${button("plus", texts.more, value + widget.step)}</div>`;
}

function numberField({ device, widget, value, print }: Drawn): Markup {
  if (widget.widget !== "stepper" && widget.widget !== "slider") return html``;
  const { language, texts } = print.speech;
  const label = `${device.titles[language]}: ${widget.titles[language]}`;
  const disabled = !device.available && html` disabled`;
  const shown = typeof value === "number" ? value : "";
  const words = settable(widget.words).map(
    (word) =>
      html`<button class="segment" name="value" value="${JSON.stringify(word.value)}" aria-pressed="${String(word.value === value)}" formnovalidate${disabled}>${word.titles[language]}</button>`,
  );
  return html`${words.length > 0 && html`<div class="segments" role="group" aria-label="${label}">${words}</div>`}<input type="number" name="value" value="${shown}" min="${widget.minimum}" max="${widget.maximum}" step="${widget.step}" aria-label="${label}" required${disabled}><span class="unit">${widget.unit}</span>${submit(texts.set, label, disabled)}`;
}

function submit(text: string, label: string, disabled: Markup | false): Markup {
  return html`<button class="button" aria-label="${text}: ${label}"${disabled}>${text}</button>`;
}

const settable = (options: readonly Option[]): readonly Option[] => options.filter(({ readOnly }) => readOnly !== true);
