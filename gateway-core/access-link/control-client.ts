/** The control link at the gateway's end: MQTT 3.1.1 over a connection that is dialled already. One connection, no reconnecting here. */

import type { TLSSocket } from "node:tls";
import { MqttClient } from "mqtt";
import { FrameLimit } from "../bytes/mqtt-frames.ts";
import { longestAnswer } from "../contract/descriptor-offer.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import {
  type DownMessage,
  downFilter,
  gatewayClientId,
  keepaliveSeconds,
  parseDownMessage,
  type UpMessage,
} from "../contract/link.ts";
import { toldBy } from "./registered-broker.ts";

/** CONNACK return code (MQTT 3.1.1 §3.2.2.3): the certificate was good for TLS, and is not known any more. */
const notAuthorized = 5;
/** Octets of a PUBLISH packet before its payload, at most. */
const longestHeader = 256;

export interface ControlClient {
  /** `heard`: whether the broker has it; else it never will. */
  tell(message: UpMessage, heard?: (isHeard: boolean) => void): void;
  close(): void;
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;
}

export interface ControlClientOptions {
  readonly socket: TLSSocket;
  /** Told before anything is heard. */
  readonly greeting: UpMessage;
  readonly onMessage: (message: DownMessage) => void;
  readonly onRefused: (error: HomeError) => void;
}

/**
 * Greets and subscribes; resolves when the broker hears and is heard.
 * @throws HomeError `home-away` when the connection ends before, `certificate-refused` when this gateway is revoked.
 */
export async function openControlClient({
  socket,
  greeting,
  onMessage,
  onRefused,
}: ControlClientOptions): Promise<ControlClient> {
  const client = new MqttClient(() => socket, {
    protocolVersion: 4,
    clientId: gatewayClientId,
    clean: true,
    keepalive: keepaliveSeconds,
    // A gateway that misses a sign of life is as good as gone: see the broker's side.
    reschedulePings: false,
    reconnectPeriod: 0,
    connectTimeout: 10_000,
    resubscribe: false,
    queueQoSZero: false,
  });
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  limitFrames(socket, onRefused);
  let cause: Error | undefined;
  client.on("error", (error) => {
    if ("code" in error && error.code === notAuthorized) cause ??= revoked(error);
    socket.destroy();
  });
  socket.once("error", (error) => {
    cause ??= error;
  });
  socket.once("close", () => {
    client.end(true);
    resolve();
  });
  client.on("message", (topic, payload) => {
    try {
      const message = parseDownMessage(topic, payload.toString("utf8"));
      if (message !== undefined) onMessage(message);
    } catch (thrown) {
      onRefused(toHomeError(thrown));
    }
  });
  const tell: ControlClient["tell"] = ({ topic, body }, heard) => {
    client.publish(topic, JSON.stringify(body), { qos: 1 }, (error) => heard?.(!error));
  };

  const ready = (async () => {
    await new Promise<void>((connected) => client.once("connect", () => connected()));
    tell(greeting);
    await client.subscribeAsync(downFilter, { qos: 1 });
  })();
  const ended = closed.then(() => {
    if (cause instanceof HomeError) throw cause;
    throw cause === undefined ? new HomeError("home-away", "the access broker ended the control link") : toldBy(cause);
  });
  try {
    await Promise.race([ready, ended]);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
  ended.catch(() => undefined);
  return { tell, closed, close: () => client.end(true, {}, () => socket.destroy()) };
}

const revoked = (cause: Error): HomeError =>
  new HomeError(
    "certificate-refused",
    "the access broker knows this gateway no longer: it needs a new card",
    {},
    cause,
  );

/** Whatever the broker declares, no more than the longest message is waited for. In this turn nothing has been read yet. */
function limitFrames(socket: TLSSocket, onRefused: (error: HomeError) => void): void {
  const limit = new FrameLimit(() => longestAnswer + longestHeader, false);
  socket.prependListener("data", (octets: Uint8Array) => {
    if (socket.destroyed) return;
    try {
      limit.accept(octets);
    } catch (thrown) {
      onRefused(toHomeError(thrown));
      socket.destroy();
    }
  });
}
