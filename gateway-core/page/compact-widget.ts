/** A widget as a compact form: its name, what it says, and how it is set with four keys and digits. Pure. */

import { isSameJson, type Json } from "../contract/json.ts";
import { type ActionField, fieldBegin, type Option, type PageDevice, type Widget } from "../contract/page.ts";
import { fill, type Speech } from "../contract/page-texts.ts";
import { sayAgo, sayWhole } from "../contract/page-words.ts";
import { compactWords, octetsOf } from "./compact-frame.ts";
import { settable } from "./html-parts.ts";
import { html, type Markup } from "./markup.ts";

export interface CompactPrint {
  readonly speech: Speech;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly token: string;
  /** Leads from this page to the first compact page: "" or "../". */
  readonly root: string;
}

/** Characters: more of a text is no use on a screen of ten by ten. */
const longestText = 80;
const longestName = 40;
/** Octets of a choice; longer ones are several, one after the other. */
const longestChoice = 400;
/** Octets up to which a value and what sets it stay together. */
const longestPair = 600;

/** One line of what it is, then a line to set it by. Several where a choice is long. */
export function compactWidget(device: PageDevice, name: string, print: CompactPrint): readonly Markup[] {
  const widget = device.widgets[name];
  if (widget === undefined) return [];
  const { speech, now } = print;
  const state = device.values[name];
  const title = shortName(widget.titles[speech.language]);
  if (widget.widget === "action")
    return device.available ? [html`<p>${action(device, name, title, widget, print)}</p>`] : [];
  const said = short(sayWhole(widget, state?.value, speech));
  const age = !device.available && state !== undefined && state.at > 0 ? ` (${sayAgo(state.at, now, speech)})` : "";
  const line = html`${title}: ${said}${age}`;
  const form = formOf(device, name, "p", print);
  const steered = asksFirst(device, name)
    ? [question(device, name, deedOf(device, name, speech), print)]
    : device.available
      ? controls(widget, state?.value, form, speech)
      : [];
  const [first] = steered;
  const pair = html`<p>${line}${first !== undefined && html`<br>${first}`}</p>`;
  const isPair = steered.length < 2 && octetsOf(pair.text) <= longestPair;
  return isPair ? [pair] : [line, ...steered].map((one) => html`<p>${one}</p>`);
}

/** The question before what is not done at once. */
export function compactQuestion(device: PageDevice, name: string, print: CompactPrint): Markup {
  const widget = device.widgets[name];
  const deed = deedOf(device, name, print.speech);
  const value = widget?.widget === "switch" ? otherState(widget, device.values[name]?.value).value : null;
  const form = formOf(device, name, kindOf(device, name), print);
  const field = widget?.widget === "action" ? widget.field : undefined;
  const told = field === undefined ? hidden("value", JSON.stringify(value)) : taken(device, field);
  return html`<p>${fill(print.speech.texts.confirm, { name: deed })}<br>${form(html`${told}${submit(deed)}`)}</p>`;
}

/** Whether a GET of the address of a form has a question to ask. */
export function asksFirst({ widgets, values, available }: PageDevice, name: string): boolean {
  const widget = Object.hasOwn(widgets, name) ? widgets[name] : undefined;
  if (!available) return false;
  if (widget?.widget === "switch") return otherState(widget, values[name]?.value).asks === true;
  return widget?.widget === "action" && widget.confirm;
}

type Switch = Extract<Widget, { widget: "switch" }>;

const otherState = (widget: Switch, value: Json | undefined): Option => (value === true ? widget.off : widget.on);

/** What the button is called that does it. */
function deedOf(device: PageDevice, name: string, { language }: Speech): string {
  const widget = device.widgets[name];
  const deed = widget?.widget === "switch" ? otherState(widget, device.values[name]?.value).deed : undefined;
  return shortName((deed ?? widget?.titles)?.[language] ?? name);
}

const question = (device: PageDevice, name: string, title: string, { root }: CompactPrint): Markup =>
  html`<a href="${root}d/${device.id}/${kindOf(device, name)}/${encodeURIComponent(name)}">${title}</a>`;

const kindOf = ({ widgets }: PageDevice, name: string): "p" | "a" => (widgets[name]?.widget === "action" ? "a" : "p");

type Form = (inside: Markup) => Markup;

function formOf({ id }: PageDevice, name: string, kind: "p" | "a", { root, token }: CompactPrint): Form {
  const path = `${root}d/${id}/${kind}/${encodeURIComponent(name)}`;
  return (inside) => html`<form method="post" action="${path}">${hidden("token", token)}${inside}</form>`;
}

function action(
  device: PageDevice,
  name: string,
  title: string,
  { confirm, field }: Extract<Widget, { widget: "action" }>,
  print: CompactPrint,
): Markup {
  if (confirm) return question(device, name, title, print);
  return formOf(device, name, "a", print)(html`${taken(device, field)}${submit(title)}`);
}

/** What an action takes: nothing, or what is written. */
function taken(device: PageDevice, field: ActionField | undefined): Markup {
  if (field === undefined) return hidden("value", "null");
  return html`<input name="value" value="${fieldBegin(device, field)}" size="11" istyle="3">`;
}

function controls(widget: Widget, value: Json | undefined, form: Form, speech: Speech): readonly Markup[] {
  const { set } = speech.texts;
  const { setTo, within } = compactWords(speech);
  switch (widget.widget) {
    case "switch": {
      const other = otherState(widget, value);
      const label = other.deed?.[speech.language] ?? fill(setTo, { value: other.titles[speech.language] });
      return [form(html`${hidden("value", JSON.stringify(other.value))}${submit(label)}`)];
    }
    case "segmented":
    case "buttons":
    case "select":
      return choices(widget.options, value, form, speech);
    case "stepper":
    case "slider": {
      const { minimum, maximum, unit } = widget;
      const range = fill(within, { minimum, maximum, unit });
      const field = html`<input name="value" value="${typeof value === "number" ? value : ""}" size="5" istyle="4">`;
      return [form(html`${field}${submit(set)}<br>${range}`), ...choices(widget.words, value, form, speech)];
    }
    case "time": {
      const field = html`<input name="value" value="${typeof value === "string" ? value : ""}" size="5" istyle="4">`;
      return [form(html`${field}${submit(set)}`)];
    }
    case "transport":
      return choices(settableStates(widget), value, form, speech);
    case "action":
    case "text":
      return [];
  }
}

/** What a deck is told by a word of its state; its other keys are actions, each with a line of its own. */
const settableStates = ({ keys, options }: Extract<Widget, { widget: "transport" }>): readonly Option[] =>
  options.filter(({ value }) => keys.some(({ action, state }) => action === undefined && state === value));

function choices(
  all: readonly Option[],
  value: Json | undefined,
  form: Form,
  { language, texts }: Speech,
): readonly Markup[] {
  const parts: Markup[][] = [];
  let used = longestChoice;
  for (const option of settable(all)) {
    const isChosen = isSameJson(option.value, value) && html` selected`;
    const one = html`<option value="${formValue(option.value)}"${isChosen}>${shortName((option.deed ?? option.titles)[language])}`;
    used += octetsOf(one.text);
    if (used > longestChoice) {
      parts.push([]);
      used = octetsOf(one.text);
    }
    parts.at(-1)?.push(one);
  }
  return parts.map((part) => form(html`<select name="value">${part}</select>${submit(texts.set)}`));
}

/** As short as it is read back the same: the text itself where it could be nothing else. */
function formValue(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  try {
    JSON.parse(value);
    return JSON.stringify(value);
  } catch {
    return value;
  }
}

const hidden = (name: string, value: string): Markup => html`<input type="hidden" name="${name}" value="${value}">`;
const submit = (label: string): Markup => html`<input type="submit" value="${label}">`;

export const short = (text: string): string => cut(text, longestText);
export const shortName = (text: string): string => cut(text, longestName);

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : text;
}
