/**
 * What the local broker lets clients do: the hooks of aedes 1.2. A refusal closes the
 * connection, the only way MQTT 3.1.1 has to tell a publisher, and is logged once for a client and a reason.
 */

import type { AedesOptions, Client, ConnectPacket, PublishPacket } from "aedes";
import type { Log } from "../contract/clock.ts";
import { parseAppearanceTopic, parseCommandTopic } from "../contract/topics.ts";
import { publishRefusal, subscribeRefusal } from "./topic-rules.ts";

/** Filters of one client: each is matched against every message. */
const mostFilters = 64;
/** Retained messages of the person's own flows, and their size in octets: they stay in memory. */
const mostRetained = 1_000;
const longestRetained = 16 * 1024;
/** Octets that a client may leave unread before it is cut: one that does not read must not hold up the others. */
const mostUnread = 1024 * 1024;
/** Distinct refusals that are logged. */
const mostLogged = 100;

export type Hooks = Required<
  Pick<AedesOptions, "preConnect" | "authenticate" | "authorizePublish" | "authorizeSubscribe" | "authorizeForward">
>;

export interface Admission {
  readonly hooks: Hooks;
  /** A client gave filters back. */
  unsubscribed(client: Client, filters: readonly string[]): void;
}

export function createAdmission(log: Log): Admission {
  const refusals = new WeakMap<Client, { reason: string; returnCode: 2 | 5 }>();
  const filtersOf = new WeakMap<Client, Set<string>>();
  const retained = new Set<string>();
  const logged = new Set<string>();

  const refusal = (client: string, reason: string, subject: string): Error => {
    const key = `${client} ${reason}`;
    if (!logged.has(key) && logged.size < mostLogged) {
      logged.add(key);
      log.write("warn", "mqtt-refused", { client: client.slice(0, 64), reason, subject: subject.slice(0, 128) });
    }
    return new Error(reason);
  };

  /** Whether a message that its sender wants retained is so. Where something is asked never: it is done once. */
  const isRetained = ({ topic, payload }: PublishPacket): boolean => {
    if (parseCommandTopic(topic) !== undefined || parseAppearanceTopic(topic) !== undefined) return false;
    if (payload.length === 0) return retained.delete(topic);
    if (payload.length > longestRetained || (retained.size >= mostRetained && !retained.has(topic))) return false;
    retained.add(topic);
    return true;
  };

  const hooks: Hooks = {
    preConnect(client, packet, done) {
      const refused = connectRefusal(packet);
      if (refused !== undefined) refusals.set(client, refused);
      // No session outlives its connection: retained topics bring a client that returns up to date, while a
      // stored session grows without end (A10) and hands what was queued to whoever takes its id (A1, A2).
      packet.clean = true;
      done(null, true);
    },

    authenticate(client, _username, _password, done) {
      const refused = refusals.get(client);
      if (refused === undefined) return done(null, true);
      const error = refusal(client.id, refused.reason, "CONNECT");
      return done(Object.assign(error, { returnCode: refused.returnCode }), false);
    },

    authorizePublish(client, packet, done) {
      const reason = client === null ? "the will of a client unknown" : publishRefusal(packet.topic);
      if (reason !== undefined) return done(refusal(client?.id ?? "", reason, packet.topic));
      if (packet.retain) packet.retain = isRetained(packet);
      return done(null);
    },

    authorizeSubscribe(client, subscription, done) {
      const filters = filtersOf.get(client) ?? new Set();
      filtersOf.set(client, filters.add(subscription.topic));
      const reason = filters.size > mostFilters ? `over ${mostFilters} filters` : subscribeRefusal(subscription.topic);
      if (reason === undefined) return done(null, subscription);
      filters.delete(subscription.topic);
      refusal(client.id, reason, subscription.topic);
      return done(null, null);
    },

    authorizeForward(client, packet) {
      // Checked when subscribing too; once more here, as aedes delivers what a mixed SUBSCRIBE was denied (A1).
      if (subscribeRefusal(packet.topic) !== undefined) return null;
      if (client.conn.writableLength <= mostUnread) return packet;
      refusal(client.id, "does not read", packet.topic);
      client.conn.destroy();
      return null;
    },
  };

  return {
    hooks,
    unsubscribed(client, filters) {
      for (const filter of filters) filtersOf.get(client)?.delete(filter);
    },
  };
}

/** MQTT 3.1.1 §3.1.3.1: an empty client id needs a clean session. A will is judged here, not when it is too late to tell. */
function connectRefusal({ clientId, clean, will }: ConnectPacket): { reason: string; returnCode: 2 | 5 } | undefined {
  if (clientId === "" && clean === false) return { reason: "an empty client id with a session to keep", returnCode: 2 };
  const reason = will === undefined ? undefined : publishRefusal(will.topic);
  return reason === undefined ? undefined : { reason: `will: ${reason}`, returnCode: 5 };
}
