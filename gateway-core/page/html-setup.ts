/** The pages on which a home is set up, as HTML without script: the registration at a provider, and keys for what needs a signature. Pure. */

import { fill, type Language, type Speech } from "../contract/page-texts.ts";
import { document, type PageFiles } from "./html.ts";
import { html, type Markup } from "./markup.ts";
import en from "./setup-texts/en.json" with { type: "json" };
import ja from "./setup-texts/ja.json" with { type: "json" };

type SetupTexts = typeof en;
const dictionaries: Readonly<Record<Language, SetupTexts>> = { en, ja };

/** How the gateway stands towards its provider. */
export interface RegistrationView {
  /** Undefined: registered nowhere. */
  readonly registered?: {
    readonly number: string;
    readonly broker: string;
    readonly home: string;
    readonly until: number;
  };
  /** The link's state, a key of the texts. */
  readonly state: string;
  /** A code: what is wrong with the link, or with a card that was found. */
  readonly trouble?: string;
}

export interface KeyView {
  readonly fingerprint: string;
  readonly label: string;
  readonly addedAt: number;
}

export interface SetupPrint {
  readonly speech: Speech;
  readonly files: PageFiles;
  readonly token: string;
  /** What became of the last form: a key of the texts, or a code. */
  readonly result?: string;
}

export function renderSetup({ registered, state, trouble }: RegistrationView, print: SetupPrint): string {
  const texts = dictionaries[print.speech.language];
  const facts = registered && { ...registered, until: new Date(registered.until).toISOString().slice(0, 10) };
  const body = html`${head(texts, print)}
<section class="rows"><h2>${texts.registration}</h2>
<p>${facts === undefined ? texts.unregistered : fill(texts.registered, facts)} ${lookUp(texts.states, state, "unknown")}</p>
${registered && html`<p>${texts.outside}: <a href="${registered.home}">${registered.home}</a></p>`}
${trouble !== undefined && html`<p role="alert">${lookUp(texts.results, trouble, "other")}</p>`}
<form method="post" action="setup" enctype="multipart/form-data"><input type="hidden" name="token" value="${print.token}">
<p>${texts.cardHint}</p>
<p><label>${texts.cardText}<br><textarea name="card" rows="6" cols="50" autocomplete="off" spellcheck="false"></textarea></label></p>
<p><label>${texts.cardFile}<br><input type="file" name="file" accept=".json,application/json"></label></p>
${registered && html`<p><label><input type="checkbox" name="replace" value="yes"> ${texts.replace}</label></p>`}
<p><button class="button">${texts.register}</button></p></form></section>
<p><a href="setup/keys">${texts.keys}</a></p>`;
  return page(texts.title, body, "", print);
}

export function renderKeys(keys: readonly KeyView[], print: SetupPrint): string {
  const texts = dictionaries[print.speech.language];
  const token = html`<input type="hidden" name="token" value="${print.token}">`;
  const row = ({ fingerprint, label, addedAt }: KeyView): Markup =>
    html`<li><p><b>${label || fingerprint}</b> ${fill(texts.addedOn, {
      date: new Date(addedAt).toISOString().slice(0, 10),
    })}<br><code>${fingerprint}</code></p><form method="post" action="keys">${token}<input type="hidden" name="remove" value="${fingerprint}"><button class="button">${fill(
      texts.removeKey,
      { label: label || fingerprint },
    )}</button></form></li>`;
  const body = html`${head(texts, print)}
<section class="rows"><h2>${texts.keys}</h2><p>${texts.keysHint}</p>
${keys.length === 0 ? html`<p>${texts.noKeys}</p>` : html`<ul>${keys.map(row)}</ul>`}
<form method="post" action="keys">${token}
<p><label>${texts.keyText}<br><textarea name="key" rows="4" cols="50" required autocomplete="off" spellcheck="false"></textarea></label></p>
<p><label>${texts.keyLabel}<br><input name="label" maxlength="64"></label></p>
<p><button class="button">${texts.addKey}</button></p></form></section>
<p><a href="../setup">${texts.registration}</a></p>`;
  return page(texts.keys, body, "../", print);
}

function head(texts: SetupTexts, { result }: SetupPrint): Markup {
  return html`<h1>${texts.title}</h1><p>${texts.intro}</p>
${result !== undefined && html`<p class="notice" role="status">${lookUp(texts.results, result, "other")}</p>`}`;
}

function page(title: string, body: Markup, root: string, { speech, files }: SetupPrint): string {
  const texts = dictionaries[speech.language];
  const whole = html`<main class="setup">${body}<p><a href="${root || "./"}">${texts.home}</a></p></main>`;
  return document(title, whole, { speech, files, root, isScripted: false });
}

function lookUp(texts: Readonly<Record<string, string>>, key: string, other: string): string {
  return (Object.hasOwn(texts, key) ? texts[key] : texts[other]) ?? "";
}
