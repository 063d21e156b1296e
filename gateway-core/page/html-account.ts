/** The menu of who looks in from outside: what they log in with, change the password, log out; all are the access broker's (docs/interfaces.md, origins). Pure. */

import { fill } from "../contract/page-texts.ts";
import { icon, type Print } from "./html-parts.ts";
import { html, type Markup } from "./markup.ts";

/** A native popover: it opens, and closes by Escape or a touch beside it, without script. `viewer` is the person's name. */
export function accountMenu(viewer: string | undefined, { speech, root }: Pick<Print, "speech" | "root">): Markup {
  if (viewer === undefined) return html``;
  const { account, accountPage, changePassword, logOut } = speech.texts;
  return html`<div class="account"><button class="round" popovertarget="account" aria-label="${fill(account, { name: viewer })}">${icon("person")}</button>
<div class="menu" id="account" popover><p>${viewer}</p><a class="menu-item" href="${root}account">${accountPage}</a>
<a class="menu-item" href="${root}password">${changePassword}</a>
<form method="post" action="${root}logout"><button class="menu-item">${logOut}</button></form></div></div>`;
}
