/** The player that a press begins, where its script is there already: what is drawn around it is drawn while its first pictures are decoded. */

import { LivePlayer } from "./live-player.ts";
import { firstAudio } from "./stream-ahead.ts";
import { takeVideo } from "./video-ahead.ts";

interface BegunPlayer {
  readonly video: HTMLVideoElement;
  readonly player: LivePlayer;
}

let begun: BegunPlayer | undefined;

/** Resolves when its first pictures are with their decoder. */
export function beginPlayer(device: string): Promise<void> {
  forgetBegun();
  const opened = takeVideo();
  const player = new LivePlayer(opened, device, { audio: firstAudio, rung: "" });
  begun = { video: opened.video, player };
  return player.hasPictures;
}

/** Whoever takes it also closes it. */
export function takeBegun(): BegunPlayer | undefined {
  const taken = begun;
  begun = undefined;
  return taken;
}

/** Nobody took it. */
export function forgetBegun(): void {
  takeBegun()?.player.close();
}
