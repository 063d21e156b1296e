/** One source of the settings: what is known of it, how it is looked at, and how it is opened. */

import type { Clock } from "../contract/clock.ts";
import type { AvSource } from "../contract/stream.ts";
import type { AvSettings, AvSourceSetting } from "./av-settings.ts";
import { FilePlayer } from "./file-player.ts";
import { createLiveFeed } from "./live-feed.ts";
import { SourceFacts } from "./source-facts.ts";
import { readHead } from "./source-head.ts";
import type { AvWires, FileLook } from "./wires.ts";

export interface OpenableSource {
  readonly setting: AvSourceSetting;
  readonly facts: SourceFacts;
  /** How often it may be looked at; undefined: it is not, as looking would be opening. */
  readonly lookMs?: number;
  /** A cheap look: nothing is opened that somebody else could want. Never fails. */
  look(signal: AbortSignal): Promise<void>;
  /** The signal is for the opening only. @throws HomeError why there is no stream */
  open(signal: AbortSignal): Promise<AvSource>;
  close(): Promise<void>;
}

/** A server that did not answer is looked for so often: only whether it listens. */
const reachMs = 30_000;
/** A host that is not there may say nothing at all. */
const reachWaitMs = 5_000;

export function createAvSource(
  setting: AvSourceSetting,
  { pollMs }: AvSettings,
  wires: AvWires,
  clock: Clock,
): OpenableSource {
  const { origin, loop } = setting;
  const facts = new SourceFacts(setting);
  if (origin.type === "file") {
    const player = new FilePlayer({ path: origin.path, loop, wires, clock, facts });
    const look = lookAtFile(origin.path, wires, facts);
    return { setting, facts, lookMs: pollMs, look, open: (signal) => player.open(signal), close: () => player.close() };
  }
  const feed = createLiveFeed({ origin, loop, wires, clock, facts });
  if (origin.type === "tcp") return { setting, facts, look: async () => undefined, ...feed };
  let isLookedAt = false;
  return {
    ...{ setting, facts, lookMs: reachMs, ...feed },
    async look(signal) {
      // One that is there is believed to be, until somebody wants to watch it.
      if (isLookedAt && facts.isAvailable) return;
      isLookedAt = true;
      const late = new AbortController();
      const timer = clock.after(reachWaitMs, () => late.abort());
      const isThere = await wires.isReachable(origin, AbortSignal.any([signal, late.signal]));
      timer.cancel();
      if (!signal.aborted) facts.setAvailable(isThere);
    },
  };
}

/** Whether it is there, and what it is: looked at anew when it is another. */
function lookAtFile(path: string, wires: AvWires, facts: SourceFacts): OpenableSource["look"] {
  let known: FileLook | undefined;
  return async () => {
    try {
      const file = await wires.openFile(path);
      try {
        const look = await file.look();
        if (look.octets !== known?.octets || look.writtenAt !== known.writtenAt) {
          let at = 0;
          const head = await readHead(async () => {
            const octets = await file.read(at);
            at += octets.length;
            return octets.length === 0 ? undefined : octets;
          }).catch(() => undefined);
          if (head !== undefined) facts.setForm(head.start.form);
        }
        known = look;
        facts.setAvailable(true);
      } finally {
        await file.close();
      }
    } catch {
      known = undefined;
      facts.setAvailable(false);
    }
  };
}
