/** Warnings that the LAN can cause, each said once, and in all not more than a person reads. */

import type { Log } from "../contract/clock.ts";
import type { JsonObject } from "../contract/json.ts";

/** `about` tells what the warning is about; the same event about the same thing is not repeated. */
export type WarnOnce = (event: string, about: string, facts: JsonObject) => void;

const mostAbouts = 100;

export function createWarnOnce(log: Log): WarnOnce {
  const said = new Map<string, Set<string>>();
  return (event, about, facts) => {
    const abouts = said.get(event) ?? new Set();
    said.set(event, abouts);
    if (abouts.has(about) || abouts.size >= mostAbouts) return;
    abouts.add(about);
    log.write("warn", event, facts);
  };
}
