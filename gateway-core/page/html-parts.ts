/** What every part of the printed page is made with. Pure. */

import type { Json } from "../contract/json.ts";
import type { Option, Widget } from "../contract/page.ts";
import icons from "../contract/page-icons.json" with { type: "json" };
import type { Speech } from "../contract/page-texts.ts";
import { html, type Markup } from "./markup.ts";

export interface Print {
  readonly speech: Speech;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the viewer's session, in every form. */
  readonly token: string;
  /** Leads from this page to the page's root: "" or "../". */
  readonly root: string;
  /** On a wall: nothing to choose, and no way out of the page. */
  readonly isKiosk?: boolean | undefined;
}

/** A control on its way to be printed. */
export interface Printed<W extends Widget = Widget> {
  readonly widget: W;
  readonly value: Json | undefined;
  readonly title: string;
  /** Names the device too: a list of controls is read without the tiles around it. */
  readonly label: string;
  /** The attributes by which a button sends this value. */
  readonly sends: (value: Json) => Markup;
  /** The attribute, or nothing. */
  readonly disabled: Markup | false;
  readonly speech: Speech;
}

const drawings: Readonly<Record<string, string>> = icons;

export function icon(name: string): Markup {
  const path = drawings[name] ?? icons.generic;
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
}

/** The button beside a field. */
export function submit({ label, disabled, speech }: Printed): Markup {
  const { set } = speech.texts;
  return html`<button class="button" aria-label="${set}: ${label}"${disabled}>${set}</button>`;
}

/** What of the options can be told to the device. */
export const settable = (options: readonly Option[]): readonly Option[] =>
  options.filter(({ readOnly }) => readOnly !== true);
