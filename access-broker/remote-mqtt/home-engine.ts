/** The MQTT engine of one home's remote namespace: aedes 1.2 with nobody in it but this home's admitted visitors. */

import { Aedes, type AedesOptions, type Client, type Connection } from "aedes";
import { limitReads } from "../../gateway-core/bytes/limit-reads.ts";
import { FrameLimit, packetTypes } from "../../gateway-core/bytes/mqtt-frames.ts";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { longestCommandPayload } from "../../gateway-core/contract/remote-link.ts";
import { filterRefusal, insideTopic, isState, mostLevels, publishRefusal } from "./topic-rules.ts";

/** Filters of one client: each is matched against every message (A9). */
const mostFilters = 64;
/** Octets that a visitor may leave unread before it is cut: one that does not read must not hold up the others (A8). */
const mostUnread = 512 * 1024;
const longestPublish = longestCommandPayload + 1024;
const longestOther = 8 * 1024;

export type Rights = "all" | "view" | "none";

/** Somebody who passed the home's challenge, for as long as they are connected. `rights` are kept up to date from outside. */
export interface Visitor {
  readonly user: string;
  readonly source: string;
  rights: Rights;
  /** Asks the table anew. */
  recheck(): Promise<Rights>;
}

export interface HomeEngine {
  /** Serves an admitted connection, its CONNECT given back to it. */
  handle(socket: Connection, visitor: Visitor): void;
  /** As the home; an empty retained payload clears the topic. */
  publish(topic: string, payload: string, isRetained: boolean): void;
  close(): void;
}

export interface HomeEngineOptions {
  readonly number: AccessNumber;
  /** The home's own name of the topic. */
  readonly onCommand: (topic: string, payload: Uint8Array) => void;
  readonly onRefused: (visitor: Visitor | undefined, reason: string) => void;
  /** Whether one more command may come now. */
  readonly mayCommand: () => boolean;
}

/** Who stands behind a client of the engine. */
export type VisitorOf = (client: Client) => Visitor | undefined;

type Hooks = Pick<
  AedesOptions,
  "authenticate" | "authorizePublish" | "authorizeSubscribe" | "authorizeForward" | "published"
>;

/** The rules of the namespace as aedes asks for them. */
export function remoteHooks(
  options: HomeEngineOptions,
  visitorOf: VisitorOf,
  filtersOf: WeakMap<Client, Set<string>> = new WeakMap(),
): Required<Hooks> {
  const { number, onCommand, onRefused, mayCommand } = options;
  const asked = new WeakMap<Client, { topic: string; answer: (isGood: boolean) => void }[]>();

  /** aedes asks for all filters of one SUBSCRIBE in one go: they stand and fall together (A1). */
  const judgeTogether = (client: Client): void => {
    const all = asked.get(client) ?? [];
    asked.delete(client);
    const filters = new Set([...(filtersOf.get(client) ?? []), ...all.map(({ topic }) => topic)]);
    const [refused] = all.map(({ topic }) => filterRefusal(number, topic)).filter((one) => one !== undefined);
    const reason = refused ?? (filters.size > mostFilters ? `over ${mostFilters} filters` : undefined);
    if (reason === undefined) filtersOf.set(client, filters);
    else onRefused(visitorOf(client), reason);
    for (const { answer } of all) answer(reason === undefined);
  };

  return {
    authenticate: (client, _user, _password, done) => done(null, visitorOf(client) !== undefined),

    authorizePublish(client, packet, done) {
      const visitor = client === null ? undefined : visitorOf(client);
      const judge = (rights: Rights): void => {
        const refused = publishRefusal(number, packet.topic, rights);
        const reason = refused ?? (mayCommand() ? undefined : "too many commands");
        // A command is done once: it never stays.
        packet.retain = false;
        if (reason !== undefined) onRefused(visitor, reason);
        done(reason === undefined ? null : new Error(reason));
      };
      // Nothing is done by whoever may no longer do it (A11).
      (visitor?.recheck() ?? Promise.resolve("none" as const)).then(judge, () => judge("none"));
    },

    authorizeSubscribe(client, subscription, done) {
      const waiting = asked.get(client) ?? [];
      if (waiting.length === 0) queueMicrotask(() => judgeTogether(client));
      waiting.push({ topic: subscription.topic, answer: (isGood) => done(null, isGood ? subscription : null) });
      asked.set(client, waiting);
    },

    authorizeForward(client, packet) {
      const visitor = visitorOf(client);
      if (visitor === undefined || visitor.rights === "none" || !isState(number, packet.topic)) return null;
      if (client.conn.writableLength <= mostUnread) return packet;
      onRefused(visitor, "does not read");
      client.conn.destroy();
      return null;
    },

    published(packet, client, done) {
      const topic = client === null ? undefined : insideTopic(number, packet.topic);
      const { payload } = packet;
      if (topic !== undefined) onCommand(topic, typeof payload === "string" ? Buffer.from(payload) : payload);
      done();
    },
  };
}

export async function openHomeEngine(options: HomeEngineOptions): Promise<HomeEngine> {
  const visitors = new WeakMap<object, Visitor>();
  const filtersOf = new WeakMap<Client, Set<string>>();
  const aedes = await Aedes.createBroker({
    ...remoteHooks(options, ({ conn }) => visitors.get(conn), filtersOf),
    connectTimeout: 5_000,
    drainTimeout: 5_000,
    heartbeatInterval: 10 * 60_000,
    maxTopicLevels: mostLevels,
    maxInflightInbound: 32,
    // No bound on messages under way: with one, a client that does not read stops all others (A8). It is cut instead.
    concurrency: 0,
  });
  const emitter: NodeJS.EventEmitter = aedes;
  emitter.on("unsubscribe", (filters: readonly string[], client: Client) => {
    for (const filter of filters) filtersOf.get(client)?.delete(filter);
  });
  emitter.on("error", (cause) => options.onRefused(undefined, String(cause)));
  return {
    handle(socket, visitor) {
      visitors.set(socket, visitor);
      limitReads(socket, new FrameLimit((type) => (type === packetTypes.publish ? longestPublish : longestOther)));
      aedes.handle(socket);
    },
    publish(topic, payload, isRetained) {
      const packet = { cmd: "publish", topic, payload, qos: 1, retain: isRetained, dup: false } as const;
      aedes.publish(packet, () => undefined);
    },
    close: () => aedes.close(),
  };
}
