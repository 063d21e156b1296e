/** The control of one widget, on native elements. */

import { html, nothing, type TemplateResult } from "lit";
import { isSameJson, type Json } from "../../gateway-core/contract/json.ts";
import { fieldBegin, type Option, type PageDevice, type Widget } from "../../gateway-core/contract/page.ts";
import { isGuarded } from "../../gateway-core/contract/page-look.ts";
import { sayWhole } from "../../gateway-core/contract/page-words.ts";
import type { Control, Page } from "./control.ts";
import { deckControl } from "./deck-control.ts";
import { slider, stepper } from "./number-control.ts";
import "./gk-ask.ts";
import type { Wish } from "../send-command.ts";

type Of<Name extends Widget["widget"]> = Control<Widget & { readonly widget: Name }>;

type Choice = Control<Extract<Widget, { readonly options: readonly Option[] }>>;

/** `device` is as the person wishes it. */
export function widgetControl(device: PageDevice, name: string, page: Page): TemplateResult | typeof nothing {
  const widget = device.widgets[name];
  if (widget === undefined) return nothing;
  const { speech } = page;
  const title = widget.titles[speech.language];
  const field = widget.widget === "action" ? widget.field : undefined;
  const rest = {
    value: field ? fieldBegin(device, field) : (device.values[name]?.value ?? null),
    title,
    label: `${device.titles[speech.language]}: ${title}`,
    disabled: !device.available,
    isAsked: isOpen(page.wishOf(device.id, name)),
    speech,
    key: `${device.id}/${name}`,
    send: (value: Json, delayMs?: number) => page.send(device, name, value, delayMs),
  };
  switch (widget.widget) {
    case "switch":
      return isGuarded(widget) ? guarded({ ...rest, widget }) : toggle({ ...rest, widget });
    case "segmented":
    case "buttons":
      return segments({ ...rest, widget });
    case "select":
      return select({ ...rest, widget });
    case "stepper":
      return stepper({ ...rest, widget });
    case "slider":
      return slider({ ...rest, widget });
    case "transport":
      return deckControl(
        { ...rest, widget },
        ({ action, state }) => {
          const wish = page.wishOf(device.id, action ?? name);
          return isOpen(wish) && (action !== undefined || wish?.target === state);
        },
        ({ action, state }) => page.send(device, action ?? name, action === undefined ? state : null),
      );
    case "time":
      return time({ ...rest, widget });
    case "action":
      return action({ ...rest, widget });
    case "text":
      return html`<span class="said">${sayWhole(widget, rest.value, speech)}</span>`;
  }
}

const isOpen = (wish: Wish | undefined): boolean => wish !== undefined && wish.phase !== "failed";

function toggle({ value, label, disabled, send }: Of<"switch">): TemplateResult {
  const flip = (): void => send(value !== true);
  return html`<button class="switch" role="switch" aria-checked=${String(value === true)} aria-label=${label}
    ?disabled=${disabled} @click=${flip}></button>`;
}

/** Two states, with a button for the other one: it is kept pressed where a touch should not do. */
function guarded({ widget, value, label, disabled, isAsked, speech, send }: Of<"switch">): TemplateResult {
  const { value: other, titles, deed = titles, asks } = value === true ? widget.off : widget.on;
  const name = deed[speech.language];
  const tell = (): void => send(other);
  return asks === true
    ? html`<gk-ask hold .deed=${name} .label=${label} .speech=${speech} ?disabled=${disabled} ?data-asked=${isAsked}
        @gk-yes=${tell}></gk-ask>`
    : html`<button class="button" ?data-asked=${isAsked} aria-label="${name}: ${label}" ?disabled=${disabled} @click=${tell}>${name}</button>`;
}

function segments({ widget, value, label, disabled, speech, key, send }: Choice): TemplateResult {
  const segment = (option: Option): TemplateResult => html`<label class="segment"><input type="radio" name=${key}
      .checked=${isSameJson(option.value, value)} ?disabled=${disabled} @change=${() => send(option.value)}
    /><span>${option.titles[speech.language]}</span></label>`;
  const settable = widget.options.filter(({ readOnly }) => readOnly !== true);
  return html`<div class="segments" role="radiogroup" aria-label=${label}>${settable.map(segment)}</div>`;
}

function select({ widget, value, label, disabled, speech, send }: Choice): TemplateResult {
  const chosen = widget.options.findIndex((option) => isSameJson(option.value, value));
  const choose = ({ target }: Event): void => {
    const option = target instanceof HTMLSelectElement ? widget.options[Number(target.value)] : undefined;
    if (option !== undefined) send(option.value);
  };
  return html`<select aria-label=${label} ?disabled=${disabled} @change=${choose}>
    ${chosen < 0 ? html`<option value="-1" selected disabled>${sayWhole(widget, value, speech)}</option>` : nothing}
    ${widget.options.map(
      ({ titles, readOnly }, index) =>
        html`<option value=${index} .selected=${index === chosen} ?disabled=${readOnly === true}>${titles[speech.language]}</option>`,
    )}</select>`;
}

function time({ value, label, disabled, send }: Of<"time">): TemplateResult {
  const choose = ({ target }: Event): void => {
    if (target instanceof HTMLInputElement && target.value !== "") send(target.value);
  };
  return html`<input type="time" aria-label=${label} ?disabled=${disabled} .value=${typeof value === "string" ? value : ""}
    @change=${choose} />`;
}

function action(control: Of<"action">): TemplateResult {
  const { widget, title, label, disabled, speech, send } = control;
  if (widget.field !== undefined) return written(control, widget.field.pattern);
  const tell = (): void => send(null);
  return widget.confirm
    ? html`<gk-ask .deed=${title} .label=${label} .speech=${speech} ?disabled=${disabled} @gk-yes=${tell}></gk-ask>`
    : html`<button class="button" ?disabled=${disabled} @click=${tell}>${title}</button>`;
}

/** A text and what is done with it. What the device tells meanwhile is not written over what a person writes: it stands there until they do. */
function written({ value, title, label, disabled, send }: Of<"action">, pattern: string): TemplateResult {
  const begin = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement) || target.value !== "") return;
    target.value = target.placeholder;
    target.select();
  };
  const tell = (event: Event): void => {
    event.preventDefault();
    if (event.target instanceof HTMLFormElement) send(String(new FormData(event.target).get("value")));
  };
  return html`<form class="control" @submit=${tell}><input type="text" name="value" placeholder=${String(value)} pattern=${pattern}
      aria-label=${label} required autocomplete="off" ?disabled=${disabled} @focus=${begin} /><button class="button"
      ?disabled=${disabled}>${title}</button></form>`;
}
