/**
 * Run by benches: publishes at a broker as fast as it delivers, over raw sockets, and prints what came through. Argument: a
 * Load as JSON. What is under way is bounded, so that no broker drops anything and each is measured at its own pace.
 */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { generate } from "mqtt-packet";
import { cpuMsOf } from "./gateway-process.ts";
import { PublishCounter } from "./mqtt-frames.ts";

/** One client that publishes, and those who are to hear it. */
export interface Stream {
  readonly publisher: Peer;
  readonly subscribers: readonly Peer[];
  readonly filter: string;
  readonly topic: string;
  readonly payload: string;
}

export interface Peer {
  readonly port: number;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** Seconds. */
  readonly keepalive?: number;
}

export interface Load {
  readonly streams: readonly Stream[];
  /** Of the broker, whose processor time is told. */
  readonly pid: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  /** Messages of a stream that are under way at once. */
  readonly underWay: number;
}

export interface Measured {
  readonly deliveriesPerSecond: number;
  readonly cpuUsPerDelivery: number;
}

export async function join(peer: Peer, opened?: Socket): Promise<Socket> {
  const { port, clientId, username, password, keepalive = 60 } = peer;
  const socket = opened ?? connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  if (opened === undefined) await once(socket, "connect");
  const who = username === undefined ? {} : { username, password: Buffer.from(password ?? "") };
  const packet = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive } as const;
  socket.write(generate({ ...packet, clientId, ...who }));
  const [connack] = (await once(socket, "data")) as [Buffer];
  if (connack[3] !== 0) throw new Error(`${clientId} is not let in: ${connack[3]}`);
  return socket;
}

export async function subscribe(socket: Socket, topic: string): Promise<void> {
  socket.write(generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 0 }] }));
  const [suback] = (await once(socket, "data")) as [Buffer];
  if (suback[4] === 128) throw new Error(`${topic} may not be subscribed`);
}

async function run(load: Load): Promise<Measured> {
  let deliveries = 0;
  const starts: (() => void)[] = [];
  for (const { publisher, subscribers, filter, topic, payload } of load.streams) {
    const frame = generate({ cmd: "publish", topic, payload, qos: 0, retain: false, dup: false });
    const batch = Buffer.concat(Array.from({ length: load.underWay }, () => frame));
    const counters = subscribers.map(() => new PublishCounter());
    for (const [index, peer] of subscribers.entries()) {
      const socket = await join(peer);
      await subscribe(socket, filter);
      const counter = counters[index];
      socket.on("data", (chunk: Buffer) => {
        deliveries += counter?.accept(chunk) ?? 0;
        send();
      });
    }
    const source = await join(publisher);
    source.resume();
    let sent = 0;
    let isDue = false;
    /** As many as the slowest has heard. */
    const send = (): void => {
      if (isDue) return;
      isDue = true;
      setImmediate(() => {
        isDue = false;
        let slowest = Number.POSITIVE_INFINITY;
        for (const { count } of counters) slowest = Math.min(slowest, count);
        const free = load.underWay - (sent - slowest);
        if (free < load.underWay / 4) return;
        sent += free;
        source.write(batch.subarray(0, free * frame.length));
      });
    };
    starts.push(() => {
      // What came while subscribing is not counted.
      for (const counter of counters) counter.count = 0;
      send();
    });
  }
  for (const start of starts) start();
  await new Promise((resolve) => setTimeout(resolve, load.warmUpMs));
  const [count, cpuMs, at] = [deliveries, cpuMsOf(load.pid), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, load.measuredMs));
  const heard = deliveries - count;
  return {
    deliveriesPerSecond: (1_000 * heard) / (performance.now() - at),
    cpuUsPerDelivery: (1_000 * (cpuMsOf(load.pid) - cpuMs)) / heard,
  };
}

if (process.argv[1] === import.meta.filename) {
  const load = JSON.parse(process.argv[2] ?? "") as Load;
  process.stdout.write(JSON.stringify(await run(load)));
  process.exit(0);
}
