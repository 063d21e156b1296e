/** What stands below the pictures, beside the control that moves them: quality, sound and where they are shown. */

import { html, nothing, type TemplateResult } from "lit";
import { fill } from "../../gateway-core/contract/page-texts.ts";
import { icon } from "../elements/icon.ts";
import type { PlayerNews, PlayerWish } from "./player-news.ts";
import type allTexts from "./player-texts.json";

export type PlayerTexts = (typeof allTexts)["en"];

export const barButton = (drawing: string, label: string, act: () => void): TemplateResult =>
  html`<button class="round" aria-label=${label} title=${label} @click=${act}>${icon(drawing)}</button>`;

/** `height`: lines of the picture that is shown; 0 while there is none. */
export function qualityList(
  rungs: NonNullable<PlayerNews["rungs"]>,
  { rung }: PlayerWish,
  height: number,
  texts: PlayerTexts,
  choose: (rung: string) => void,
): TemplateResult | typeof nothing {
  if (rungs.length < 2) return nothing;
  // So it is said everywhere.
  const linesOf = (count: number): string => `${count}p`;
  const automatic = rung === "" && height > 0 ? `${texts.automatic} · ${linesOf(height)}` : texts.automatic;
  const options = [
    { name: "", said: automatic },
    ...rungs.map((one) => ({ name: one.name, said: linesOf(one.height) })),
  ];
  return list(texts.quality, options, rung, choose);
}

export function soundList(
  count: number,
  { audio }: PlayerWish,
  texts: PlayerTexts,
  choose: (audio: number) => void,
): TemplateResult | typeof nothing {
  if (count < 2) return nothing;
  const options = Array.from({ length: count }, (_, at) => ({
    name: String(at + 1),
    said: fill(texts.soundNumber, { number: at + 1 }),
  }));
  return list(texts.sounds, options, String(audio), (chosen) => choose(Number(chosen)));
}

/** Of a video. Where a browser leaves that to the keys of the telephone, nothing comes of it, and it is not shown. */
export function volumeSlider(video: HTMLVideoElement, texts: PlayerTexts): TemplateResult {
  const set = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement)) return;
    video.volume = Number(target.value);
    video.muted = video.volume === 0;
  };
  return html`<input class="volume" type="range" min="0" max="1" step="0.05" aria-label=${texts.volume} .value=${String(video.muted ? 0 : video.volume)} @input=${set} />`;
}

/** `player`: what fills the screen, with what moves the pictures in it; a telephone may fill it with a video and with nothing else. */
export function fillScreen(
  player: Element | null,
  video: HTMLVideoElement & { webkitEnterFullscreen?: () => void },
): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (document.fullscreenEnabled) player?.requestFullscreen().catch(() => undefined);
  else video.webkitEnterFullscreen?.();
}

/** Into a window of its own, and out of it. */
export function setAside(video: HTMLVideoElement): void {
  if (document.pictureInPictureElement === video) void document.exitPictureInPicture();
  else video.requestPictureInPicture().catch(() => undefined);
}

interface Choice {
  readonly name: string;
  readonly said: string;
}

function list(
  label: string,
  options: readonly Choice[],
  chosen: string,
  choose: (name: string) => void,
): TemplateResult {
  const tell = ({ target }: Event): void => {
    if (target instanceof HTMLSelectElement) choose(target.value);
  };
  return html`<select aria-label=${label} @change=${tell}>${options.map(
    ({ name, said }) => html`<option value=${name} ?selected=${name === chosen}>${said}</option>`,
  )}</select>`;
}
