/** The part of the menu where a person chooses how the page looks in this browser: plain forms that ask for the same page. Pure. */

import type { Print } from "./html-parts.ts";
import type { Look } from "./look.ts";
import { html, type Markup } from "./markup.ts";
import printed from "./printed-texts.json" with { type: "json" };

export function lookForms(look: Look, { speech }: Pick<Print, "speech">): Markup {
  const texts = printed[speech.language];
  const { theme = "system", contrast = "normal" } = look;
  return html`${chooser("theme", texts.theme, theme, [
    ["system", texts.system],
    ["light", texts.light],
    ["dark", texts.dark],
  ])}${chooser("contrast", texts.contrast, contrast, [
    ["normal", texts.normal],
    ["more", texts.more],
  ])}${chooser("lang", texts.language, speech.language, [
    ["en", "English"],
    ["ja", "日本語"],
  ])}`;
}

function chooser(name: string, title: string, chosen: string, options: readonly (readonly [string, string])[]): Markup {
  const buttons = options.map(
    ([value, text]) =>
      html`<button class="segment" name="${name}" value="${value}" aria-pressed="${String(value === chosen)}"${name === "lang" && html` lang="${value}"`}>${text}</button>`,
  );
  return html`<form class="chooser" method="get"><p>${title}</p><div class="segments" role="group" aria-label="${title}">${buttons}</div></form>`;
}
