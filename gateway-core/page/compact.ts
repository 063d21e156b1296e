/** The control page for simple terminals, from the same data as the other: numbered links by digit keys, forms, words (docs/interfaces.md, HTTP). Pure. */

import type { PageDevice } from "../contract/page.ts";
import { placesOf } from "../contract/page-look.ts";
import type { PageState } from "../contract/page-state.ts";
import { sayCounts, sayEmpty, sayState, sayTroubles, sayWhole, unknownValue } from "../contract/page-words.ts";
import { type CompactFrame, compactPages, compactWords } from "./compact-frame.ts";
import { type CompactPrint, compactQuestion, compactWidget, short, shortName } from "./compact-widget.ts";
import { html, type Markup } from "./markup.ts";
import { compactPicture } from "./stream-routes.ts";

export interface CompactOptions extends CompactPrint {
  /** What became of the last form. */
  readonly notice?: string;
}

/** All pages of the home's list, the first one first. */
export function compactHome({ devices, isLive, troubles }: PageState, options: CompactOptions): readonly string[] {
  const { speech, root } = options;
  const { texts } = speech;
  const all = [...devices.values()];
  const places = placesOf(all, speech);
  const lines = places.flatMap(({ title, devices: inside }) => inside.map((device) => ({ device, place: title })));
  const items = lines.map(({ device, place }) => (key: number): Markup => {
    const name = shortName(device.titles[speech.language]);
    const where = place === null ? "" : ` (${shortName(place)})`;
    return html`<p>${key}.<a href="${root}d/${device.id}" accesskey="${key}">${name}</a>${where}<br>${short(lineOf(device, options))}</p>`;
  });
  const { title, hint } = sayEmpty(isLive, speech);
  const frame: CompactFrame = {
    ...{ speech, title: texts.home },
    above: html`${notice(options.notice)}${!isLive && all.length > 0 && notice(texts.notLive)}${notice(short(sayTroubles(troubles, speech)) || undefined)}<p>${sayCounts(all, speech)}</p>`,
    below: html`<a href="${root || "./"}" accesskey="0">0.${compactWords(speech).refresh}</a>`,
    hrefOf: (page) => (page === 1 ? root || "./" : `${root}p/${page}`),
  };
  return compactPages(items.length > 0 ? items : [() => html`<p>${title}</p><p>${hint}</p>`], frame);
}

/** All pages of one device. */
export function compactDevice(device: PageDevice, options: CompactOptions): readonly string[] {
  const { root, speech } = options;
  const picture = html`<p><a href="${root}d/${device.id}/${compactPicture}">${speech.texts.watch}</a></p>`;
  const items = [
    ...(device.hasStream === true ? [picture] : []),
    ...device.compact.flatMap((name) => compactWidget(device, name, options)),
    ...(device.detected === undefined ? [] : [html`<p>${speech.texts.detected}: ${short(device.detected)}</p>`]),
  ];
  return compactPages(
    items.map((item) => () => item),
    deviceFrame(device, options),
  );
}

/** The page that asks before what is not done at once. */
export function compactAsking(device: PageDevice, name: string, options: CompactOptions): string {
  const [page = ""] = compactPages([() => compactQuestion(device, name, options)], deviceFrame(device, options));
  return page;
}

/** An error in words, and the way to the list. */
export function compactProblem(message: string, options: Pick<CompactOptions, "speech" | "root">): string {
  const { speech, root } = options;
  const below = html`<a href="${root || "./"}" accesskey="0">0.${speech.texts.back}</a>`;
  const frame = { speech, title: speech.texts.home, above: html``, below, hrefOf: () => root };
  const [page = ""] = compactPages([() => html`<p>${short(message)}</p>`], frame);
  return page;
}

function deviceFrame(device: PageDevice, { speech, root, now, notice: told }: CompactOptions): CompactFrame {
  const title = shortName(device.titles[speech.language]);
  return {
    ...{ speech, title },
    above: html`${notice(told)}<p>${title}<br>${short(sayState(device, speech, now))}</p>`,
    below: html`<a href="${root}" accesskey="0">0.${speech.texts.back}</a>`,
    hrefOf: (page) => `${root}d/${device.id}${page === 1 ? "" : `/${page}`}`,
  };
}

/** The state, and the number that stands large on a tile. */
function lineOf(device: PageDevice, { speech, now }: CompactOptions): string {
  const { value } = device.tile;
  const widget = value === undefined ? undefined : device.widgets[value];
  const said = widget && device.available ? sayWhole(widget, device.values[value ?? ""]?.value, speech) : unknownValue;
  return [sayState(device, speech, now), ...(said === unknownValue ? [] : [said])].join(" · ");
}

const notice = (text: string | undefined): Markup => (text === undefined ? html`` : html`<p>${text}</p>`);
