/** The keys of a deck: down is the one that the device says it is in; the one just pressed shows so until the device says. */

import { html, nothing, type TemplateResult } from "lit";
import { isSameJson } from "../../gateway-core/contract/json.ts";
import type { DeckKey, Widget } from "../../gateway-core/contract/page.ts";
import type { Control } from "./control.ts";
import { icon } from "./icon.ts";

export function deckControl(
  { widget, value, label, disabled, speech }: Control<Widget & { readonly widget: "transport" }>,
  isAsked: (key: DeckKey) => boolean,
  press: (key: DeckKey) => void,
): TemplateResult {
  const key = (one: DeckKey): TemplateResult => {
    const title = one.titles[speech.language];
    const isDown = one.state === null ? nothing : String(isSameJson(one.state, value));
    return html`<button class="key" aria-label=${title} title=${title} aria-pressed=${isDown} ?data-asked=${isAsked(one)}
      ?disabled=${disabled} @click=${() => press(one)}>${icon(one.key)}</button>`;
  };
  return html`<div class="deck" role="group" aria-label=${label}>${widget.keys.map(key)}</div>`;
}
