/** The video that a press opens before anything is drawn around it: what plays it is made while the page is busy with the rest. */

import { MediaBuffer } from "./media-buffer.ts";

export interface OpenVideo {
  readonly video: HTMLVideoElement;
  /** Undefined where this browser plays no such stream. */
  readonly media: MediaBuffer | undefined;
}

/** What is drawn waits no longer for the source. */
const patienceMs = 40;
let ahead: OpenVideo | undefined;

/** Resolves when its source is open: from then on it needs the page no more. */
export async function openAhead(): Promise<void> {
  ahead?.media?.close();
  ahead = openVideo();
  const { media } = ahead;
  if (media === undefined) return;
  await Promise.race([media.opened, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
}

export function takeVideo(): OpenVideo {
  const taken = ahead ?? openVideo();
  ahead = undefined;
  return taken;
}

function openVideo(): OpenVideo {
  const video = document.createElement("video");
  return { video, media: MediaBuffer.ahead(video) };
}
