/** The video whose source stands open before somebody watches, or opens with the press: what plays it is made while the page is busy with the rest. */

import { MediaBuffer } from "./media-buffer.ts";

export interface OpenVideo {
  readonly video: HTMLVideoElement;
  /** Undefined where this browser plays no such stream. */
  readonly media: MediaBuffer | undefined;
}

let ahead: OpenVideo | undefined;

/** Costs next to nothing while it waits: nothing is decoded, and no sound is sent anywhere. */
export function openAhead(): void {
  if (ahead?.media?.isLost === true) ahead = undefined;
  ahead ??= openVideo();
}

/** Somebody pressed: what plays it is made. Resolves when it is on its way. */
export async function prepareAhead(): Promise<void> {
  openAhead();
  await ahead?.media?.prepare().opened;
}

export function takeVideo(): OpenVideo {
  const taken = ahead ?? openVideo();
  ahead = undefined;
  return taken;
}

function openVideo(): OpenVideo {
  const video = document.createElement("video");
  video.playsInline = true;
  return { video, media: MediaBuffer.ahead(video) };
}
