/** What is said of wishes that the device has not confirmed: that they are under way, or why they failed. */

import { html, nothing, type TemplateResult } from "lit";
import type { PageDevice } from "../../gateway-core/contract/page.ts";
import { sayError } from "../../gateway-core/contract/page-words.ts";
import type { Wishes } from "../send-command.ts";
import type { Page } from "./control.ts";
import { icon } from "./icon.ts";

/** One line for each failure, said once to those who listen. */
export function failureLines(device: PageDevice, wishes: Wishes, page: Page): TemplateResult | typeof nothing {
  const { language, texts } = page.speech;
  const failed = [...wishes.values()].filter(({ phase }) => phase === "failed");
  if (failed.length === 0) return nothing;
  return html`<div class="failures" role="alert">${failed.map(
    (
      wish,
    ) => html`<p class="failure">${icon("alert")}<span>${device.widgets[wish.name]?.titles[language]}: ${sayError(wish.code ?? "other", page.speech)}</span>
      <button class="button" ?disabled=${!device.available} @click=${() => page.retry(device, wish)}>${texts.retry}</button></p>`,
  )}</div>`;
}

export const isPending = (wishes: Wishes): boolean =>
  [...wishes.values()].some(({ phase }) => phase === "pending" || phase === "slow");

export const isSlow = (wishes: Wishes): boolean => [...wishes.values()].some(({ phase }) => phase === "slow");
