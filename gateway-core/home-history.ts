/** Joins the history of the home's numbers to the gateway: it follows the devices for as long as they are translated. */

import type { Host } from "./contract/clock.ts";
import { HomeError } from "./contract/errors.ts";
import type { History } from "./contract/history.ts";
import type { HomeEvent } from "./contract/messages.ts";
import { type KeptHistory, openHistory } from "./history/history.ts";
import type { Settings } from "./settings.ts";

export interface HomeHistory extends History {
  /** Never fails: without a history all else is as it was. */
  open(): Promise<void>;
  receive(event: HomeEvent): void;
  /** What was gathered is written. */
  close(): Promise<void>;
}

/** Without a file, or where the settings say so, none is kept. */
export function joinHistory({ history: settings }: Settings, host: Host, file: string | undefined): HomeHistory {
  let kept: KeptHistory | undefined;
  return {
    async open() {
      if (file !== undefined && settings.enabled) kept = await openHistory({ ...settings, host, file });
    },
    receive: (event) => kept?.receive(event),
    read(query) {
      if (kept !== undefined) return kept.read(query);
      throw new HomeError("history-off", "no history is kept here", { reason: "settings" });
    },
    async close() {
      const closed = kept;
      kept = undefined;
      await closed?.[Symbol.asyncDispose]();
    },
  };
}
