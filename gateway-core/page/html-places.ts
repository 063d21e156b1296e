/**
 * The sections of the printed home. A large home is printed whole, but the tiles beyond the first screens stand where only
 * a browser without script reads them: with one they would be taken apart, laid out, and then drawn anew all the same.
 * Whose script fails is led to the page without that difference. Pure.
 */

import type { PageDevice } from "../contract/page.ts";
import type { Place } from "../contract/page-look.ts";
import type { Speech } from "../contract/page-texts.ts";
import { html, type Markup } from "./markup.ts";

/** Most homes have fewer. */
export const tilesAhead = 60;

export interface PlacesPrint {
  readonly speech: Speech;
  readonly isKiosk?: boolean | undefined;
  /** Everything stands in the page itself. */
  readonly isWhole?: boolean;
  readonly tile: (device: PageDevice) => Markup;
}

export function printPlaces(places: readonly Place[], print: PlacesPrint): Markup {
  const { speech, isKiosk, isWhole, tile } = print;
  let left = isWhole === true ? Number.POSITIVE_INFINITY : tilesAhead;
  const parts = places.map((place) => {
    const [ahead, later] = [place.devices.slice(0, left), place.devices.slice(left)];
    left -= ahead.length;
    return { place, ahead, later };
  });
  const begun = parts.filter(({ ahead }) => ahead.length > 0);
  const rest = parts.filter(({ ahead }) => ahead.length === 0);
  const isCut = parts.some(({ later }) => later.length > 0);
  const whole = `?whole=1${isKiosk === true ? "&kiosk=1" : ""}`;
  return html`${begun.map(({ place, ahead, later }) => {
    const others = later.length > 0 && html`<noscript>${listOf(later, tile)}</noscript>`;
    return section(place, html`${listOf(ahead, tile)}${others}`, speech);
  })}${rest.length > 0 && html`<noscript>${rest.map(({ place, later }) => section(place, listOf(later, tile), speech))}</noscript>`}${isCut && html`<p class="others"><a href="${whole}">${speech.texts.back}</a></p>`}`;
}

const listOf = (devices: readonly PageDevice[], tile: PlacesPrint["tile"]): Markup =>
  html`<ul class="tiles">
${devices.map((device) => html`<li>${tile(device)}</li>`)}</ul>`;

/** What people hid is one touch away. */
function section({ of, title }: Place, tiles: Markup, { texts }: Speech): Markup {
  const heading = html`<h2${title === null && html` class="unseen"`}>${title ?? texts.devices}</h2>`;
  if (of !== "hidden") return html`<section class="place">${heading}${tiles}</section>`;
  return html`<details class="place apart"><summary>${heading}</summary>${tiles}</details>`;
}
