/** An MQTT client on a gateway's local broker that knows when which message came. */

import { connect, Socket } from "node:net";
import { connectAsync } from "mqtt";

export interface HomeWatch extends AsyncDisposable {
  /** The last payload of each topic. */
  readonly last: ReadonlyMap<string, string>;
  publish(topic: string, payload: string): void;
  /** Calls the listener with every message from now on; returns how to stop. */
  onMessage(listener: (topic: string, payload: string) => void): () => void;
  /** The first payload from now on that is wanted, and when it came (`performance.now()`). */
  next(
    topic: string,
    isWanted?: (payload: string) => boolean,
  ): Promise<{ readonly payload: string; readonly at: number }>;
}

const patienceMs = 20_000;

/** Follows the filters on the broker at `mqtt://host:port`, which need not be open yet. */
export async function watchHome(url: string, filters: readonly string[] = ["home/#"]): Promise<HomeWatch> {
  while (!(await isOpen(url))) await new Promise((resolve) => setTimeout(resolve, 5));
  const client = await connectAsync(url);
  // Else Nagle's algorithm holds a command back until the kernel at the other end acknowledges the PUBACK before it: 40 ms.
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
  const last = new Map<string, string>();
  const listeners = new Set<(topic: string, payload: string) => void>();
  client.on("message", (topic, octets) => {
    const payload = octets.toString();
    last.set(topic, payload);
    for (const listener of [...listeners]) listener(topic, payload);
  });
  const onMessage: HomeWatch["onMessage"] = (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  await client.subscribeAsync([...filters], { qos: 1 });
  return {
    last,
    publish: (topic, payload) => void client.publish(topic, payload, { qos: 1 }),
    onMessage,
    next: (topic, isWanted = () => true) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`nothing wanted came on ${topic} within ${patienceMs} ms; last ${last.get(topic)}`));
        }, patienceMs);
        const stop = onMessage((name, payload) => {
          if (name !== topic || !isWanted(payload)) return;
          clearTimeout(timer);
          stop();
          resolve({ payload, at: performance.now() });
        });
      }),
    [Symbol.asyncDispose]: () => client.endAsync(true),
  };
}

function isOpen(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
