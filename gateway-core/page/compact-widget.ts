/** A widget as a compact form: its name, what it says, and how it is set with four keys and digits. Pure. */

import { isSameJson, type Json } from "../contract/json.ts";
import type { Option, PageDevice, Widget } from "../contract/page.ts";
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
  const steered = device.available ? controls(widget, state?.value, formOf(device, name, "p", print), speech) : [];
  const [first] = steered;
  const pair = html`<p>${line}${first !== undefined && html`<br>${first}`}</p>`;
  const isPair = steered.length < 2 && octetsOf(pair.text) <= longestPair;
  return isPair ? [pair] : [line, ...steered].map((one) => html`<p>${one}</p>`);
}

/** The question before an action that asks first. */
export function compactQuestion(device: PageDevice, name: string, print: CompactPrint): Markup {
  const title = shortName(device.widgets[name]?.titles[print.speech.language] ?? name);
  const form = formOf(device, name, "a", print);
  return html`<p>${fill(print.speech.texts.confirm, { name: title })}<br>${form(html`${hidden("value", "null")}${submit(title)}`)}</p>`;
}

/** Whether a GET of the action's address has a question to ask. */
export const asksFirst = (device: PageDevice, name: string): boolean => {
  const widget = Object.hasOwn(device.widgets, name) ? device.widgets[name] : undefined;
  return widget?.widget === "action" && widget.confirm && device.available;
};

type Form = (inside: Markup) => Markup;

function formOf({ id }: PageDevice, name: string, kind: "p" | "a", { root, token }: CompactPrint): Form {
  const path = `${root}d/${id}/${kind}/${encodeURIComponent(name)}`;
  return (inside) => html`<form method="post" action="${path}">${hidden("token", token)}${inside}</form>`;
}

function action(
  device: PageDevice,
  name: string,
  title: string,
  { confirm }: Extract<Widget, { widget: "action" }>,
  print: CompactPrint,
): Markup {
  const ask = html`<a href="${print.root}d/${device.id}/a/${encodeURIComponent(name)}">${title}</a>`;
  return confirm ? ask : formOf(device, name, "a", print)(html`${hidden("value", "null")}${submit(title)}`);
}

function controls(widget: Widget, value: Json | undefined, form: Form, speech: Speech): readonly Markup[] {
  const { set } = speech.texts;
  const { setTo, within } = compactWords(speech);
  switch (widget.widget) {
    case "switch": {
      const other = value === true ? widget.off : widget.on;
      const label = fill(setTo, { value: other.titles[speech.language] });
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
    case "action":
    case "text":
      return [];
  }
}

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
    const one = html`<option value="${formValue(option.value)}"${isChosen}>${shortName(option.titles[language])}`;
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
