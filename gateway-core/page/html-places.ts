/**
 * The sections of the printed home. Of a large home the tiles beyond the first screens are a name, a state and the way to
 * the device's own page, which has everything of it: hundreds of whole tiles are half a megabyte, which a telephone reads
 * before it paints. A script draws such a tile once somebody is near; who has none, or one that fails, follows its link, or
 * is led to the page that has all of it. Pure.
 */

import type { PageDevice } from "../contract/page.ts";
import type { Place } from "../contract/page-look.ts";
import type { Language, Speech } from "../contract/page-texts.ts";
import { html, type Markup } from "./markup.ts";
import printed from "./printed-texts.json" with { type: "json" };

/** Most homes have fewer. */
export const tilesAhead = 60;
/** Of these the buttons work before the script is there: somewhat more than a first screen. */
const buttonsAhead = 24;
/**
 * The id of the last of these. A browser that knows how to wait (HTML, link type `expect`) paints the page first when it
 * has read so far: in one go, and not a few tiles after the other, each time with all that a frame costs.
 */
export const firstPainted = "first-painted";

/**
 * How much of a tile stands there where a script may come: `near` all but fields, of `far` ones neither buttons, which
 * stand in `<noscript>`, and `named` its name alone.
 */
export type TileDrawn = "near" | "far" | "named";

export interface PlacesPrint {
  readonly speech: Speech;
  readonly isKiosk?: boolean | undefined;
  /** Every tile stands in the page with all that it has. */
  readonly isWhole?: boolean;
  /** `drawn` is undefined where no script comes. */
  readonly tile: (device: PageDevice, drawn: TileDrawn | undefined) => Markup;
}

export function printPlaces(places: readonly Place[], { speech, isKiosk, isWhole, tile }: PlacesPrint): Markup {
  let count = 0;
  const item = (device: PageDevice): Markup => {
    count++;
    const drawn = isWhole === true ? undefined : drawnAt(count);
    return html`<li${count === buttonsAhead && html` id="${firstPainted}"`}>${tile(device, drawn)}</li>`;
  };
  const sections = places.map((place) => section(place, listOf(place.devices.map(item)), speech));
  const address = `?whole=1${isKiosk === true ? "&kiosk=1" : ""}`;
  const whole = html`<p class="others"><a href="${address}">${texts[speech.language].whole}</a></p>`;
  return html`${sections}${isWhole !== true && whole}`;
}

const texts: Readonly<Record<Language, { readonly whole: string }>> = printed;

/** Of the tile that is the `count`th on the page. */
function drawnAt(count: number): TileDrawn {
  if (count <= buttonsAhead) return "near";
  return count <= tilesAhead ? "far" : "named";
}

const listOf = (items: readonly Markup[]): Markup =>
  html`<ul class="tiles">
${items}</ul>`;

/** What people hid is one touch away. */
function section({ of, title }: Place, tiles: Markup, { texts }: Speech): Markup {
  const heading = html`<h2${title === null && html` class="unseen"`}>${title ?? texts.devices}</h2>`;
  if (of !== "hidden") return html`<section class="place" data-place="${of}">${heading}${tiles}</section>`;
  return html`<details class="place apart" data-place="${of}"><summary>${heading}</summary>${tiles}</details>`;
}
