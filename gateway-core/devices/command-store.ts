/** Remembers commands by id, so that one that comes again (by whichever way) has no second effect and gets the same result. */

import type { Clock } from "../contract/clock.ts";
import type { CommandResult } from "../contract/messages.ts";

/** How long a finished command is remembered: far longer than any sender goes on repeating. */
const rememberedMs = 10 * 60_000;
/** How many commands are remembered; the oldest finished one goes first. */
const mostRemembered = 1_000;

export interface Remembered {
  readonly result: Promise<CommandResult>;
  /** When it was finished: milliseconds since 1970; undefined while it is under way. */
  finishedAt: number | undefined;
}

export class CommandStore {
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Remembered>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  recall(id: string): Remembered | undefined {
    this.#forget(mostRemembered);
    return this.#remembered.get(id);
  }

  remember(id: string, result: Promise<CommandResult>): void {
    this.#forget(mostRemembered - 1);
    const remembered: Remembered = { result, finishedAt: undefined };
    this.#remembered.set(id, remembered);
    void result.then(() => {
      remembered.finishedAt = this.#clock.now();
    });
  }

  /** Drops what is too old, and the oldest beyond `keep`; what is under way stays (its number is bounded by the queues). */
  #forget(keep: number): void {
    const oldest = this.#clock.now() - rememberedMs;
    for (const [id, { finishedAt }] of this.#remembered) {
      if (finishedAt === undefined) continue;
      if (finishedAt > oldest && this.#remembered.size <= keep) return;
      this.#remembered.delete(id);
    }
  }
}
