/** The frame of the access broker's own pages: HTML that needs no script. Pure. */

import { createHash } from "node:crypto";
import { fragmentScript } from "./fragment-script.ts";
import { ownStyle } from "./own-style.ts";
import { passkeyScript } from "./passkey-script.ts";
import type { Speech } from "./words.ts";

export interface OwnPage {
  readonly title: string;
  /** HTML, its texts escaped already. */
  readonly body: string;
  /** Seconds after which the browser asks again by itself. */
  readonly reloadSeconds?: number;
  /** Whether a passkey can be used on it: the one thing that takes a script. */
  readonly hasPasskey?: boolean;
  /** Whether a field of it takes what stands after # in the address. */
  readonly takesFragment?: boolean;
  /** Whether it shows more than a form. */
  readonly isWide?: boolean;
}

export function renderOwnPage(page: OwnPage, { language, say }: Speech): string {
  const { title, body, reloadSeconds, isWide } = page;
  const script = scriptOf(page);
  const reload = reloadSeconds === undefined ? "" : `\n<meta http-equiv="refresh" content="${reloadSeconds}">`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">${reload}
<title>${escapeHtml(title)} · ${escapeHtml(say("product"))}</title>
<link rel="icon" href="${icon}">
<style>${ownStyle}</style></head>
<body><main${isWide ? ' class="wide"' : ""}><p class="brand">${door}<span>${escapeHtml(say("product"))}</span></p>
<h1>${escapeHtml(title)}</h1>
${body}
</main>${script === "" ? "" : `<script>${script}</script>`}</body></html>
`;
}

/** A text between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface Field {
  readonly name: string;
  /** Unique on the page; the name unless told. */
  readonly id?: string;
  readonly label: string;
  readonly type: "text" | "password" | "date";
  readonly autocomplete: string;
  readonly value?: string;
  readonly hint?: string;
  readonly isFirst?: boolean;
  readonly isOptional?: boolean;
  readonly longest?: number;
  /** What the keys of a phone should show. */
  readonly keys?: "numeric";
  /** What stands after # in the address. */
  readonly takesFragment?: boolean;
}

/** A labelled field; its hint is read out with it. */
export function renderField(field: Field): string {
  const { name, id = name, label, type, autocomplete, value, hint, isFirst, isOptional, longest = 256, keys } = field;
  const taken = field.takesFragment === true ? " data-fragment" : "";
  const given = value === undefined ? "" : ` value="${escapeHtml(value)}"`;
  const described = hint === undefined ? "" : ` aria-describedby="${id}-hint"`;
  const below = hint === undefined ? "" : `<p class="hint" id="${id}-hint">${escapeHtml(hint)}</p>`;
  const more = `${isOptional ? "" : " required"}${keys === undefined ? "" : ` inputmode="${keys}"`}${isFirst ? " autofocus" : ""}`;
  return `<div class="field"><label for="${id}">${escapeHtml(label)}</label>
<input id="${id}" name="${name}" type="${type}" autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false" maxlength="${longest}"${given}${described}${more}${taken}>${below}</div>`;
}

export const renderList = (rows: readonly string[]): string => (rows.length === 0 ? "" : `<ul>${rows.join("")}</ul>`);

/** A button of its own form. `of` is read out with it: what is removed, ended or set up. */
export function postButton(
  action: string,
  members: Readonly<Record<string, string>>,
  label: string,
  of: string,
): string {
  const hidden = Object.entries(members).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  return `<form method="post" action="${action}">${hidden.join("")}<button class="quiet" type="submit" aria-label="${label}: ${escapeHtml(of)}">${label}</button></form>`;
}

export interface Choice {
  readonly name: string;
  /** Unique on the page; the name unless told. */
  readonly id?: string;
  readonly label: string;
  /** Value and text of each. */
  readonly choices: readonly (readonly [string, string])[];
  readonly chosen?: string;
}

/** One out of a few. */
export function renderChoice({ name, id = name, label, choices, chosen }: Choice): string {
  const options = choices.map(
    ([value, text]) =>
      `<option value="${escapeHtml(value)}"${value === chosen ? " selected" : ""}>${escapeHtml(text)}</option>`,
  );
  return `<div class="field"><label for="${id}">${escapeHtml(label)}</label>
<select id="${id}" name="${name}">${options.join("")}</select></div>`;
}

/** What went wrong with a form: read out at once. */
export const renderAlert = (text: string | undefined): string =>
  text === undefined ? "" : `<p class="alert" role="alert">${escapeHtml(text)}</p>\n`;

/**
 * A page of ours loads nothing, is framed by nobody and runs nothing, unless a passkey can be used on it or it takes
 * what stands after # in its address: then that one script of ours. `formTargets`: origins that a form may lead to.
 */
export function ownPagePolicy(page: Pick<OwnPage, "hasPasskey" | "takesFragment"> = {}, formTargets = ""): string {
  const script = scriptOf(page);
  const hash = createHash("sha256").update(script).digest("base64");
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "img-src data:",
    ...(script === "" ? [] : [`script-src 'sha256-${hash}'`]),
    ...(page.hasPasskey ? ["connect-src 'self'"] : []),
    `form-action 'self'${formTargets === "" ? "" : ` ${formTargets}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const styleHash = createHash("sha256").update(ownStyle).digest("base64");
const scriptOf = ({ hasPasskey, takesFragment }: Pick<OwnPage, "hasPasskey" | "takesFragment">): string =>
  `${hasPasskey ? passkeyScript : ""}${takesFragment ? fragmentScript : ""}`;
const shape = "M4 21V9.5L12 3l8 6.5V21h-5.5v-6.5h-5V21z";
const door = `<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path fill="currentColor" d="${shape}"/></svg>`;
const icon = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#0B57D0" d="${shape}"/></svg>`)}`;
