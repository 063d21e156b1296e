/** A widget as a form that needs no script: it posts to the path of docs/interfaces.md and comes back (303). Pure. */

import { isSameJson, type Json } from "../contract/json.ts";
import { fieldBegin, type Option, type PageDevice, type Widget } from "../contract/page.ts";
import { askField, encodeAsk } from "../contract/page-form.ts";
import { isGuarded } from "../contract/page-look.ts";
import { fill } from "../contract/page-texts.ts";
import { sayWhole } from "../contract/page-words.ts";
import { numberControl } from "./html-number.ts";
import { icon, type Print, type Printed, settable, submit } from "./html-parts.ts";
import { html, type Markup } from "./markup.ts";

type Of<Name extends Widget["widget"]> = Printed<Widget & { readonly widget: Name }>;
type Choice = Printed<Extract<Widget, { readonly options: readonly Option[] }>>;

/** The control alone: its name is said by what stands beside it, and in full by its label. */
export function widgetForm(device: PageDevice, name: string, print: Print): Markup {
  const { token, root, isKiosk } = print;
  const from = root === "" ? "home" : "device";
  const sends = (value: Json): Markup => html` name="value" value="${JSON.stringify(value)}"`;
  const fields = html`
<input type="hidden" name="token" value="${token}"><input type="hidden" name="from" value="${from}">${isKiosk === true && html`<input type="hidden" name="kiosk" value="1">`}`;
  return formOf(device, name, print, sends, fields);
}

/**
 * The same in a tile where a script may come: with as little as a browser has to look at. What has a field is drawn by
 * the script, and printed for who has none; so is everything that `isFar` below the first screen.
 */
export function widgetAsk(device: PageDevice, name: string, print: Print, isFar: boolean): Markup {
  const { token, isKiosk } = print;
  if (isSaid(device, name)) return widgetForm(device, name, print);
  if (isFar || hasField(device, name)) return html`<noscript>${widgetForm(device, name, print)}</noscript>`;
  const from = isKiosk === true ? "wall" : "home";
  const sends = (value: Json): Markup =>
    html` name="${askField}" value="${encodeAsk({ token, from, value: JSON.stringify(value) })}"`;
  return formOf(device, name, print, sends, html``);
}

const isSaid = ({ widgets }: PageDevice, name: string): boolean =>
  widgets[name] === undefined || widgets[name].widget === "text";

/** Whether its form has a field, to write in or to choose from, beside its buttons. */
function hasField({ widgets, values }: PageDevice, name: string): boolean {
  const widget = widgets[name];
  if (widget?.widget === "stepper") return typeof values[name]?.value !== "number";
  if (widget?.widget === "action") return widget.field !== undefined;
  return widget?.widget === "slider" || widget?.widget === "select" || widget?.widget === "time";
}

function formOf(
  device: PageDevice,
  name: string,
  { speech, root }: Print,
  sends: Printed["sends"],
  fields: Markup,
): Markup {
  const widget = device.widgets[name];
  if (widget === undefined) return html``;
  const field = widget.widget === "action" ? widget.field : undefined;
  const value = field === undefined ? device.values[name]?.value : fieldBegin(device, field);
  if (widget.widget === "text") return html`<span class="said">${sayWhole(widget, value, speech)}</span>`;
  const title = widget.titles[speech.language];
  const label = `${device.titles[speech.language]}: ${title}`;
  const disabled = !device.available && html` disabled`;
  const toDevice = `${root}api/devices/${device.id}`;
  const control = controlOf({ widget, value, title, label, sends, disabled, speech }, toDevice);
  const kind = widget.widget === "action" ? "actions" : "properties";
  const path = `${toDevice}/${kind}/${encodeURIComponent(name)}`;
  return html`<form class="control" method="post" action="${path}">${fields}${control}</form>`;
}

function controlOf({ widget, ...rest }: Printed, toDevice: string): Markup {
  switch (widget.widget) {
    case "switch":
      return isGuarded(widget) ? guarded({ widget, ...rest }) : toggle({ widget, ...rest });
    case "transport":
      return deck({ widget, ...rest }, toDevice);
    case "segmented":
    case "buttons":
      return segments({ widget, ...rest });
    case "select":
      return select({ widget, ...rest });
    case "stepper":
    case "slider":
      return numberControl({ widget, ...rest });
    case "time":
      return time({ widget, ...rest });
    case "action":
      return action({ widget, ...rest });
    case "text":
      return html``;
  }
}

function toggle({ value, label, sends, disabled }: Of<"switch">): Markup {
  const isOn = value === true;
  return html`<button class="switch" role="switch"${sends(!isOn)} aria-checked="${String(isOn)}" aria-label="${label}"${disabled}></button>`;
}

/** Two states with a button for the other one, which asks first where it should. */
function guarded({ widget, value, label, sends, disabled, speech }: Of<"switch">): Markup {
  const { value: other, titles, deed = titles, asks } = value === true ? widget.off : widget.on;
  const name = deed[speech.language];
  const button = html`<button class="button"${sends(other)} aria-label="${name}: ${label}"${disabled}>${name}</button>`;
  return asks === true && disabled === false ? asking(name, button, speech) : button;
}

/** Keys in a row; one that is an action says so, for the form is the property's. */
function deck({ widget, value, label, sends, disabled, speech }: Of<"transport">, toDevice: string): Markup {
  const keys = widget.keys.map(({ key, titles, state, action: name }) => {
    const does = name !== undefined && html` formaction="${toDevice}/actions/${encodeURIComponent(name)}"`;
    const isDown = state !== null && html` aria-pressed="${String(isSameJson(state, value))}"`;
    const sent = sends(name === undefined ? state : null);
    const title = titles[speech.language];
    return html`<button class="key"${sent}${does} aria-label="${title}" title="${title}"${isDown}${disabled}>${icon(key)}</button>`;
  });
  return html`<div class="deck" role="group" aria-label="${label}">${keys}</div>`;
}

function segments({ widget, value, label, sends, disabled, speech }: Choice): Markup {
  const buttons = settable(widget.options).map(
    (option) =>
      html`<button class="segment"${sends(option.value)} aria-pressed="${String(isSameJson(option.value, value))}"${disabled}>${option.titles[speech.language]}</button>`,
  );
  return html`<div class="segments" role="group" aria-label="${label}">${buttons}</div>`;
}

/** What the device reports but cannot be told stands first, and cannot be chosen. */
function select(printed: Choice): Markup {
  const { widget, value, label, disabled, speech } = printed;
  const options = settable(widget.options);
  const isChosen = options.some((option) => isSameJson(option.value, value));
  const reported = html`<option value="" selected disabled>${sayWhole(widget, value, speech)}</option>`;
  return html`<select name="value" aria-label="${label}" required${disabled}>${!isChosen && reported}${options.map(
    (option) =>
      html`<option value="${JSON.stringify(option.value)}"${isSameJson(option.value, value) && html` selected`}>${option.titles[speech.language]}</option>`,
  )}</select>${submit(printed)}`;
}

function time(printed: Of<"time">): Markup {
  const { value, label, disabled } = printed;
  const shown = typeof value === "string" ? value : "";
  return html`<input type="time" name="value" value="${shown}" aria-label="${label}" required${disabled}>${submit(printed)}`;
}

function action({ widget, value = "", title, label, sends, disabled, speech }: Of<"action">): Markup {
  const { field } = widget;
  const button = field
    ? html`<input type="text" name="value" value="${String(value)}" pattern="${field.pattern}" aria-label="${label}" required autocomplete="off"${disabled}><button class="button"${disabled}>${title}</button>`
    : html`<button class="button"${sends(null)}${disabled}>${title}</button>`;
  if (!widget.confirm) return button;
  return asking(title, button, speech);
}

function asking(title: string, button: Markup, { texts }: Print["speech"]): Markup {
  const question = fill(texts.confirm, { name: title });
  return html`<details class="asking"><summary class="button">${title}</summary><p>${question}</p>${button}</details>`;
}
