/** The pages of a person's homes: the passkey that shows them, and the initial page with how each is. Pure. */

import { passkeyFields } from "./forms.ts";
import { escapeHtml, type OwnPage, postButton, renderAlert, renderField } from "./own-page.ts";
import type { HomeSight, ShownHome } from "./shown-home.ts";
import type { Speech, Word } from "./words.ts";

/** One home as it is shown. */
export type HomeLine = Omit<ShownHome, "access"> & { readonly address: string } & HomeSight;

export interface KeptHomes {
  /** Written down in this browser, and not shown by a passkey already. */
  readonly kept: readonly { readonly number: string; readonly address: string }[];
  /** Where somebody comes from who may want to keep it. */
  readonly offered: string;
}

/** Leads to the form that asks for a number, wherever the passkey would lead. */
const byNumber = "/?number=";

export function homesForm(own: KeptHomes, speech: Speech, alert?: string): OwnPage {
  const { say } = speech;
  return {
    title: say("homesTitle"),
    hasPasskey: true,
    body: `${renderAlert(alert)}${keptList(own, speech)}<h2>${escapeHtml(say("homesByPasskey"))}</h2><p>${escapeHtml(say("homesText"))}</p>
<noscript><p>${escapeHtml(say("passkeyNoScript"))}</p></noscript>
<form method="post" action="/homes" data-passkey="get" data-ask="/homes/challenge" hidden>${passkeyFields({ say })}
<button type="submit">${escapeHtml(say("homesShow"))}</button></form>
<hr>${keepForm(own, speech)}
<hr><a class="button quiet" href="${byNumber}">${escapeHtml(say("homesByNumber"))}</a>`,
  };
}

/** Each is one link to its own address. */
export function homesPage(homes: readonly HomeLine[], own: KeptHomes, now: number, speech: Speech): OwnPage {
  const { say } = speech;
  const text = (word: Word): string => escapeHtml(say(word));
  return {
    title: say("homesTitle"),
    isWide: true,
    body: `<ul class="homes">${homes.map((home) => homeRow(home, now, speech)).join("")}</ul>
${keptList(own, speech)}<div class="ways"><a class="button quiet" href="/homes">${text("homesRefresh")}</a>
<a class="button quiet" href="${byNumber}">${text("homesByNumber")}</a>
<form method="post" action="/homes/logout"><button class="quiet" type="submit">${text("homesLeave")}</button></form>
<details${own.offered === "" ? "" : " open"}><summary>${text("homesKeepOther")}</summary>${keepForm(own, speech)}</details></div>`,
  };
}

/** How they are is not told: nobody has shown who they are. */
function keptList({ kept }: KeptHomes, { say }: Speech): string {
  const rows = kept.map(({ number, address }) => {
    const forget = postButton("/homes/forget", { number }, escapeHtml(say("homesForget")), number);
    return `<li><a href="${escapeHtml(address)}"><span class="lamp"></span><span class="number">${escapeHtml(number)}</span>
<small>${escapeHtml(say("homesAsks"))}</small></a>${forget}</li>`;
  });
  return rows.length === 0
    ? ""
    : `<h2>${escapeHtml(say("homesKept"))}</h2><ul class="homes">${rows.join("")}</ul>
`;
}

function keepForm({ offered }: KeptHomes, { say }: Speech): string {
  const number = { name: "number", label: say("number"), type: "text", autocomplete: "on", value: offered } as const;
  return `<form method="post" action="/homes/keep">${renderField({ ...number, hint: say("homesKeepHint") })}
<button class="quiet" type="submit">${escapeHtml(say("homesKeep"))}</button></form>`;
}

function homeRow(home: HomeLine, now: number, speech: Speech): string {
  const { number, user, role, address, state } = home;
  const { say } = speech;
  const who = say("homesAs", { user, role: say(role === "owner" ? "homesOwner" : "homesGuest") });
  const needs = needsOf(home, speech).map((need) => `<li>${escapeHtml(need)}</li>`);
  const told = needs.length === 0 ? "" : `<ul class="needs">${needs.join("")}</ul>`;
  return `<li><a href="${escapeHtml(address)}"><span class="lamp ${state}"></span><span class="number">${escapeHtml(number)}</span>
<small>${escapeHtml(who)}</small><span class="state">${escapeHtml(stateOf(home, now, speech))}</span></a>${told}</li>`;
}

function stateOf(home: HomeSight, now: number, { language, say }: Speech): string {
  if (home.state === "closed") return say("homesClosed");
  if (home.state === "away") {
    return home.since === undefined ? say("homesAway") : say("homesAwaySince", { ago: ago(home.since, now, language) });
  }
  const { attention } = home;
  if (attention === undefined) return say("homesOnline");
  const { devices } = attention;
  return `${say("homesOnline")} · ${devices === 1 ? say("homesOneDevice") : say("homesDevices", { count: devices })}`;
}

/** What a person would want to see to, the gravest first. */
function needsOf(home: HomeSight, { say }: Speech): readonly string[] {
  if (home.state !== "online" || home.attention === undefined) return [];
  const { isLive, silent, faulty, unknown } = home.attention;
  const counted: readonly (readonly [Word, number])[] = [
    ["homesFaulty", faulty],
    ["homesSilent", silent],
    ["homesUnknown", unknown],
  ];
  return [
    ...(isLive ? [] : [say("homesNotLive")]),
    ...counted.flatMap(([word, count]) => (count > 0 ? [say(word, { count })] : [])),
    ...(home.isOld === true ? [say("homesOld")] : []),
  ];
}

function ago(at: number, now: number, language: string): string {
  const minutes = Math.max(0, Math.floor((now - at) / 60_000));
  const format = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  if (minutes < 60) return format.format(-minutes, "minute");
  if (minutes < 48 * 60) return format.format(-Math.floor(minutes / 60), "hour");
  return format.format(-Math.floor(minutes / (24 * 60)), "day");
}
