/** Whether the access broker can do its work: for a balancer and a supervisor. */

import type { Clock } from "../../gateway-core/contract/clock.ts";

/** A store that has not answered by then is not reachable. */
const storeMs = 2_000;

export interface Health {
  readonly status: "ready" | "draining" | "failing";
  readonly store: boolean;
  /** Which doors take new connections. */
  readonly listeners: Readonly<Record<string, boolean>>;
}

export interface HealthSources {
  isDraining(): boolean;
  listeners(): Readonly<Record<string, boolean>>;
  /** Asks the store anything. */
  askStore(): Promise<unknown>;
}

export async function examineHealth({ isDraining, listeners, askStore }: HealthSources, clock: Clock): Promise<Health> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = clock.after(storeMs, () => resolve(false));
  const asked = askStore().then(
    () => true,
    () => false,
  );
  const store = await Promise.race([asked, late]);
  timer.cancel();
  const doors = listeners();
  const isWell = store && Object.values(doors).every(Boolean);
  return { status: isDraining() ? "draining" : isWell ? "ready" : "failing", store, listeners: doors };
}
