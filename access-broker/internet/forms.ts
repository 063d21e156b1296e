/** The access broker's own forms as HTML: log in, choose a password, log out, which home. Pure. */

import { escapeHtml, type OwnPage, renderAlert, renderField } from "./own-page.ts";
import type { Speech } from "./words.ts";

export function loginForm(number: string, { say }: Speech, alert?: string): OwnPage {
  const title = say("loginTitle");
  const user = { name: "user", label: say("user"), type: "text", autocomplete: "username", isFirst: true } as const;
  const password = { name: "password", label: say("password"), type: "password" } as const;
  return {
    title,
    body: `<p>${escapeHtml(say("number"))} <span class="number">${escapeHtml(number)}</span></p>
${renderAlert(alert)}<form method="post" action="/login">
${renderField(user)}
${renderField({ ...password, autocomplete: "current-password" })}
<button type="submit">${escapeHtml(say("logIn"))}</button></form>`,
  };
}

/** `isFirst`: after a one-time password, whose holder has just shown it. */
export function passwordForm(user: string, isFirst: boolean, { say }: Speech, alert?: string): OwnPage {
  const secret = { type: "password", autocomplete: "new-password" } as const;
  const current = { name: "current", label: say("currentPassword"), type: "password" } as const;
  return {
    title: say("passwordTitle"),
    body: `${isFirst ? `<p>${escapeHtml(say("passwordFirst"))}</p>` : ""}
${renderAlert(alert)}<form method="post" action="/password">
<input type="hidden" name="user" autocomplete="username" value="${escapeHtml(user)}">
${isFirst ? "" : renderField({ ...current, autocomplete: "current-password" })}
${renderField({ ...secret, name: "password", label: say("newPassword"), hint: say("passwordRule") })}
${renderField({ ...secret, name: "repeat", label: say("repeatPassword") })}
<button type="submit">${escapeHtml(say("setPassword"))}</button></form>`,
  };
}

export function logoutForm(user: string, { say }: Speech): OwnPage {
  return {
    title: say("logoutTitle"),
    body: `<p>${escapeHtml(say("logoutText", { user }))}</p>
<form method="post" action="/logout"><button type="submit">${escapeHtml(say("logOut"))}</button></form>
<a class="button quiet" href="/">${escapeHtml(say("backHome"))}</a>`,
  };
}

export function numberForm({ say }: Speech, alert?: string): OwnPage {
  const number = { name: "number", label: say("number"), type: "text", autocomplete: "on", isFirst: true } as const;
  return {
    title: say("numberTitle"),
    body: `<p>${escapeHtml(say("numberText"))}</p>
${renderAlert(alert)}<form method="get" action="/">
${renderField({ ...number, hint: say("numberHint") })}
<button type="submit">${escapeHtml(say("go"))}</button></form>`,
  };
}
