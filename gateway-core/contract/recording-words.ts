/** How recordings are said: when, how long, how large, and how far they are. The gateway's HTML and the browser say the same. Pure. */

import { fill, type Speech } from "./page-texts.ts";
import { sayError } from "./page-words.ts";
import type { Recording } from "./recording.ts";
import type { RecordingTexts } from "./recording-texts.ts";

/** When it was: what people call it by. */
export const sayBeginning = ({ startedAt }: Recording, { language }: Speech): string =>
  new Date(startedAt).toLocaleString(language, {
    ...{ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  });

/** "12:34 · 830 MB", before it how it stands where that is not whole, and behind it why it ended. */
export function sayRecording(recording: Recording, texts: RecordingTexts, speech: Speech): string {
  const { state, form, seconds, octets, reason, progress } = recording;
  if (state === "converting") {
    const { part = null, speed = null, remainingSeconds = null } = progress ?? {};
    return [
      texts.converting,
      ...(part === null ? [] : [fill(texts.percent, { percent: Math.floor(part * 100) })]),
      ...(speed === null ? [] : [fill(texts.speed, { speed: speed.toFixed(1) })]),
      ...(remainingSeconds === null ? [] : [fill(texts.left, { left: sayLength(remainingSeconds) })]),
    ].join(" · ");
  }
  const gaps = recording.hasGaps === true ? [texts.gaps] : [];
  const why = reason === undefined ? [] : [sayReason(reason, texts, speech)];
  if (state === "failed") return [texts.failed, ...why].join(" · ");
  const kind = form === "mp4" ? texts.clipOf : form === "dv" ? "DV" : "MPEG-2 TS";
  const first = state === "recording" ? texts.recording : kind;
  return [first, sayLength(seconds), saySize(octets, speech), ...gaps, ...why].join(" · ");
}

function sayReason(reason: string, { reasons }: RecordingTexts, speech: Speech): string {
  if (reason === "longest" || reason === "interrupted") return reasons[reason];
  // It may well have answered.
  if (reason === "device-silent") return reasons.silent;
  return sayError(reason, speech);
}

/** "1:02:03", "0:42". */
function sayLength(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (number: number): string => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours === 0 ? `${minutes}:${two(whole % 60)}` : `${hours}:${two(minutes)}:${two(whole % 60)}`;
}

function saySize(octets: number, { language }: Speech): string {
  const [unit, of] = octets >= 999_500_000 ? ["GB", 1e9] : ["MB", 1e6];
  const digits = octets / of < 10 ? 1 : 0;
  return `${(octets / of).toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}
