/** The stream that a press asked for, before there is a player that takes it: what is drawn meanwhile holds nothing up. */

import { closeStream, openStream, sessionOf } from "./stream-client.ts";
import { bestWay } from "./ways.ts";

export interface AskedStream {
  readonly answer: Promise<Response>;
  readonly stop: AbortController;
}

/** The sound that is heard unless another is chosen. */
export const firstAudio = 1;
let ahead: (AskedStream & { readonly device: string }) | undefined;

/** At most one: another press takes its place. */
export function askAhead(device: string): void {
  dropAhead();
  // Who looks at single pictures needs no session.
  if (bestWay() === "pictures") return;
  const stop = new AbortController();
  const answer = openStream(device, firstAudio, "", stop.signal);
  // Whoever takes it hears why there is none.
  answer.catch(() => undefined);
  ahead = { device, answer, stop };
}

/** Whoever takes it also ends it. */
export function takeAhead(device: string, audio: number): AskedStream | undefined {
  const asked = ahead;
  if (asked?.device !== device || audio !== firstAudio) return undefined;
  ahead = undefined;
  return asked;
}

/** Nobody took it. */
export function dropAhead(): void {
  const asked = ahead;
  ahead = undefined;
  if (asked !== undefined) dropAsked(asked);
}

/** Lets go what was asked for, answered or not. */
export function dropAsked({ answer, stop }: AskedStream): void {
  answer.then(sessionOf).then(
    ({ id }) => closeStream(id),
    () => undefined,
  );
  stop.abort();
}
