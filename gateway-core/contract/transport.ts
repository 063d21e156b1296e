/** The keys of a deck, as every player and recorder has them: a closed vocabulary of the control page, in the order in which they stand. */

import type { Texts } from "./descriptor.ts";
import keys from "./transport-keys.json" with { type: "json" };

export type TransportKey = "previous" | "rewind" | "play" | "pause" | "stop" | "fastForward" | "next";

interface KeyWords {
  /** The role of an action that is this key. */
  readonly role: string;
  /** The word of a property of the role `transportState` that this key sets, or in which it is down. */
  readonly state: string | null;
  readonly titles: Texts;
}

export const transportKeys: Readonly<Record<TransportKey, KeyWords>> = keys;
