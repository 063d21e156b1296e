/**
 * What aedes 1.2 keeps for its clients, in a remote namespace: next to nothing. Retained topics are the home's alone and come
 * from its mirror; no session, queue or will outlives a connection (A1 to A4, A10), so none is kept, however many ask for it.
 */

import { Readable } from "node:stream";
import type { AedesPublishPacket, Client } from "aedes";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isMatch } from "./topic-rules.ts";

/** What is retained, asked at each SUBSCRIBE, by the topics that visitors name. */
export interface Retained {
  topics(): Iterable<string>;
  /** As it is shown here; undefined: not at all. */
  payload(topic: string): string | undefined;
}

type Numbered = Pick<AedesPublishPacket, "messageId">;

/** The store of one engine: a class, as there is one for each home that somebody looks into. */
export class NamespaceStore {
  readonly #retained: Retained;
  /** Packets of QoS 2 between PUBLISH and PUBREL (§4.3.3): their ids, as many as aedes lets a client have. */
  readonly #incoming: WeakMap<Client, Set<number | undefined>> = new WeakMap();

  constructor(retained: Retained) {
    this.#retained = retained;
  }

  async setup(): Promise<void> {}

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return Readable.from(matching(this.#retained, filters));
  }
  createRetainedStream(filter: string): Readable {
    return Readable.from(matching(this.#retained, [filter]));
  }

  async incomingStorePacket(client: Client, { messageId }: Numbered): Promise<void> {
    const ids = this.#incoming.get(client) ?? new Set();
    this.#incoming.set(client, ids.add(messageId));
  }
  /** @throws HomeError `not-found`: aedes takes a rejection for a new packet. */
  async incomingGetPacket(client: Client, { messageId }: Numbered): Promise<true> {
    if (this.#incoming.get(client)?.has(messageId) !== true) throw new HomeError("not-found", "no such packet");
    return true;
  }
  async incomingDelPacket(client: Client, { messageId }: Numbered): Promise<void> {
    this.#incoming.get(client)?.delete(messageId);
  }
  async cleanIncoming(client: Client): Promise<void> {
    this.#incoming.delete(client);
  }

  async storeRetained(): Promise<void> {}

  async addSubscriptions(): Promise<void> {}
  async removeSubscriptions(): Promise<void> {}
  async cleanSubscriptions(): Promise<void> {}
  async subscriptionsByClient(): Promise<readonly never[]> {
    return none;
  }
  async subscriptionsByTopic(): Promise<readonly never[]> {
    return none;
  }

  async outgoingEnqueue(): Promise<void> {}
  async outgoingEnqueueCombi(): Promise<void> {}
  async outgoingUpdate(): Promise<void> {}
  async outgoingClearMessageId(): Promise<void> {}
  outgoingStream(): Readable {
    return Readable.from(none);
  }

  async putWill(): Promise<void> {}
  async getWill(): Promise<void> {}
  async delWill(): Promise<void> {}
  streamWill(): Readable {
    return Readable.from(none);
  }

  async destroy(): Promise<void> {}
}

const none: readonly never[] = [];

function* matching(retained: Retained, filters: readonly string[]) {
  for (const topic of retained.topics()) {
    if (!filters.some((filter) => isMatch(filter, topic)) || retained.payload(topic) === undefined) continue;
    yield {
      ...{ cmd: "publish", topic, qos: 1, retain: true, dup: false },
      // Read when its turn comes, a message a turn: what was published meanwhile must not be followed by what it replaced.
      get payload() {
        return Buffer.from(retained.payload(topic) ?? "");
      },
    };
  }
}
