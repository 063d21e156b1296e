/** What was kept of a device's stream, on the page that needs no script. Pure. */

import type { PageDevice } from "../contract/page.ts";
import type { Recording } from "../contract/recording.ts";
import en from "../contract/recording-texts/en.json" with { type: "json" };
import ja from "../contract/recording-texts/ja.json" with { type: "json" };
import type { RecordingTexts } from "../contract/recording-texts.ts";
import { sayBeginning, sayRecording } from "../contract/recording-words.ts";
import type { Print } from "./html-parts.ts";
import { html, type Markup } from "./markup.ts";
import type { ShownRecordings } from "./shown-recordings.ts";

const dictionaries: Readonly<Record<string, RecordingTexts>> = { en, ja };

export function recordingSection(device: PageDevice, shown: ShownRecordings | undefined, print: Print): Markup | false {
  const texts = dictionaries[print.speech.language] ?? en;
  if (shown === undefined || (!shown.mayRecord && shown.recordings.length === 0)) return false;
  const running = shown.recordings.find(({ state }) => state === "recording");
  const begin = button(`devices/${device.id}/recordings`, texts.record, print, device.available);
  const end = running !== undefined && button(`recordings/${running.id}/stop`, texts.stop, print);
  return html`<section class="rows recordings" id="recordings"><h2>${texts.recordings}</h2>
${shown.mayRecord && html`<div class="row end">${end || begin}</div>`}
<ul class="recording-list">${shown.recordings.map((one) => line(one, shown.mayRecord, texts, print))}</ul></section>`;
}

function line(recording: Recording, mayChange: boolean, texts: RecordingTexts, print: Print): Markup {
  const { id, state, form } = recording;
  const isWhole = state === "whole";
  return html`<li class="row recording" data-state="${state}"><div class="recording-words"><b>${sayBeginning(recording, print.speech)}</b><span>${sayRecording(recording, texts, print.speech)}</span></div>
<div class="recording-deeds">${isWhole && html`<a class="button" href="${print.root}api/recordings/${id}/file" download>${texts.download}</a>`}${mayChange && isWhole && form !== "mp4" && button(`recordings/${id}/clip`, texts.clip, print)}${mayChange && state !== "recording" && removal(id, texts, print)}</div></li>`;
}

/** Twice: what is deleted does not come back. */
function removal(id: string, texts: RecordingTexts, print: Print): Markup {
  return html`<details class="removal"><summary class="button">${texts.remove}</summary>${button(`recordings/${id}/delete`, texts.remove, print)}</details>`;
}

function button(path: string, label: string, { token, root }: Print, isPossible = true): Markup {
  return html`<form method="post" action="${root}api/${path}"><input type="hidden" name="token" value="${token}"><button class="button"${!isPossible && html` disabled`}>${label}</button></form>`;
}
