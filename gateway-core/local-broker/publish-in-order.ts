/** Makes aedes 1.2 hand messages on in the order in which they were published. */

import { Readable } from "node:stream";
import type { Aedes } from "aedes";

/** Waited for by aedes as if it were a promise, but within the same turn. */
// biome-ignore lint/suspicious/noThenProperty: a promise would take the very turn that is saved here.
const now = <T>(value: T) => ({ then: (done: (value: T) => void): void => done(value) });

/**
 * aedes numbers messages as they are published and takes one with a lower number than the last that a client got for a
 * repetition. But a retained one is stored first, and one of QoS 1 looks for sleeping sessions first, each for a turn of
 * its own: a result that is published right after a value would overtake it, and the value never be delivered. In memory
 * both can be had at once; there are no sleeping sessions here (admission.ts).
 *
 * What is retained goes to a new subscriber one message a turn, while others are published: each is what its topic holds
 * when its turn comes, or an old value would follow the new one and stay. A topic cleared meanwhile comes as empty.
 */
export function publishInOrder(aedes: Aedes): void {
  const persistence: unknown = Reflect.get(aedes, "persistence");
  if (!isPersistence(persistence)) return;
  const store = persistence.storeRetained.bind(persistence);
  const streamOf = persistence.createRetainedStreamCombi.bind(persistence);
  const held = new Map<string, Message["payload"]>();
  persistence.storeRetained = (packet) => {
    if (packet.payload.length === 0) held.delete(packet.topic);
    else held.set(packet.topic, packet.payload);
    void store(packet);
    return now(undefined);
  };
  persistence.createRetainedStreamCombi = (filters) => Readable.from(asTheyAreRead(streamOf(filters), held));
  persistence.subscriptionsByTopic = () => now([]);
}

async function* asTheyAreRead(messages: AsyncIterable<Message>, held: ReadonlyMap<string, Message["payload"]>) {
  for await (const message of messages) {
    const { topic } = message;
    yield {
      ...message,
      get payload() {
        return held.get(topic) ?? nothing;
      },
    };
  }
}

const nothing = Buffer.alloc(0);

interface Message {
  readonly topic: string;
  readonly payload: string | Buffer;
}

interface Persistence {
  storeRetained(message: Message): unknown;
  createRetainedStreamCombi(filters: readonly string[]): AsyncIterable<Message>;
  subscriptionsByTopic(topic: string): unknown;
}

function isPersistence(value: unknown): value is Persistence {
  if (typeof value !== "object" || value === null) return false;
  return ["storeRetained", "createRetainedStreamCombi"].every((name) => typeof Reflect.get(value, name) === "function");
}
