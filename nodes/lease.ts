/** A thing shared by whoever leases it under the same key, and disposed of some seconds after the last lease ends. */

import type { Clock, Timer } from "../gateway-core/contract/clock.ts";

const lingerMs = 3_000;

export interface Lease<T> {
  readonly value: T;
  release(): void;
}

/** Returns the function that leases: `make` is called only when nothing lives under `key`. */
export function createLease<T extends AsyncDisposable>(clock: Clock): (key: string, make: () => T) => Lease<T> {
  const entries = new Map<string, { value: T; leases: number; ending?: Timer }>();
  return (key, make) => {
    const entry = entries.get(key) ?? { value: make(), leases: 0 };
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
        entry.ending = clock.after(lingerMs, () => {
          entries.delete(key);
          void entry.value[Symbol.asyncDispose]();
        });
      },
    };
  };
}
