/** The control page as HTML that needs no script: first paint, and the whole page where scripts are off. Pure. */

import type { Trend } from "../contract/history.ts";
import type { PageDevice } from "../contract/page.ts";
import {
  accentOf,
  iconOf,
  levelOf,
  linesOf,
  placesOf,
  tileControlOf,
  tileToggleOf,
  withTileControl,
} from "../contract/page-look.ts";
import type { PageState } from "../contract/page-state.ts";
import type { Speech } from "../contract/page-texts.ts";
import { say, sayCounts, sayEmpty, sayState, sayTroubles } from "../contract/page-words.ts";
import { cornerMenu } from "./html-account.ts";
import { editForm } from "./html-edit.ts";
import { historySection } from "./html-history.ts";
import { icon, type Print } from "./html-parts.ts";
import { firstPainted, printPlaces, type TileDrawn } from "./html-places.ts";
import { recordingSection } from "./html-recordings.ts";
import { widgetAsk, widgetForm } from "./html-widget.ts";
import type { Look } from "./look.ts";
import { html, type Markup } from "./markup.ts";
import type { ShownHistory } from "./shown-history.ts";
import type { ShownRecordings } from "./shown-recordings.ts";

/** Where the built style sheet and script are, from the page's root; absent when the page was not built. */
export interface PageFiles {
  readonly style?: string;
  readonly script?: string;
  /** What the script asks for at once. */
  readonly ahead?: readonly string[];
}

export interface PageOptions extends Omit<Print, "root"> {
  readonly files: PageFiles;
  /** Said at the top: what became of the last form. */
  readonly notice?: string;
  /** The name of who looks in from outside. */
  readonly viewer?: string;
  readonly look?: Look;
  /** The rooms that the page has already, offered in the form of a device's appearance. */
  readonly rooms?: readonly string[];
  /** How the values of tiles went, by device. */
  readonly trends?: ReadonlyMap<string, Trend>;
  /** Of a device on its own page; undefined where none is kept. */
  readonly history?: ShownHistory | undefined;
  /** What was kept of the device's stream, on its own page. */
  readonly recordings?: ShownRecordings | undefined;
  /** That form is open at once. */
  readonly isEditing?: boolean;
  /** All of a large home stands in the page, for who cannot have the rest drawn (html-places.ts). */
  readonly isWhole?: boolean;
  /** Nothing here is the viewer's to control, and they are told so. */
  readonly isViewOnly?: boolean;
}

export function renderHome({ devices, isLive, epoch, seq, troubles }: PageState, options: PageOptions): string {
  const print: TilePrint = { ...options, root: "" };
  const { texts } = options.speech;
  const all = [...devices.values()];
  const body = html`<gk-home data-seq="${epoch}:${seq}">
<header class="top"><div><h1>${texts.home}</h1><p class="counts" role="status">${sayCounts(all, options.speech)}</p></div>${corner(options, "")}</header>
${viewOnlyNote(options)}${news(options.notice, !isLive && all.length > 0 && texts.notLive, sayTroubles(troubles, options.speech))}
<main>${all.length === 0 ? emptyHome(isLive, options.speech) : printPlaces(placesOf(all, options.speech), { ...options, tile: (device, drawn) => tile(device, { ...print, drawn }) })}</main>
</gk-home>`;
  return document(texts.home, body, { ...options, root: "", isScripted: true });
}

/** All sections of one device, on a page of its own. */
export function renderDevice(device: PageDevice, options: PageOptions): string {
  const print: Print = { ...options, root: "../" };
  const { language } = options.speech;
  const title = device.titles[language];
  const body = html`<div class="single">
<header class="above"><nav>${backLink(print)}</nav>${corner(options, "../")}</header>
${viewOnlyNote(options)}${news(options.notice)}
<main class="sheet"${silent(device)} data-accent="${accentOf(device)}">
<header class="sheet-head"><span class="tile-icon">${icon(iconOf(device))}</span><div class="tile-words"><h1>${title}</h1><p class="tile-state">${stateWords(device, print)}</p></div></header>
${device.hasStream === true && html`<p class="watch"><a class="button" href="../api/devices/${device.id}/motion.jpg">${icon("watch")}${options.speech.texts.watch}</a></p>`}
${recordingSection(device, options.recordings, print)}
${device.sections.map(
  (section) => html`<section class="rows"><h2>${section.titles[language]}</h2>
${linesOf(section.items, device.widgets).map((names) => row(device, names, print))}</section>`,
)}
${device.detected !== undefined && html`<section class="rows"><h2>${options.speech.texts.detected}</h2><p class="detected">${device.detected}</p></section>`}
${historySection(device, options.history, print)}
${options.isKiosk !== true && editForm(device, { ...options, root: "../" })}
</main></div>`;
  return document(title, body, { ...options, root: "../", isScripted: false });
}

/** What can only be pressed says itself what it is. */
function row(device: PageDevice, names: readonly string[], print: Print): Markup {
  const [name = ""] = names;
  const widget = device.widgets[name];
  const controls = names.map((one) => widgetForm(device, one, print));
  if (widget?.widget === "action") return html`<div class="row deeds">${controls}</div>`;
  return html`<div class="row"><span class="row-name">${widget?.titles[print.speech.language]}</span>${controls}</div>`;
}

/** An error in words, for a person who opened an address, and the way to the home. */
export function renderProblem(message: string, options: Omit<DocumentOptions, "isScripted">): string {
  const body = html`<main class="problem">${icon("alert")}<h1 class="empty-title">${message}</h1>${backLink(options)}</main>`;
  return document(message, body, { ...options, isScripted: false });
}

interface TilePrint extends Print, Pick<PageOptions, "trends"> {
  readonly drawn?: TileDrawn | undefined;
}

function corner({ isKiosk, viewer, look = {}, speech }: PageOptions, root: string): Markup | false {
  return isKiosk !== true && cornerMenu({ look, speech, root, ...(viewer === undefined ? {} : { viewer }) });
}

function tile(device: PageDevice, print: TilePrint): Markup {
  const { value, control } = device.tile;
  const toggle = tileToggleOf(device);
  const title = device.titles[print.speech.language];
  const heading = html`<a class="tile-open" href="devices/${device.id}${query(print)}">${title}</a>`;
  if (print.drawn === "named") return named(device, heading, print);
  return html`<article class="tile" data-device="${device.id}"${silent(device)} data-accent="${accentOf(device)}">
<div class="tile-head"><span class="tile-icon">${icon(iconOf(device))}</span><div class="tile-words"><h3>${heading}</h3><p class="tile-state">${stateWords(device, print)}</p></div>${toggle?.isGuarded === false && tileWidget(device, toggle.name, print)}</div>
<div class="tile-body">${value !== undefined && value !== control && bigValue(device, value, print)}${spark(print.trends?.get(device.id))}${toggle?.isGuarded === true && html`<div class="tile-control wide">${tileWidget(device, toggle.name, print)}</div>`}${control !== undefined && tileControl(device, control, print)}</div>
</article>`;
}

/** As ui/tiles.ts makes it of a device that was not there yet. */
function named(device: PageDevice, heading: Markup, print: TilePrint): Markup {
  return html`<article class="tile ahead" data-device="${device.id}"${silent(device)}><h3>${heading}</h3><p class="tile-state">${stateWords(device, print)}</p></article>`;
}

function tileControl(device: PageDevice, name: string, print: TilePrint): Markup {
  const stands = tileControlOf(device);
  const title = html`<span class="control-name">${device.widgets[name]?.titles[print.speech.language]}</span>`;
  return html`<div class="tile-control${standing[stands]}">${stands === "named" && title}${tileWidget(withTileControl(device), name, print)}</div>`;
}

const tileWidget = (device: PageDevice, name: string, print: TilePrint): Markup =>
  print.drawn === undefined ? widgetForm(device, name, print) : widgetAsk(device, name, print, print.drawn === "far");

const standing = { figure: " figured", wide: " wide", alone: "", named: "" };

function bigValue(device: PageDevice, name: string, { speech }: Print): Markup {
  const widget = device.widgets[name];
  if (widget === undefined) return html``;
  const { text, unit } = say(widget, device.values[name]?.value, speech);
  const level = levelOf(device);
  return html`<div class="tile-value"><p class="figure">${text}${unit !== "" && html`<span class="unit">${unit}</span>`}</p>${level !== undefined && html`<svg class="level" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${100 * level}" height="8"/></svg>`}</div>`;
}

/** As gk-tile draws it; the history itself is told on the device's own page. */
function spark(trend: Trend | undefined): Markup | false {
  return (
    trend !== undefined &&
    html`<svg class="spark" viewBox="0 0 100 32" preserveAspectRatio="none" aria-hidden="true"><path class="${trend.kind}" d="${trend.line}"/></svg>`
  );
}

function emptyHome(isLive: boolean, speech: Speech): Markup {
  const { title, hint } = sayEmpty(isLive, speech);
  return html`<div class="empty">${icon("generic")}<p class="empty-title">${title}</p><p>${hint}</p></div>`;
}

/** A page on a wall leads to pages on a wall. */
const query = ({ isKiosk }: Pick<Print, "isKiosk">): string => (isKiosk === true ? "?kiosk=1" : "");

/** An empty address would lead to the page itself. */
function backLink({ root, speech, isKiosk }: Pick<Print, "root" | "speech" | "isKiosk">): Markup {
  return html`<a class="back" href="${root || "./"}${query({ isKiosk })}">${icon("back")}${speech.texts.back}</a>`;
}

/** The script says there what it has to say. */
function news(...texts: readonly (string | false | undefined)[]): Markup {
  const said = texts.filter((text) => text !== undefined && text !== false && text !== "");
  return html`<div class="news" role="status">${said.map((text) => html`<p class="notice">${text}</p>`)}</div>`;
}

/** Stays for as long as the page does: the script keeps it. */
function viewOnlyNote({ isViewOnly, speech }: PageOptions): Markup | false {
  return isViewOnly === true && html`<p class="notice view-only" role="status">${speech.texts.viewOnly}</p>`;
}

function stateWords(device: PageDevice, { speech, now }: Print): string {
  return sayState(device, speech, now);
}

const silent = ({ available }: PageDevice): Markup | false => !available && html` data-silent`;

interface DocumentOptions extends Pick<PageOptions, "speech" | "files" | "look" | "isKiosk"> {
  readonly root: string;
  readonly isScripted: boolean;
}

/** The page of the home can be installed as an app of its own; its manifest may stand behind a login. */
const installable = html`<meta name="theme-color" media="(prefers-color-scheme: light)" content="#f4f5f7">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#111417">
<link rel="manifest" href="manifest.webmanifest" crossorigin="use-credentials">
<link rel="apple-touch-icon" href="icons/touch-180.png">`;

/** What the script asks for first, and how much is painted first. */
const askedAhead = html`<link rel="expect" href="#${firstPainted}" blocking="render">
<link rel="preload" href="api/home" as="fetch" crossorigin>`;

/** A whole page. */
export function document(
  title: string,
  body: Markup,
  { isKiosk, speech, files, look = {}, root, isScripted }: DocumentOptions,
): string {
  const { style, script, ahead = [] } = files;
  const { theme, contrast } = look;
  const chosen = html`${theme !== undefined && html` data-theme="${theme}"`}${contrast !== undefined && html` data-contrast="${contrast}"`}${isKiosk === true && html` data-kiosk`}`;
  return html`<!doctype html>
<html lang="${speech.language}"${chosen}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="${theme ?? "light dark"}">
<title>${title}</title>
<link rel="icon" href="${root}favicon.svg" type="image/svg+xml">
${isScripted && installable}
${style !== undefined && html`<link rel="stylesheet" href="${root}${style}">`}
${isScripted && script !== undefined && html`<script type="module" src="${root}${script}"></script>\n${ahead.map((file) => html`<link rel="modulepreload" href="${root}${file}">\n`)}${askedAhead}`}
</head><body>${body}</body></html>
`.text;
}
