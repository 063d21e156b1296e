/** In which ways this browser can show a stream: the best of them is tried first (docs/interfaces.md, streams). */

import { playsUsual } from "./media-buffer.ts";

/** As it comes, by a source of our own; as HTTP Live Streaming, by the browser itself; as single pictures. */
export type Way = "pieces" | "hls" | "pictures";

/** What some browsers say they may play, and do not: a source of our own comes before it. */
const playsHls = (): boolean => document.createElement("video").canPlayType("application/vnd.apple.mpegurl") !== "";

/** Few browsers need it. */
export const loadPictures = (): Promise<typeof import("./moving-pictures.ts")> => import("./moving-pictures.ts");

export function bestWay(): Way {
  if (playsUsual()) return "pieces";
  return playsHls() ? "hls" : "pictures";
}
