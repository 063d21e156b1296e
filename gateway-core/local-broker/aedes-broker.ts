/** The MQTT 3.1.1 broker on the home's own machine: aedes 1.2 behind our admission. The only file of this room that opens a socket. */

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import { coalesceWrites } from "../bytes/coalesce-writes.ts";
import { limitReads } from "../bytes/limit-reads.ts";
import { FrameLimit, packetTypes } from "../bytes/mqtt-frames.ts";
import { type Host, sleep } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { createAdmission } from "./admission.ts";
import { publishInOrder } from "./publish-in-order.ts";

export interface BrokerOptions {
  readonly host: Host;
  /** An IP address of this machine. */
  readonly address: string;
  /** A taken port moves to the next free one; 0 takes any. */
  readonly port: number;
  /** A client published on one of the three command topics, or an appearance. */
  readonly onCommand: (topic: string, payload: Uint8Array) => void;
}

export interface Broker {
  readonly port: number;
  /** Publishes as the gateway, QoS 1. An empty retained payload clears the topic. */
  publish(topic: string, payload: string, isRetained: boolean): void;
  /** Lets what was published reach the clients (1 s at most), then ends all connections. */
  close(): Promise<void>;
}

const commandFilters = [
  "home/devices/+/properties/+/set",
  "home/devices/+/set",
  "home/devices/+/actions/+",
  "home/devices/+/appearance/set",
];
const mostConnections = 200;
const portsTried = 20;
const flushMs = 1_000;
/** Octets after the fixed header: of a PUBLISH, and of CONNECT, SUBSCRIBE and all the others. */
const longestPublish = 256 * 1024;
const longestOther = 8 * 1024;

/** @throws HomeError `address-unusable` */
export async function openAedesBroker({ host, address, port, onCommand }: BrokerOptions): Promise<Broker> {
  const { log, clock } = host;
  const admission = createAdmission(log);
  const aedes = await Aedes.createBroker({
    ...admission.hooks,
    connectTimeout: 5_000,
    drainTimeout: 5_000,
    maxTopicLevels: 16,
    // No bound on messages under way: with one, a client that does not read stops all others (A8). It is cut instead.
    concurrency: 0,
  });
  publishInOrder(aedes);
  const report = (event: string) => (error: unknown) => log.write("warn", event, { cause: String(error) });
  const emitter: NodeJS.EventEmitter = aedes;
  emitter.on("error", report("mqtt-broker-error"));
  emitter.on("unsubscribe", (filters, client) => admission.unsubscribed(client, filters));
  for (const filter of commandFilters) {
    aedes.subscribe(
      filter,
      ({ topic, payload }, done) => {
        onCommand(topic, typeof payload === "string" ? Buffer.from(payload) : payload);
        done();
      },
      () => undefined,
    );
  }

  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    coalesceWrites(socket);
    limitReads(socket, new FrameLimit((type) => (type === packetTypes.publish ? longestPublish : longestOther)));
    aedes.handle(socket);
  });
  server.maxConnections = mostConnections;
  server.once("drop", () => log.write("warn", "mqtt-too-many-connections", { maximum: mostConnections }));

  const closeAedes = () => new Promise<void>((resolve) => aedes.close(resolve));
  const underWay = new Set<Promise<void>>();
  const boundPort = await listen(server, address, port).catch(async (thrown) => {
    await closeAedes();
    throw thrown;
  });
  server.on("error", report("mqtt-server-error"));

  return {
    port: boundPort,

    publish(topic, payload, isRetained) {
      const published = new Promise<void>((resolve) => {
        aedes.publish({ cmd: "publish", topic, payload, qos: 1, retain: isRetained, dup: false }, () => resolve());
      });
      underWay.add(published);
      void published.then(() => underWay.delete(published));
    },

    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const delivered = Promise.all(underWay).then(() => Promise.all([...sockets].map(flushed)));
      const enough = new AbortController();
      await Promise.race([delivered, sleep(clock, flushMs, enough.signal).catch(() => undefined)]);
      enough.abort();
      await closeAedes();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Resolves when all that was written so far has gone to the kernel, or the socket has ended. */
function flushed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed || socket.writableEnded) resolve();
    else socket.write("", () => resolve());
  });
}

async function listen(server: Server, address: string, port: number): Promise<number> {
  const last = port === 0 ? 0 : Math.min(65_535, port + portsTried - 1);
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      return await listenOn(server, address, candidate);
    } catch (cause) {
      const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
      if (reason === "EADDRINUSE") continue;
      const text = `cannot listen on ${address}, port ${candidate}: ${reason}`;
      throw new HomeError("address-unusable", text, { address, port }, cause);
    }
  }
  throw new HomeError("address-unusable", `all ports of ${address} from ${port} to ${last} are taken`, {
    address,
    port,
  });
}

async function listenOn(server: Server, address: string, port: number): Promise<number> {
  // Rejects with an error, and leaves no listener behind, however many ports are tried.
  const listening = once(server, "listening");
  server.listen({ host: address, port });
  await listening;
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? bound.port : port;
}
