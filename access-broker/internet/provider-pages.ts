/** The pages on which the provider's people look after homes: the list, one home, a card for its gateway. Pure. */

import { renderSVG } from "uqr";
import { communicationMethods } from "../../gateway-core/contract/communication-method.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import {
  escapeHtml,
  type OwnPage,
  postButton,
  renderAlert,
  renderChoice,
  renderField,
  renderList,
} from "./own-page.ts";
import type { HomeFile, HomeLine } from "./provider-office.ts";
import type { Speech, Word } from "./words.ts";

export const deskRoot = "/provider";
export const homesRoot: string = `${deskRoot}/homes`;
export const homeRoot: string = `${deskRoot}/home`;

/** The ways between the desk's own pages. */
export const deskWays = ({ say }: Pick<Speech, "say">): string => {
  const way = (href: string, word: Word): string =>
    `<a class="button quiet" href="${href}">${escapeHtml(say(word))}</a>`;
  return `<div class="ways">${way(deskRoot, "opTitle")}${way(homesRoot, "deskHomes")}${way("/account", "accountTitle")}<form method="post" action="/logout"><button class="quiet" type="submit">${escapeHtml(say("logOut"))}</button></form></div>`;
};

export const homeHref = (number: string): string => `${homeRoot}?number=${encodeURIComponent(number)}`;

export interface HomesFacts {
  readonly part: string;
  readonly homes: readonly HomeLine[];
  readonly numberFormat: string | undefined;
  /** Whether the person may change anything. */
  readonly mayChange: boolean;
}

export function deskHomesPage(
  { part, homes, numberFormat, mayChange }: HomesFacts,
  speech: Speech,
  alert?: string,
): OwnPage {
  const { say } = speech;
  const text = (word: Word): string => escapeHtml(say(word));
  const find = { name: "number", label: say("opFind"), type: "text", autocomplete: "off", value: part } as const;
  const rows = homes.map(({ number, isOnline }) => {
    const state = text(isOnline ? "homesOnline" : "homesAway");
    return `<li><a href="${escapeHtml(homeHref(number))}"><span class="lamp ${isOnline ? "online" : "away"}"></span><span class="number">${escapeHtml(number)}</span><span class="state">${state}</span></a></li>`;
  });
  return {
    title: say("deskHomes"),
    isWide: true,
    body: `${deskWays(speech)}${renderAlert(alert)}
<form method="get" action="${homesRoot}">${renderField({ ...find, isOptional: true })}
<button class="quiet" type="submit">${text("opShow")}</button></form>
${rows.length === 0 ? `<p>${text("opNone")}</p>` : `<ul class="homes">${rows.join("")}</ul>`}
${mayChange ? openForm(numberFormat, speech) : ""}`,
  };
}

/** A new home: its number, the person who will own it, by what it is reached. */
function openForm(numberFormat: string | undefined, { say }: Speech): string {
  const shape = numberFormat ?? "090-1234-5678";
  const hint = say(numberFormat === undefined ? "deskNumberHint" : "deskFormatHint", { shape });
  const number = { name: "number", id: "new-number", label: say("number"), type: "text", autocomplete: "off" } as const;
  const user = { name: "user", label: say("deskFirst"), type: "text", autocomplete: "off", longest: 64 } as const;
  return `<h2>${escapeHtml(say("deskOpen"))}</h2><p>${escapeHtml(say("deskOpenText"))}</p>
<form method="post" action="${homesRoot}">${renderField({ ...number, hint, longest: 40, isOptional: numberFormat !== undefined })}
${renderField({ ...user, hint: say("personNameHint") })}
${methodBoxes(communicationMethods, { say })}
<button type="submit">${escapeHtml(say("deskOpenNow"))}</button></form>`;
}

function methodBoxes(chosen: HomeFile["methods"], { say }: Pick<Speech, "say">): string {
  const words: Readonly<Record<(typeof communicationMethods)[number], Word>> = {
    https: "methodHttps",
    wss: "methodWss",
    mqtts: "methodMqtts",
    proxy: "methodProxy",
    compact: "methodCompact",
  };
  const boxes = communicationMethods.map(
    (method) =>
      `<label class="check"><input type="checkbox" name="method:${method}"${chosen.includes(method) ? " checked" : ""}> ${escapeHtml(say(words[method]))}</label>`,
  );
  return `<fieldset><legend>${escapeHtml(say("deskMethods"))}</legend><input type="hidden" name="boxes" value="1">${boxes.join("")}</fieldset>`;
}

export function deskHomePage(file: HomeFile, mayChange: boolean, now: number, speech: Speech, alert?: string): OwnPage {
  const { say } = speech;
  const { number, isOnline, isEnrolled, isSuspended, people } = file;
  const text = (word: Word, more = {}): string => escapeHtml(say(word, more));
  const button = (deed: string, word: Word, members: Readonly<Record<string, string>>, of: string): string =>
    postButton(`${homeRoot}/${deed}`, { number, ...members }, text(word), of);
  const states = [
    say(isOnline ? "homesOnline" : "homesAway"),
    say(isEnrolled ? "deskEnrolled" : "deskNotEnrolled"),
    ...(isSuspended ? [say("suspended")] : []),
  ];
  const rows = people.map(({ user, role, isSuspended: isOut, invitedUntil }) => {
    const isInvited = invitedUntil !== null && now < invitedUntil;
    const small = [say(role === "owner" ? "homesOwner" : "homesGuest"), ...(isOut ? [say("suspended")] : [])];
    if (isInvited) small.push(say("invited"));
    const deeds = [
      button(isOut ? "resume" : "suspend", isOut ? "resume" : "suspend", { user }, user),
      ...[button("invite", "inviteAgain", { user }, user), button("remove", "remove", { user }, user)],
    ];
    const told = `<div>${escapeHtml(user)}<small>${escapeHtml(small.join(" · "))}</small></div>`;
    return `<li>${told}${mayChange ? `<div class="deeds">${deeds.join("")}</div>` : ""}</li>`;
  });
  const more = `${inviteForm(number, speech)}${rulesForm(file, speech)}
<h2>${text("deskGateway")}</h2><p>${text("deskGatewayText")}</p>${button("card", "deskCard", {}, number)}
${isEnrolled ? button("revoke", "deskRevoke", {}, number) : ""}
<h2>${text("standingTitle")}</h2><p>${text("deskSuspendText")}</p>
${button(isSuspended ? "resume" : "suspend", isSuspended ? "resume" : "suspend", {}, number)}`;
  return {
    title: number,
    isWide: true,
    body: `${deskWays(speech)}${renderAlert(alert)}<p>${escapeHtml(states.join(" · "))}</p>
<h2>${text("people")}</h2>${renderList(rows)}
${mayChange ? more : `<p>${text("deskReached", { methods: file.methods.join(), requirement: file.requirement })}</p>`}`,
  };
}

function inviteForm(number: string, { say }: Speech): string {
  const user = { name: "user", label: say("personLabel"), type: "text", autocomplete: "off", longest: 64 } as const;
  return `<h2>${escapeHtml(say("inviteTitle"))}</h2><p>${escapeHtml(say("inviteText"))}</p>
<form method="post" action="${homeRoot}/invite"><input type="hidden" name="number" value="${escapeHtml(number)}">
${renderField({ ...user, hint: say("personNameHint") })}
${renderChoice({
  ...{ name: "role", label: say("role"), chosen: "guest" },
  choices: [
    ["guest", say("roleGuest")],
    ["owner", say("roleOwner")],
  ],
})}
<button type="submit">${escapeHtml(say("invite"))}</button></form>`;
}

function rulesForm({ number, methods, requirement, proxy }: HomeFile, { say }: Speech): string {
  const asked = { name: "requirement", label: say("deskRequirement"), type: "text", autocomplete: "off" } as const;
  return `<h2>${escapeHtml(say("deskRules"))}</h2>
<form method="post" action="${homeRoot}/rules"><input type="hidden" name="number" value="${escapeHtml(number)}">
${methodBoxes(methods, { say })}
${renderField({ ...asked, value: requirement, longest: 512, hint: say("deskRequirementHint") })}
${renderChoice({
  ...{ name: "proxy", label: say("methodProxy"), chosen: proxy === "off" ? "off" : "on" },
  choices: [
    ["on", say("deskAllowed")],
    ["off", say("deskForbidden")],
  ],
})}
<button type="submit">${escapeHtml(say("grantSave"))}</button></form>`;
}

/** As secret as what it opens: whoever has it enrols the gateway of this home, once. */
export function cardPage(number: string, card: JsonObject, { say }: Speech): OwnPage {
  const written = JSON.stringify(card);
  const qr = renderSVG(written, { border: 2, ecc: "L" }).replace(
    "<svg ",
    `<svg class="qr card" role="img" aria-label="${escapeHtml(say("deskCardQr"))}" `,
  );
  return {
    title: say("deskCardTitle"),
    isWide: true,
    body: `<p>${escapeHtml(say("deskCardText", { number }))}</p>${qr}
<pre><code>${escapeHtml(JSON.stringify(card, null, 2))}</code></pre>
<a class="button" href="${escapeHtml(homeHref(number))}">${escapeHtml(say("back"))}</a>`,
  };
}
