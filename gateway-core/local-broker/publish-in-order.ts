/** Makes aedes 1.2 hand messages on in the order in which they were published. */

import type { Aedes } from "aedes";

/** Waited for by aedes as if it were a promise, but within the same turn. */
// biome-ignore lint/suspicious/noThenProperty: a promise would take the very turn that is saved here.
const now = <T>(value: T) => ({ then: (done: (value: T) => void): void => done(value) });

/**
 * aedes numbers messages as they are published and takes one with a lower number than the last that a client got for a
 * repetition. But a retained one is stored first, and one of QoS 1 looks for sleeping sessions first, each for a turn of
 * its own: a result that is published right after a value would overtake it, and the value never be delivered. In memory
 * both can be had at once; there are no sleeping sessions here (admission.ts).
 */
export function publishInOrder(aedes: Aedes): void {
  const persistence: unknown = Reflect.get(aedes, "persistence");
  if (!isPersistence(persistence)) return;
  const store = persistence.storeRetained.bind(persistence);
  persistence.storeRetained = (packet) => {
    void store(packet);
    return now(undefined);
  };
  persistence.subscriptionsByTopic = () => now([]);
}

interface Persistence {
  storeRetained(packet: unknown): unknown;
  subscriptionsByTopic(topic: string): unknown;
}

function isPersistence(value: unknown): value is Persistence {
  return (
    typeof value === "object" && value !== null && "storeRetained" in value && typeof value.storeRetained === "function"
  );
}
