/** The life of one process of the home: ready (told in one line of JSON), stopped by a signal or when its parent is gone. */

import type { JsonObject } from "../gateway-core/contract/json.ts";

/**
 * Tells that the process is ready; with `--json` as one line of JSON. Under `genkan start` the parent alone is told: what
 * is printed then goes to a log, where a password must not stay.
 */
export function tellReady(isJson: boolean, facts: JsonObject, text: string): void {
  if (process.connected) process.send?.(facts);
  else process.stdout.write(`${isJson ? JSON.stringify(facts) : text}\n`);
}

/** Resolves when the process is asked to stop: SIGINT, SIGTERM, or the parent that started it went away. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    // A pending promise does not keep Node alive, and every timer of the house is unreferenced.
    const alive = setInterval(() => undefined, 2 ** 30);
    const stop = (): void => {
      clearInterval(alive);
      resolve();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    if (process.connected) process.once("disconnect", stop);
  });
}
