/** The pages on which an owner sees and changes who comes into the home. Pure. */

import { renderSVG } from "uqr";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import { isJsonObject } from "../../gateway-core/contract/json.ts";
import type { PersonLine } from "./door-rooms.ts";
import {
  escapeHtml,
  type OwnPage,
  postButton,
  renderAlert,
  renderChoice,
  renderField,
  renderList,
} from "./own-page.ts";
import type { Speech } from "./words.ts";

/** A device of the home, as its page calls it. */
export interface KnownDevice {
  readonly id: string;
  readonly title: string;
}

/** Of a home's snapshot (docs/interfaces.md, `GET /api/home`). */
export function readDevices(snapshot: unknown): readonly KnownDevice[] {
  const { devices } = isJsonObject(snapshot) ? snapshot : {};
  return (Array.isArray(devices) ? devices : []).slice(0, mostShown).flatMap((device: unknown) => {
    const { id, title } = isJsonObject(device) ? device : {};
    return typeof id === "string" && typeof title === "string" ? [{ id, title }] : [];
  });
}

export interface PeopleFacts {
  readonly people: readonly PersonLine[];
  /** Who looks at the page. */
  readonly own: string;
  readonly devices: readonly KnownDevice[];
  readonly now: number;
  readonly isHome: boolean;
}

const root = "/account/people";
const mostShown = 200;

export function peoplePage(
  { people, own, devices, now, isHome }: PeopleFacts,
  speech: Speech,
  alert?: string,
): OwnPage {
  const { say } = speech;
  const rows = people.map((person) => {
    const name = escapeHtml(person.user);
    const link = `${root}/person?user=${encodeURIComponent(person.user)}`;
    const change =
      person.user === own
        ? `<small>${escapeHtml(say("personYou"))}</small>`
        : `<a class="button quiet" href="${escapeHtml(link)}" aria-label="${escapeHtml(say("personChange"))}: ${name}">${escapeHtml(say("personChange"))}</a>`;
    return `<li><div>${name}<small>${escapeHtml(summaryOf(person, devices, now, isHome, speech))}</small></div>${change}</li>`;
  });
  const user = { name: "user", label: say("personLabel"), type: "text", autocomplete: "off", longest: 64 } as const;
  return {
    title: say(isHome ? "peopleTitle" : "staff"),
    body: `<p>${escapeHtml(say(isHome ? "peopleText" : "staffText"))}</p>
${renderAlert(alert)}${renderList(rows)}
<h2>${escapeHtml(say("inviteTitle"))}</h2><p>${escapeHtml(say("inviteText"))}</p>
<form method="post" action="${root}/invite">${renderField({ ...user, hint: say("personNameHint") })}
${isHome ? grantFields(undefined, devices, speech) : staffFields(undefined, speech)}
<button type="submit">${escapeHtml(say("invite"))}</button></form>
<hr><a class="button quiet" href="/account">${escapeHtml(say("back"))}</a>`,
  };
}

export interface PersonFacts {
  readonly person: PersonLine;
  readonly devices: readonly KnownDevice[];
  readonly now: number;
  readonly isHome: boolean;
}

export function personPage({ person, devices, now, isHome }: PersonFacts, speech: Speech): OwnPage {
  const { say } = speech;
  const { user, isSuspended } = person;
  const button = (path: string, word: "suspend" | "resume" | "remove" | "inviteAgain"): string =>
    postButton(`${root}/${path}`, { user }, escapeHtml(say(word)), user);
  return {
    title: user,
    body: `<p>${escapeHtml(summaryOf(person, devices, now, isHome, speech))}</p>
<h2>${escapeHtml(say("grantTitle"))}</h2>${isFine(person.grant) ? `<p>${escapeHtml(say("grantFine"))}</p>` : ""}
<form method="post" action="${root}/grant"><input type="hidden" name="user" value="${escapeHtml(user)}">
${isHome ? grantFields(person, devices, speech) : staffFields(person, speech)}
<button type="submit">${escapeHtml(say("grantSave"))}</button></form>
<h2>${escapeHtml(say("standingTitle"))}</h2><p>${escapeHtml(say(isSuspended ? "suspendedText" : "suspendText"))}</p>
${isSuspended ? button("resume", "resume") : button("suspend", "suspend")}
<p>${escapeHtml(say("inviteAgainText"))}</p>${button("again", "inviteAgain")}
<p>${escapeHtml(say("removeText"))}</p>${button("remove", "remove")}
<hr><a class="button quiet" href="${root}">${escapeHtml(say("back"))}</a>`,
  };
}

export interface InvitedFacts {
  readonly user: string;
  readonly address: string;
  readonly secret: string;
  readonly link: string;
  /** RFC 3339. */
  readonly expires: string;
  /** Where the page leads back to, if not to the people of the home. */
  readonly back?: string;
}

export function invitedPage(
  { user, address, secret, link, expires, back = root }: InvitedFacts,
  { say, language }: Speech,
): OwnPage {
  const until = new Date(expires).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });
  const qr = renderSVG(link, { border: 2 }).replace(
    "<svg ",
    `<svg class="qr" role="img" aria-label="${escapeHtml(say("invitationQr"))}" `,
  );
  return {
    title: say("invitedTitle"),
    body: `<p>${escapeHtml(say("invitedText", { user, until }))}</p>${qr}
<p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>
<p>${escapeHtml(say("invitedTyped", { address }))} <code>${escapeHtml(secret)}</code></p>
<a class="button" href="${escapeHtml(back)}">${escapeHtml(say("back"))}</a>`,
  };
}

/** Of the provider's people: all of them see every home. */
function staffFields(person: PersonLine | undefined, { say }: Speech): string {
  const isViewer = person !== undefined && person.role === "guest" && person.grant.devices["*"]?.access !== "control";
  return `<input type="hidden" name="device:*" value="on">
${renderChoice({
  ...{ name: "role", label: say("role"), chosen: person?.role ?? "guest" },
  choices: [
    ["guest", say("staffGuest")],
    ["owner", say("staffOwner")],
  ],
})}
${renderChoice({
  ...{ name: "access", label: say("access"), chosen: isViewer ? "view" : "control" },
  choices: [
    ["control", say("staffControl")],
    ["view", say("accessView")],
  ],
})}`;
}

/** Role, access, devices and last day. Without the home's devices their ids are typed. */
function grantFields(person: PersonLine | undefined, devices: readonly KnownDevice[], { say }: Speech): string {
  const granted = person?.grant.devices ?? {};
  const isNew = person === undefined;
  const some = Object.values(granted)[0];
  const box = (name: string, label: string, isChecked: boolean): string =>
    `<label class="check"><input type="checkbox" name="${escapeHtml(name)}"${isChecked ? " checked" : ""}> ${escapeHtml(label)}</label>`;
  const boxes = devices.map(({ id, title }) => box(`device:${id}`, title, Object.hasOwn(granted, id)));
  const listed = new Set(["*", ...devices.map(({ id }) => id)]);
  const typed = Object.keys(granted).filter((id) => !listed.has(id));
  const ids = { name: "devices", label: say("grantIds"), type: "text", autocomplete: "off", longest: 4096 } as const;
  return `${renderChoice({
    ...{ name: "role", label: say("role"), chosen: person?.role ?? "guest" },
    choices: [
      ["guest", say("roleGuest")],
      ["owner", say("roleOwner")],
    ],
  })}
${renderChoice({
  ...{ name: "access", label: say("access"), chosen: some?.access ?? "control" },
  choices: [
    ["control", say("accessControl")],
    ["view", say("accessView")],
  ],
})}
<fieldset><legend>${escapeHtml(say("grantDevices"))}</legend>${box("device:*", say("grantAll"), !isNew && Object.hasOwn(granted, "*"))}${boxes.join("")}</fieldset>
${devices.length === 0 || typed.length > 0 ? renderField({ ...ids, isOptional: true, value: typed.join(", "), hint: say("grantIdsHint") }) : ""}
${box("streams", say("grantStreams"), some?.streams === true)}
${renderField({ name: "until", label: say("grantUntil"), type: "date", autocomplete: "off", isOptional: true, hint: say("grantUntilHint") })}`;
}

/** More than the form can show: saving it would make it coarser. */
const isFine = ({ devices, window }: Grant): boolean => {
  const all = Object.values(devices);
  const isMixed = new Set(all.map(({ access, streams = false }) => `${access} ${streams}`)).size > 1;
  return isMixed || window !== undefined || all.some(({ properties, actions }) => properties ?? actions);
};

function summaryOf(
  person: PersonLine,
  known: readonly KnownDevice[],
  now: number,
  isHome: boolean,
  { say, language }: Speech,
): string {
  const { role, grant, isSuspended, invitedUntil } = person;
  const { devices, window } = grant;
  const titles = Object.keys(devices).map((id) => known.find((one) => one.id === id)?.title ?? id);
  const which = Object.hasOwn(devices, "*") ? say("grantAll") : titles.join(say("comma"));
  const isControl = Object.values(devices).some((one) => one.access === "control");
  const access = say(isControl ? (isHome ? "accessControl" : "staffControl") : "accessView");
  const roles = isHome ? (["roleOwner", "roleGuest"] as const) : (["staffOwner", "staffGuest"] as const);
  const until = window?.until === undefined ? undefined : new Date(window.until);
  const isInvited = invitedUntil !== null && now < invitedUntil;
  return [
    say(role === "owner" ? roles[0] : roles[1]),
    ...(role === "owner" ? [] : isHome ? [access, which] : [access]),
    ...(until === undefined ? [] : [say("untilDay", { day: until.toLocaleDateString(language) })]),
    ...(isSuspended ? [say("suspended")] : []),
    ...(isInvited ? [say("invited")] : []),
  ].join(" · ");
}
