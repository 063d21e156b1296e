/** The pages of a person's account at a home: what they log in with, and the devices that are logged in. Pure. */

import { renderSVG } from "uqr";
import type { Held, Holdings, Place, SessionLine, TotpSetUp } from "./door-rooms.ts";
import {
  escapeHtml,
  type OwnPage,
  postButton,
  renderAlert,
  renderChoice,
  renderField,
  renderList,
} from "./own-page.ts";
import type { Speech, Word } from "./words.ts";

export interface AccountFacts {
  readonly user: string;
  readonly holdings: Holdings;
  readonly sessions: readonly SessionLine[];
  /** The id of the session that looks at the page. */
  readonly own: string;
  /** Whether the person says who else comes in. */
  readonly isOwner: boolean;
  readonly place: Place;
  /** Where the page of the person's homes is. */
  readonly homes: string;
  readonly now: number;
}

export function accountPage(facts: AccountFacts, speech: Speech, alert?: string): OwnPage {
  const { user, holdings, sessions, own, isOwner, place, homes, now } = facts;
  const { say } = speech;
  const text = (word: Word, more = {}): string => escapeHtml(say(word, more));
  const held = (kind: string, list: readonly Held[]): string =>
    renderList(
      list.map(({ id, label, addedAt, usedAt }) => {
        const used = usedAt === null ? text("neverUsed") : text("used", { when: ago(usedAt, now, speech) });
        const small = `${text("added", { when: ago(addedAt, now, speech) })}, ${used}`;
        return row(escapeHtml(label), small, postButton(`/account/${kind}/remove`, { id }, text("remove"), label));
      }),
    );
  const devices = sessions.map(({ id, source, agent, seenAt, isHomes }) => {
    const device = deviceName(agent, speech);
    const name = isHomes === true ? say("looksAtHomes", { device }) : device;
    const small = text("seen", { source, when: ago(seenAt, now, speech) });
    const isOwn = id === own;
    const end = postButton("/account/sessions/end", { id }, text("end"), name);
    return row(escapeHtml(name), small, isOwn ? `<small>${text("thisDevice")}</small>` : end);
  });
  const failed = `<p class="alert" role="alert" data-text="${text("passkeyFailed")}" hidden></p>`;
  const label = { name: "label", label: say("passkeyName"), type: "text", autocomplete: "off" } as const;
  const line = { name: "line", label: say("keyLine"), type: "text", autocomplete: "off", longest: 1024 } as const;
  const program = { name: "label", label: say("appPasswordName"), type: "text", autocomplete: "off" } as const;
  const app = holdings.hasTotp
    ? `<p>${text("appOn")}</p>${postButton("/account/totp/remove", {}, text("remove"), say("app"))}`
    : `<p>${text("appOff")}</p>${postButton("/account/totp", {}, text("appSetUp"), say("app"))}`;
  const programs = `<h2>${text("appPasswords")}</h2><p>${text("appPasswordsText")}</p>${held("apps", holdings.apps)}
<form method="post" action="/account/apps">${renderField({ ...program, hint: say("appPasswordHint") })}
${renderChoice({
  name: "access",
  label: say("appAccess"),
  choices: [
    ["", say("appAccessAll")],
    ["view", say("appAccessView")],
  ],
})}
<button class="quiet" type="submit">${text("appPasswordAdd")}</button></form>`;
  return {
    title: say("accountTitle"),
    hasPasskey: true,
    body: `<p>${text("accountOf", { user })}</p>
${renderAlert(alert)}<h2>${text("passkeys")}</h2><p>${text("passkeysText")}</p>
${held("passkeys", holdings.passkeys)}<noscript><p>${text("passkeyNoScript")}</p></noscript>
<form method="post" action="/account/passkeys/create" data-passkey="create" data-ask="/account/passkeys/options" hidden>
<input type="hidden" name="passkey">${failed}${renderField({ ...label, hint: say("passkeyNameHint") })}
<button type="submit">${text("passkeyAdd")}</button></form>
<form method="post" action="/account/passkeys/link" data-passkey="get" data-ask="/account/passkeys/options" hidden>
<input type="hidden" name="passkey">${failed}<button class="quiet" type="submit">${text("passkeyLink")}</button></form>
<h2>${text("app")}</h2>${app}
<h2>${text("recovery")}</h2><p>${text("recoveryLeft", { count: holdings.recoveryCodesLeft })}</p>
${postButton("/account/recovery", {}, text("recoveryNew"), say("recovery"))}
<h2>${text("keys")}</h2><p>${text("keysText")}</p>${held("keys", holdings.keys)}
<form method="post" action="/account/keys">${renderField({ ...line, hint: say("keyHint") })}
<button class="quiet" type="submit">${text("keyAdd")}</button></form>
${place.isHome ? `${programs}\n` : ""}<h2>${text("devices")}</h2>${renderList(devices)}
${sessions.length > 1 ? postButton("/account/sessions/others", {}, text("endOthers"), say("devices")) : ""}
${isOwner ? `<h2>${text(place.isHome ? "people" : "staff")}</h2><a class="button quiet" href="/account/people">${text("peopleOpen")}</a>` : ""}
${isOwner && place.isHome ? `<a class="button quiet" href="/account/ways">${text("waysTitle")}</a>` : ""}
<hr>${place.isHome || holdings.passkeys.length > 0 ? `<a class="button quiet" href="${escapeHtml(homes)}">${text("homesTitle")}</a>\n` : ""}<a class="button quiet" href="/password">${text("changePassword")}</a>
<a class="button quiet" href="${place.landing}">${text(place.isHome ? "backHome" : "deskBack")}</a>`,
  };
}

export function totpPage({ secret, uri, ticket }: TotpSetUp, { say }: Speech, alert?: string): OwnPage {
  const text = (word: Word): string => escapeHtml(say(word));
  const code = { name: "code", label: say("appCode"), type: "text", autocomplete: "one-time-code" } as const;
  const qr = renderSVG(uri, { border: 2 }).replace(
    "<svg ",
    `<svg class="qr" role="img" aria-label="${text("appQr")}" `,
  );
  return {
    title: say("appTitle"),
    body: `<p>${text("appScan")}</p>${qr}
<p>${text("appKey")} <code>${escapeHtml(secret.replace(/(.{4})(?=.)/g, "$1 "))}</code></p>
<p><a href="${escapeHtml(uri)}">${text("appOpen")}</a></p>
${renderAlert(alert)}<form method="post" action="/account/totp/confirm">
<input type="hidden" name="secret" value="${escapeHtml(secret)}"><input type="hidden" name="ticket" value="${escapeHtml(ticket)}">
${renderField({ ...code, keys: "numeric", isFirst: true, hint: say("appOthers") })}
<button type="submit">${text("goOn")}</button></form>
<a class="button quiet" href="/account">${text("back")}</a>`,
  };
}

export function recoveryPage(codes: readonly string[], { say }: Speech): OwnPage {
  return {
    title: say("recoveryTitle"),
    body: `<p>${escapeHtml(say("recoveryText"))}</p>
<ul class="codes">${codes.map((code) => `<li><code>${escapeHtml(code)}</code></li>`).join("")}</ul>
<a class="button" href="/account">${escapeHtml(say("back"))}</a>`,
  };
}

/** `name` is the user name that goes with it, for MQTT and the outbound proxy. */
export function appPasswordPage(name: string, password: string, { say }: Speech): OwnPage {
  return {
    title: say("appPasswordTitle"),
    body: `<p>${escapeHtml(say("appPasswordText"))}</p>
<p>${escapeHtml(say("appPasswordUser"))} <code>${escapeHtml(name)}</code></p>
<p>${escapeHtml(say("appPassword"))} <code>${escapeHtml(password)}</code></p>
<a class="button" href="/account">${escapeHtml(say("back"))}</a>`,
  };
}

const row = (name: string, small: string, action: string): string =>
  `<li><div>${name}<small>${small}</small></div>${action}</li>`;

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** "3 hours ago": a person's time zone is not known here. */
function ago(at: number, now: number, { language }: Speech): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const [unit, ms] = units.find(([, size]) => now - at >= size) ?? ["second", 1000];
  return format.format(-Math.max(0, Math.floor((now - at) / ms)), unit);
}

const browsers = /\b(?:(Firefox|Edg|OPR|CriOS|FxiOS|Chrome)\/|Version\/[\d.]+.* (Safari)\/)/;
const systems = /\b(Android|iPhone|iPad|Windows|Macintosh|Linux|CrOS)\b/;
const spoken: Readonly<Record<string, string>> = {
  Edg: "Edge",
  OPR: "Opera",
  CriOS: "Chrome",
  FxiOS: "Firefox",
  Macintosh: "macOS",
  CrOS: "ChromeOS",
};

/** What a User-Agent says of itself, in words; it may say anything. */
function deviceName(agent: string, { say }: Speech): string {
  const [, one, other] = /\b(Edg|OPR)\//.exec(agent) ?? browsers.exec(agent) ?? [];
  const [, system] = systems.exec(agent) ?? [];
  const browser = one ?? other;
  if (browser === undefined || system === undefined) return agent.slice(0, 40) || say("unknownDevice");
  return say("deviceOn", { browser: spoken[browser] ?? browser, system: spoken[system] ?? system });
}
