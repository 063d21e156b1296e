/** The pages of own management, which need no script: log in, one's account, setting it up. Pure. */

import { createHash } from "node:crypto";
import type { Grant } from "../contract/grant.ts";
import type { OwnDevice, Person } from "./own-book.ts";
import type { TrailEntry } from "./own-trail.ts";
import en from "./words.en.json" with { type: "json" };
import ja from "./words.ja.json" with { type: "json" };

export type Word = keyof typeof en;
export type Say = (word: Word, facts?: Readonly<Record<string, string>>) => string;

/** A device that a grant may name. */
export interface Choice {
  readonly id: string;
  readonly title: string;
}

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:34rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}label{display:block;margin:.75rem 0}
input:not([type=checkbox]),select{display:block;width:100%;box-sizing:border-box;padding:.6rem;font:inherit}
button{padding:.6rem 1.2rem;font:inherit}li{margin:.5rem 0;overflow-wrap:anywhere}small{display:block;opacity:.75}
.alert{border-left:4px solid #c33;padding:.5rem 1rem}li form{display:inline}code{overflow-wrap:anywhere}`;

/** Nothing runs, loads or is framed. */
export const ownPageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  vary: "accept-language",
};

/** Japanese where it is preferred to English (RFC 9110 §12.5.4), else English. */
export function wordsFor(acceptLanguage: string | null): { readonly language: "en" | "ja"; readonly say: Say } {
  const first = (acceptLanguage ?? "").split(",").find((range) => /^\s*(?:en|ja)\b/i.test(range)) ?? "en";
  const language = /^\s*ja/i.test(first) ? "ja" : "en";
  const words = language === "ja" ? ja : en;
  return {
    language,
    say: (word, facts = {}) => words[word].replace(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? ""),
  };
}

export const isWord = (text: string): text is Word => Object.hasOwn(en, text);

export function renderOwnPage(language: string, title: string, body: string, alert?: string): string {
  const told = alert === undefined ? "" : `<p class="alert" role="alert">${escapeHtml(alert)}</p>`;
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style><h1>${escapeHtml(title)}</h1>${told}${body}</html>`;
}

export const loginBody = (say: Say): string => `<form method="post" action="/login">
${field(say("name"), "name", "text", "username")}${field(say("password"), "password", "password", "current-password")}
${field(say("loginCode"), "code", "text", "one-time-code", false)}
${check("keep", "yes", say("keepDevice"))}${field(say("deviceName"), "label", "text", "off", false)}
<button>${escapeHtml(say("logIn"))}</button></form>`;

export interface AccountView {
  readonly person: Person;
  readonly people: readonly Person[];
  readonly devices: readonly OwnDevice[];
  readonly isClosed: boolean;
  readonly choices: readonly Choice[];
  /** The newest first, for owners. */
  readonly trail: readonly TrailEntry[];
}

export function accountBody(say: Say, { person, people, devices, isClosed, choices, trail }: AccountView): string {
  const seen = devices.filter(({ name }) => person.isOwner || name === person.name);
  const rows = seen.map(({ id, name, label, seenAt }) => {
    const facts = { name, when: new Date(seenAt).toISOString().slice(0, 10) };
    return row(label, say("deviceOf", facts), act("/account/devices/remove", { id }, say("remove"), label));
  });
  const list = rows.length === 0 ? `<p>${escapeHtml(say("devicesNone"))}</p>` : `<ul>${rows.join("")}</ul>`;
  return `<p>${escapeHtml(say("accountOf", { name: person.name }))} <a href="/">${escapeHtml(say("backHome"))}</a></p>
<form method="post" action="/logout"><button>${escapeHtml(say("logOut"))}</button></form>
<h2>${escapeHtml(say("devices"))}</h2>${list}${person.isOwner ? ownersPart(say, people, isClosed, choices) : ""}
<h2>${escapeHtml(say("changePassword"))}</h2><form method="post" action="/account/password">
${field(say("password"), "password", "password", "current-password")}
${field(`${say("newPassword")} (${say("passwordHint")})`, "new", "password", "new-password")}
<button>${escapeHtml(say("changePassword"))}</button></form>
<h2>${escapeHtml(say("secondTitle"))}</h2>${secondPart(say, person)}${person.isOwner ? trailPart(say, trail) : ""}`;
}

function secondPart(say: Say, { second }: Person): string {
  const told = second === undefined ? say("secondOff") : say("secondOn", { count: String(second.recovery.length) });
  const [path, word] = second === undefined ? (["", "secondAdd"] as const) : (["/remove", "secondRemove"] as const);
  return `<p>${escapeHtml(told)}</p><form method="post" action="/account/second${path}">
${field(say("password"), "password", "password", "current-password")}<button>${escapeHtml(say(word))}</button></form>`;
}

/** The secret of a new app, and the form that its first code goes to. */
export const newAppBody = (say: Say, secret: string, uri: string, problem?: string): string =>
  `${problem === undefined ? "" : `<p class="alert" role="alert">${escapeHtml(problem)}</p>`}<p>${escapeHtml(say("secondScan"))}</p><p><code>${secret}</code></p><p><a href="${escapeHtml(uri)}">${escapeHtml(say("secondOpen"))}</a></p>
<form method="post" action="/account/second/confirm">${field(say("secondCode"), "code", "text", "one-time-code")}
<button>${escapeHtml(say("secondConfirm"))}</button></form><p><a href="/account">${escapeHtml(say("accountTitle"))}</a></p>`;

export const recoveryBody = (say: Say, codes: readonly string[]): string =>
  `<p>${escapeHtml(say("secondCodes"))}</p><ul>${codes.map((code) => `<li><code>${code}</code></li>`).join("")}</ul>
<p><a href="/account">${escapeHtml(say("accountTitle"))}</a></p>`;

const happened: Readonly<Record<TrailEntry["event"], Word>> = {
  login: "evLogin",
  "login-refused": "evLoginRefused",
  logout: "evLogout",
  command: "evCommand",
  "request-refused": "evRefused",
  "account-changed": "evAccount",
  "turned-on": "evOn",
  "turned-off": "evOff",
};

function trailPart(say: Say, trail: readonly TrailEntry[]): string {
  const rows = trail.map(({ at, event, name, source, about }) => {
    const when = new Date(at).toISOString().replace("T", " ").slice(0, 19);
    const facts = [`${when} UTC`, name, source, about].filter((fact) => fact !== "").join(" · ");
    return row(say(happened[event]), facts, "");
  });
  return `<h2>${escapeHtml(say("trail"))}</h2><ul>${rows.join("")}</ul>`;
}

function ownersPart(say: Say, people: readonly Person[], isClosed: boolean, choices: readonly Choice[]): string {
  const rows = people.map(({ name, grant, isOwner }) => {
    const remove = isOwner ? "" : act("/account/people/remove", { name }, say("remove"), name);
    return row(name, isOwner ? say("owner") : grantWords(say, grant), remove);
  });
  const boxes = choices.map(({ id, title }) => check("device", id, title)).join("");
  return `<p>${escapeHtml(say(isClosed ? "closed" : "open"))}</p>
${act("/account/closed", { closed: isClosed ? "no" : "yes" }, say(isClosed ? "reopen" : "close"), say("devices"))}
<h2>${escapeHtml(say("people"))}</h2><ul>${rows.join("")}</ul>
<h2>${escapeHtml(say("addPerson"))}</h2><form method="post" action="/account/people">
${field(say("name"), "name", "text", "off")}
${field(`${say("password")} (${say("passwordHint")})`, "password", "password", "new-password")}
<label>${escapeHtml(say("mayWhat"))}<select name="access"><option value="view">${escapeHtml(say("mayView"))}</option>
<option value="control">${escapeHtml(say("mayControl"))}</option></select></label>
<fieldset>${check("device", "*", say("allDevices"))}${boxes}</fieldset>
<button>${escapeHtml(say("addPerson"))}</button></form>`;
}

function grantWords(say: Say, { devices }: Grant): string {
  const whole = devices["*"]?.access;
  if (whole !== undefined) return say(whole === "control" ? "mayAll" : "mayLook");
  return say("maySome", { count: String(Object.keys(devices).length) });
}

export type SetupView =
  | { readonly state: "never" }
  | { readonly state: "off"; readonly port: number }
  | {
      readonly state: "on";
      readonly port: number;
      readonly fingerprint: string;
      readonly isReal: boolean;
      readonly failure?: string | undefined;
    };

export function setupBody(say: Say, view: SetupView): string {
  if (view.state === "never") return `<p>${escapeHtml(say("setupNever"))}</p>`;
  const port = String(view.port);
  const text = `<p>${escapeHtml(say("setupText", { port }))}</p>`;
  if (view.state === "on") {
    const { failure, fingerprint, isReal } = view;
    const told = failure === undefined ? say("setupOn", { port }) : say("setupFailed", { reason: failure });
    return `<p>${escapeHtml(told)}</p><p>${escapeHtml(say(isReal ? "realCertificate" : "fingerprint"))}</p><p><code>${fingerprint}</code></p>${text}
${act("/setup/direct", { action: "off" }, say("turnOff"), say("setupTitle"))}`;
  }
  return `${text}<form method="post" action="/setup/direct"><input type="hidden" name="action" value="on">
${field(say("name"), "name", "text", "username")}
${field(`${say("password")} (${say("passwordHint")})`, "password", "password", "new-password")}
${field(say("passwordAgain"), "again", "password", "new-password")}
<button>${escapeHtml(say("turnOn"))}</button></form>`;
}

const row = (what: string, small: string, action: string): string =>
  `<li>${escapeHtml(what)}<small>${escapeHtml(small)}</small>${action}</li>`;

function field(label: string, name: string, type: string, fill: string, isNeeded = true): string {
  return `<label>${escapeHtml(label)}<input name="${name}" type="${type}" autocomplete="${fill}" maxlength="256"${isNeeded ? " required" : ""}></label>`;
}

const check = (name: string, value: string, label: string): string =>
  `<label><input type="checkbox" name="${name}" value="${escapeHtml(value)}"> ${escapeHtml(label)}</label>`;

/** A button of its own form. `of` is read out with it. */
function act(action: string, members: Readonly<Record<string, string>>, label: string, of: string): string {
  const hidden = Object.entries(members).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  return `<form method="post" action="${action}">${hidden.join("")}<button aria-label="${escapeHtml(`${label}: ${of}`)}">${escapeHtml(label)}</button></form>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
