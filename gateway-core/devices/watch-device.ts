/** Follows one device: what its adapter's subscription tells goes into the registry, for as long as the device is bound. */

import type { Change, DeviceRef, Session } from "../contract/adapter.ts";
import { type Host, sleep } from "../contract/clock.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import { toHomeError } from "../contract/errors.ts";
import type { Registry } from "./registry.ts";
import { retryDelayMs } from "./retry-delay.ts";

export interface Watch {
  readonly host: Host;
  readonly session: Session;
  readonly registry: Registry;
  /** Where the device is now: it may move between two subscriptions. */
  readonly ref: () => DeviceRef;
  readonly descriptor: Descriptor;
  readonly signal: AbortSignal;
}

/**
 * Subscribes, and again with back-off whenever the subscription fails or ends by itself; returns once the signal aborts,
 * or when the device is another than it was described as.
 */
export async function watchDevice({ host, session, registry, ref, descriptor, signal }: Watch): Promise<void> {
  const { id } = ref();
  let attempt = 0;
  let isLogged = false;
  while (!signal.aborted) {
    try {
      for await (const change of session.subscribe(ref(), descriptor, { signal })) {
        if (signal.aborted || change.type === "description") return;
        attempt = 0;
        enter(registry, id, change);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (!isLogged) host.log.write("warn", "subscription-failed", { device: id, error: toHomeError(thrown).toBody() });
      isLogged = true;
    }
    await sleep(host.clock, retryDelayMs(attempt++, host.ids.fraction()), signal).catch(() => undefined);
  }
}

function enter(registry: Registry, id: string, change: Exclude<Change, { type: "description" }>): void {
  if (change.type === "value") registry.report(id, change.property, change.value);
  else if (change.type === "availability") registry.setAvailable(id, change.available);
  else registry.raise(id, change.name, change.data);
}
