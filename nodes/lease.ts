/** A thing shared by whoever leases it under the same key, and disposed of some seconds after the last lease ends. */

import type { Clock, Timer } from "../gateway-core/contract/clock.ts";

const lingerMs = 3_000;

export interface Lease<T> {
  readonly value: T;
  release(): void;
}

interface Entry<T> {
  readonly value: T;
  leases: number;
  ending?: Timer;
}

/**
 * Returns the function that leases: `make` is called only when nothing lives under `key`. What nobody leases any more
 * makes room for it at once; `make` is given a promise that resolves when all that was disposed of is gone.
 */
export function createLease<T extends AsyncDisposable>(
  clock: Clock,
): (key: string, make: (after: Promise<void>) => T) => Lease<T> {
  const entries = new Map<string, Entry<T>>();
  let gone: Promise<unknown> = Promise.resolve();

  function end(key: string, { value, ending }: Entry<T>): void {
    ending?.cancel();
    entries.delete(key);
    gone = Promise.allSettled([gone, value[Symbol.asyncDispose]()]);
  }

  function begin(make: (after: Promise<void>) => T): Entry<T> {
    for (const [key, entry] of entries) if (entry.leases === 0) end(key, entry);
    return { value: make(gone.then(() => undefined)), leases: 0 };
  }

  return (key, make) => {
    const entry = entries.get(key) ?? begin(make);
    entries.set(key, entry);
    entry.leases++;
    entry.ending?.cancel();
    let isHeld = true;
    return {
      value: entry.value,
      release() {
        if (!isHeld) return;
        isHeld = false;
        if (--entry.leases > 0) return;
        entry.ending = clock.after(lingerMs, () => end(key, entry));
      },
    };
  };
}
