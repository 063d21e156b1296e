/**
 * The MQTT engine of one home's remote namespace: aedes 1.2 with nobody in it but this home's admitted visitors, all of whom
 * are shown the same.
 */

import { Aedes, type AedesOptions, type Client, type Connection } from "aedes";
import { limitReads } from "../../gateway-core/bytes/limit-reads.ts";
import { FrameLimit, packetTypes } from "../../gateway-core/bytes/mqtt-frames.ts";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { longestCommandPayload } from "../../gateway-core/contract/remote-link.ts";
import { maySeeTopic } from "./grant-view.ts";
import { NamespaceStore, type Retained } from "./namespace-store.ts";
import { PacedTelling } from "./paced-telling.ts";
import { filterRefusal, insideTopic, isMatch, mostLevels, publishRefusal, stateTopic } from "./topic-rules.ts";
import { createWindowWatch, type Visitor } from "./visitor.ts";

/** Filters of one client: each is matched against every message (A9). */
const mostFilters = 64;
/** Octets that a visitor may leave unread before it is cut: one that does not read must not hold up the others (A8). */
const mostUnread = 512 * 1024;
const longestPublish = longestCommandPayload + 1024;
const longestOther = 8 * 1024;

export interface HomeEngine {
  /** Serves an admitted connection, its CONNECT given back to it. */
  handle(socket: Connection, visitor: Visitor): void;
  /** As the home, to whoever is there now. */
  publish(topic: string, payload: string): void;
  /** What is retained of the topic now, to whoever is there, as fast as each of them reads. */
  tell(topic: string): void;
  close(): void;
}

export interface RuleOptions {
  readonly number: AccessNumber;
  readonly now: () => number;
  /** The home's own name of the topic. */
  readonly onCommand: (topic: string, payload: Uint8Array, visitor: Visitor) => void;
  readonly onRefused: (visitor: Visitor | undefined, reason: string) => void;
  /** Whether one more command may come now. */
  readonly mayCommand: () => boolean;
}

export interface HomeEngineOptions extends RuleOptions {
  /** What a SUBSCRIBE is answered with. */
  readonly retained: Retained;
}

/** Who stands behind a client of the engine. */
export type VisitorOf = (client: Client) => Visitor | undefined;

/** What each client follows, and by which quality of service. */
type FiltersOf = WeakMap<Client, Map<string, number>>;

type Hooks = Pick<
  AedesOptions,
  "authenticate" | "authorizePublish" | "authorizeSubscribe" | "authorizeForward" | "published"
>;

/** The rules of the namespace as aedes asks for them. */
export function remoteHooks(
  options: RuleOptions,
  visitorOf: VisitorOf,
  filtersOf: FiltersOf = new WeakMap(),
): Required<Hooks> {
  const { number, now, onCommand, onRefused, mayCommand } = options;
  const asked = new WeakMap<Client, { topic: string; qos: number; answer: (isGood: boolean) => void }[]>();
  const isInWindow = createWindowWatch(now);
  /** One message goes to many: its topic is read once. */
  let read: { readonly topic: string; readonly state: string | undefined } = { topic: "", state: undefined };
  const stateOf = (topic: string): string | undefined => {
    if (read.topic !== topic) read = { topic, state: stateTopic(number, topic) };
    return read.state;
  };

  /** aedes asks for all filters of one SUBSCRIBE in one go: they stand and fall together (A1). */
  const judgeTogether = (client: Client): void => {
    const all = asked.get(client) ?? [];
    asked.delete(client);
    const filters = new Map([...(filtersOf.get(client) ?? []), ...all.map(({ topic, qos }) => [topic, qos] as const)]);
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
      const judge = (isOpen: boolean): void => {
        const refused = isOpen ? publishRefusal(number, packet.topic) : "nothing is open";
        const reason = refused ?? (mayCommand() ? undefined : "too many commands");
        // A command is done once: it never stays.
        packet.retain = false;
        if (reason !== undefined) onRefused(visitor, reason);
        done(reason === undefined ? null : new Error(reason));
      };
      // Nothing is done by whoever may no longer do it (A11).
      (visitor?.recheck() ?? Promise.resolve(undefined)).then(
        (grant) => judge(grant !== undefined),
        () => judge(false),
      );
    },

    authorizeSubscribe(client, subscription, done) {
      const waiting = asked.get(client) ?? [];
      if (waiting.length === 0) queueMicrotask(() => judgeTogether(client));
      const { topic, qos } = subscription;
      waiting.push({ topic, qos, answer: (isGood) => done(null, isGood ? subscription : null) });
      asked.set(client, waiting);
    },

    authorizeForward(client, packet) {
      const visitor = visitorOf(client);
      const topic = stateOf(packet.topic);
      const grant = visitor?.grant;
      if (grant === undefined || topic === undefined || !isInWindow(grant) || !maySeeTopic(grant, topic)) return null;
      if (client.conn.writableLength <= mostUnread) return packet;
      // What is still under way to it when it is cut is not told again.
      if (client.conn.destroyed) return null;
      onRefused(visitor, "does not read");
      client.conn.destroy();
      return null;
    },

    published(packet, client, done) {
      const visitor = client === null ? undefined : visitorOf(client);
      const topic = insideTopic(number, packet.topic);
      const { payload } = packet;
      if (visitor !== undefined && topic !== undefined) {
        onCommand(topic, typeof payload === "string" ? Buffer.from(payload) : payload, visitor);
      }
      done();
    },
  };
}

export async function openHomeEngine(options: HomeEngineOptions): Promise<HomeEngine> {
  const visitors = new WeakMap<object, Visitor>();
  const filtersOf: FiltersOf = new WeakMap();
  const clients = new Map<Client, PacedTelling>();
  const aedes = await Aedes.createBroker({
    ...remoteHooks(options, ({ conn }) => visitors.get(conn), filtersOf),
    persistence: new NamespaceStore(options.retained),
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
  emitter.on("client", (client: Client) => {
    const filters = (): ReadonlyMap<string, number> => filtersOf.get(client) ?? new Map();
    clients.set(client, new PacedTelling((topic) => deliver(client, topic, qosOf(filters(), topic))));
  });
  emitter.on("clientDisconnect", (client: Client) => {
    clients.get(client)?.stop();
    clients.delete(client);
  });
  emitter.on("error", (cause) => options.onRefused(undefined, String(cause)));
  function deliver(client: Client, topic: string, qos: 0 | 1 | undefined) {
    const payload = qos === undefined ? undefined : options.retained.payload(topic);
    if (qos === undefined || payload === undefined) return { octets: 0, left: Promise.resolve() };
    const packet = { ...newsOf(topic, payload), qos };
    return {
      octets: Buffer.byteLength(payload),
      left: new Promise<void>((resolve) => client.publish(packet, () => resolve())),
    };
  }

  return {
    handle(socket, visitor) {
      visitors.set(socket, visitor);
      limitReads(socket, new FrameLimit((type) => (type === packetTypes.publish ? longestPublish : longestOther)));
      aedes.handle(socket);
    },
    publish(topic, payload) {
      aedes.publish(newsOf(topic, payload), () => undefined);
    },
    tell(topic) {
      for (const [client, telling] of clients) {
        if (qosOf(filtersOf.get(client), topic) !== undefined) telling.owe(topic);
      }
    },
    close: () => aedes.close(),
  };
}

const newsOf = (topic: string, payload: string) =>
  ({ cmd: "publish", topic, payload, qos: 1, retain: false, dup: false }) as const;

/** The best by which a client follows a topic, of those by which we tell; undefined: it does not follow it. */
function qosOf(filters: ReadonlyMap<string, number> | undefined, topic: string): 0 | 1 | undefined {
  let best: 0 | 1 | undefined;
  for (const [filter, qos] of filters ?? []) {
    if (best !== 1 && isMatch(filter, topic)) best = qos > 0 ? 1 : 0;
  }
  return best;
}
