/**
 * The sections of the printed home. A large home is printed whole, but the tiles beyond the first screens, and the fields
 * of all, stand where only a browser without script reads them: with one they would be laid out, and then drawn anew all
 * the same. Whose script fails is led to the page without that difference. Pure.
 */

import type { PageDevice } from "../contract/page.ts";
import type { Place } from "../contract/page-look.ts";
import type { Speech } from "../contract/page-texts.ts";
import { html, type Markup } from "./markup.ts";

/** Most homes have fewer. */
export const tilesAhead = 60;
/** Of these the buttons work before the script is there: somewhat more than a first screen. */
const buttonsAhead = 24;

/** Where a script draws the tile once somebody is near: then a browser with script is not given what it will not need. */
export type TileDrawn = "near" | "far";

export interface PlacesPrint {
  readonly speech: Speech;
  readonly isKiosk?: boolean | undefined;
  /** Everything stands in the page itself. */
  readonly isWhole?: boolean;
  /** `drawn` is undefined where no script comes. */
  readonly tile: (device: PageDevice, drawn: TileDrawn | undefined) => Markup;
}

export function printPlaces(places: readonly Place[], print: PlacesPrint): Markup {
  const { speech, isKiosk, isWhole, tile } = print;
  let left = isWhole === true ? Number.POSITIVE_INFINITY : tilesAhead;
  let near = buttonsAhead;
  const parts = places.map((place) => {
    const [ahead, later] = [place.devices.slice(0, left), place.devices.slice(left)];
    left -= ahead.length;
    return { place, ahead, later };
  });
  const begun = parts.filter(({ ahead }) => ahead.length > 0);
  const rest = parts.filter(({ ahead }) => ahead.length === 0);
  const address = `?whole=1${isKiosk === true ? "&kiosk=1" : ""}`;
  // A `<noscript>` ends with the first end of one.
  const whole = (device: PageDevice): Markup => tile(device, undefined);
  const first = (device: PageDevice): Markup =>
    isWhole === true ? whole(device) : tile(device, near-- > 0 ? "near" : "far");
  return html`${begun.map(({ place, ahead, later }) => {
    const others = later.length > 0 && html`<noscript>${listOf(later, whole)}</noscript>`;
    return section(place, html`${listOf(ahead, first)}${others}`, speech);
  })}${rest.length > 0 && html`<noscript>${rest.map(({ place, later }) => section(place, listOf(later, whole), speech))}</noscript>`}${isWhole !== true && html`<p class="others"><a href="${address}">${speech.texts.back}</a></p>`}`;
}

const listOf = (devices: readonly PageDevice[], tile: (device: PageDevice) => Markup): Markup =>
  html`<ul class="tiles">
${devices.map((device) => html`<li>${tile(device)}</li>`)}</ul>`;

/** What people hid is one touch away. */
function section({ of, title }: Place, tiles: Markup, { texts }: Speech): Markup {
  const heading = html`<h2${title === null && html` class="unseen"`}>${title ?? texts.devices}</h2>`;
  if (of !== "hidden") return html`<section class="place" data-place="${of}">${heading}${tiles}</section>`;
  return html`<details class="place apart" data-place="${of}"><summary>${heading}</summary>${tiles}</details>`;
}
