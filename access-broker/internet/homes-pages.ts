/** The pages of a person's homes: the passkey that shows them, and the initial page with how each is. Pure. */

import { passkeyFields } from "./forms.ts";
import { escapeHtml, type OwnPage, renderAlert } from "./own-page.ts";
import type { HomeSight, ShownHome } from "./shown-home.ts";
import type { Speech, Word } from "./words.ts";

/** One home as it is shown. */
export type HomeLine = Omit<ShownHome, "access"> & { readonly address: string } & HomeSight;

/** Leads to the form that asks for a number, wherever the passkey would lead. */
const byNumber = "/?number=";

export function homesForm({ say }: Speech, alert?: string): OwnPage {
  return {
    title: say("homesTitle"),
    hasPasskey: true,
    body: `<p>${escapeHtml(say("homesText"))}</p>
${renderAlert(alert)}<noscript><p>${escapeHtml(say("passkeyNoScript"))}</p></noscript>
<form method="post" action="/homes" data-passkey="get" data-ask="/homes/challenge" hidden>${passkeyFields({ say })}
<button type="submit">${escapeHtml(say("homesShow"))}</button></form>
<hr><a class="button quiet" href="${byNumber}">${escapeHtml(say("homesByNumber"))}</a>`,
  };
}

/** Each is one link to its own address. */
export function homesPage(homes: readonly HomeLine[], now: number, speech: Speech): OwnPage {
  const { say } = speech;
  const text = (word: Word): string => escapeHtml(say(word));
  return {
    title: say("homesTitle"),
    isWide: true,
    body: `<ul class="homes">${homes.map((home) => homeRow(home, now, speech)).join("")}</ul>
<div class="ways"><a class="button quiet" href="/homes">${text("homesRefresh")}</a>
<a class="button quiet" href="${byNumber}">${text("homesByNumber")}</a>
<form method="post" action="/homes/logout"><button class="quiet" type="submit">${text("homesLeave")}</button></form></div>`,
  };
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
