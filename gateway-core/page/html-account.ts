/** The menu in the corner: how the page looks in this browser; and for who looks in from outside what they log in with, change the password, log out, which are the access broker's (docs/interfaces.md, origins). Pure. */

import { fill } from "../contract/page-texts.ts";
import { lookForms } from "./html-look.ts";
import { icon, type Print } from "./html-parts.ts";
import type { Look } from "./look.ts";
import { html, type Markup } from "./markup.ts";
import printed from "./printed-texts.json" with { type: "json" };

export interface CornerOptions extends Pick<Print, "speech" | "root"> {
  /** The name of who looks in from outside. */
  readonly viewer?: string;
  readonly look: Look;
}

/** A native popover: it opens, and closes by Escape or a touch beside it, without script. */
export function cornerMenu({ viewer, look, speech, root }: CornerOptions): Markup {
  const isOutside = viewer !== undefined;
  const label = isOutside ? fill(speech.texts.account, { name: viewer }) : printed[speech.language].settings;
  const id = isOutside ? "account" : "look";
  return html`<div class="corner"><button class="round" popovertarget="${id}" aria-label="${label}">${icon(isOutside ? "person" : "settings")}</button>
<div class="menu" id="${id}" popover>${isOutside && accountItems(viewer, { speech, root })}${lookForms(look, { speech })}</div></div>`;
}

function accountItems(viewer: string, { speech, root }: Pick<Print, "speech" | "root">): Markup {
  const { accountPage, changePassword, logOut } = speech.texts;
  return html`<p>${viewer}</p><a class="menu-item" href="${root}account">${accountPage}</a>
<a class="menu-item" href="${root}password">${changePassword}</a>
<form method="post" action="${root}logout"><button class="menu-item">${logOut}</button></form><hr>`;
}
