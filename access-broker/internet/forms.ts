/** The access broker's own forms as HTML: log in, choose a password, log out, which home. Pure. */

import { providerDesk } from "../../gateway-core/contract/access-number.ts";
import type { Place } from "./door-rooms.ts";
import { escapeHtml, type OwnPage, renderAlert, renderField } from "./own-page.ts";
import type { Speech } from "./words.ts";

export interface LoginFormFacts {
  /** Whether somebody who comes from there may look without a proof. */
  readonly isLookOffered?: boolean;
  /** A person with a session who must show once more who they are, and is led back to their account. */
  readonly isAgain?: boolean;
  readonly alert?: string;
}

/** Before which door somebody stands: the number of a home, or the provider's desk. */
export const whereLine = (number: string, { say }: Pick<Speech, "say">): string =>
  number === providerDesk
    ? `<p>${escapeHtml(say("deskDoor"))}</p>`
    : `<p>${escapeHtml(say("number"))} <span class="number">${escapeHtml(number)}</span></p>`;

/** The same for every number, whatever its home requires. */
export function loginForm(number: string, { say }: Speech, facts: LoginFormFacts = {}): OwnPage {
  const { isLookOffered = false, isAgain = false, alert } = facts;
  const user = { name: "user", label: say("user"), type: "text", autocomplete: "username" } as const;
  const password = { name: "password", label: say("password"), type: "password" } as const;
  const back = isAgain ? '<input type="hidden" name="to" value="account">' : "";
  const look = `<hr><h2>${escapeHtml(say("lookTitle"))}</h2><p>${escapeHtml(say("lookText"))}</p>
<form method="post" action="/login"><input type="hidden" name="way" value="look">
${renderField({ ...user, id: "look-user" })}
<button class="quiet" type="submit">${escapeHtml(say("look"))}</button></form>`;
  return {
    title: say(number === providerDesk ? "deskLoginTitle" : "loginTitle"),
    hasPasskey: true,
    body: `${whereLine(number, { say })}
${isAgain ? `<p>${escapeHtml(say("againText"))}</p>` : ""}${renderAlert(alert)}<form method="post" action="/login">${back}
${renderField({ ...user, isFirst: true })}
${renderField({ ...password, autocomplete: "current-password" })}
<button type="submit">${escapeHtml(say("logIn"))}</button></form>
<hr>${passkeyForm("passkeyLogIn", back, { say })}
${isLookOffered ? look : ""}`,
  };
}

/** A login that lacks a proof: a field or button for each that would do. */
export function stepForm(
  {
    user,
    next,
    isVouchedFor,
  }: { readonly user: string; readonly next: readonly string[]; readonly isVouchedFor: boolean },
  { say }: Speech,
  alert?: string,
): OwnPage {
  const submit = `<button type="submit">${escapeHtml(say("goOn"))}</button></form>`;
  const code = { name: "code", label: say("code"), type: "text", hint: say("codeHint") } as const;
  const password = { name: "password", label: say("password"), type: "password" } as const;
  const ways: Readonly<Record<string, string>> = {
    totp: `<form method="post" action="/login">${renderField({ ...code, autocomplete: "one-time-code", isFirst: true })}${submit}`,
    password: `<form method="post" action="/login"><input type="hidden" autocomplete="username" value="${escapeHtml(user)}">
${renderField({ ...password, autocomplete: "current-password", isFirst: true })}${submit}`,
    passkey: passkeyForm("stepPasskey", "", { say }),
    key: `<p>${escapeHtml(say("stepKey"))}</p>`,
  };
  const setUp = `<p>${escapeHtml(say("stepSetUp"))}</p><a class="button" href="/account">${escapeHtml(say("setUpNow"))}</a>`;
  return {
    title: say("stepTitle"),
    hasPasskey: next.includes("passkey"),
    body: `<p>${escapeHtml(say("stepText", { user }))}</p>
${renderAlert(alert)}${isVouchedFor ? `${setUp}<hr>` : ""}${next.map((method) => ways[method] ?? "").join("<hr>")}
<form method="post" action="/logout"><button class="quiet" type="submit">${escapeHtml(say("otherUser"))}</button></form>`,
  };
}

/** Hidden until the script finds that the browser knows passkeys; without script there is a word instead. */
function passkeyForm(label: "passkeyLogIn" | "stepPasskey", more: string, { say }: Pick<Speech, "say">): string {
  return `<noscript><p>${escapeHtml(say("passkeyNoScript"))}</p></noscript>
<form method="post" action="/login" data-passkey="get" data-ask="/login/challenge" hidden>${more}
${passkeyFields({ say })}
<button class="quiet" type="submit">${escapeHtml(say(label))}</button></form>`;
}

/** Of a form that goes off with a passkey's answer. */
export const passkeyFields = ({ say }: Pick<Speech, "say">): string =>
  `<input type="hidden" name="passkey"><p class="alert" role="alert" data-text="${escapeHtml(say("passkeyFailed"))}" hidden></p>`;

/** `before`: the password until now: one for one login, whose holder has just shown it; none; or one of the person's own. */
export function passwordForm(
  user: string,
  before: "one-time" | "none" | "own",
  { say }: Speech,
  alert?: string,
): OwnPage {
  const current = { name: "current", label: say("currentPassword"), type: "password" } as const;
  const texts = { "one-time": "passwordFirst", none: "passwordNew", own: undefined } as const;
  const word = texts[before];
  return {
    title: say("passwordTitle"),
    body: `${word === undefined ? "" : `<p>${escapeHtml(say(word))}</p>`}
${renderAlert(alert)}<form method="post" action="/password">
${before === "own" ? renderField({ ...current, autocomplete: "current-password" }) : ""}
${passwordFields(user, { say })}
<button type="submit">${escapeHtml(say("setPassword"))}</button></form>`,
  };
}

/** A new password, typed twice. */
export function passwordFields(user: string, { say }: Pick<Speech, "say">): string {
  const secret = { type: "password", autocomplete: "new-password" } as const;
  return `<input type="hidden" name="user" autocomplete="username" value="${escapeHtml(user)}">
${renderField({ ...secret, name: "password", label: say("newPassword"), hint: say("passwordRule") })}
${renderField({ ...secret, name: "repeat", label: say("repeatPassword") })}`;
}

export function logoutForm(user: string, { isHome, landing }: Place, { say }: Speech): OwnPage {
  return {
    title: say("logoutTitle"),
    body: `<p>${escapeHtml(say("logoutText", { user }))}</p>
<form method="post" action="/logout"><button type="submit">${escapeHtml(say("logOut"))}</button></form>
<a class="button quiet" href="${landing}">${escapeHtml(say(isHome ? "backHome" : "deskBack"))}</a>`,
  };
}

export function numberForm({ say }: Speech, alert?: string): OwnPage {
  const number = { name: "number", label: say("number"), type: "text", autocomplete: "on", isFirst: true } as const;
  return {
    title: say("numberTitle"),
    body: `<p>${escapeHtml(say("numberText"))}</p>
${renderAlert(alert)}<form method="get" action="/">
${renderField({ ...number, hint: say("numberHint") })}
<button type="submit">${escapeHtml(say("go"))}</button></form>
<hr><a class="button quiet" href="/homes">${escapeHtml(say("homesTitle"))}</a>`,
  };
}
