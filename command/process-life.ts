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

/** Resolves when the process is asked to stop: SIGINT, SIGTERM, the parent that started it went away, or the signal. */
export function untilStopped(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A pending promise does not keep Node alive, and every timer of the house is unreferenced.
    const alive = setInterval(() => undefined, 2 ** 30);
    const stop = (): void => {
      clearInterval(alive);
      resolve();
    };
    signal?.addEventListener("abort", stop, { once: true });
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    if (process.connected) process.once("disconnect", stop);
  });
}

/** SIGHUP is a service's word for reading its files anew (systemd's reload); to who sits at the terminal it is the end, as ever. */
export function onReload(reload: () => void): void {
  if (!process.stdin.isTTY) process.on("SIGHUP", reload);
}

/** Whoever asks a second time does not wait for what is under way. */
export function endAtSecondSignal(): void {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
}

/** Ends quietly when whoever reads the output has gone, as `head` does. For verbs that only print. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
}
