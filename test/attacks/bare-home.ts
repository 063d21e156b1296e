/** A home's remote namespace over plain TCP, as it ships or with rules left out, and visitors who come to it. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Aedes, type AedesOptions } from "aedes";
import { type IClientOptions, MqttClient } from "mqtt";
import { generate } from "mqtt-packet";
import { remoteHooks } from "../../access-broker/remote-mqtt/home-engine.ts";
import { createReception } from "../../access-broker/remote-mqtt/reception.ts";
import { createRemoteHomes } from "../../access-broker/remote-mqtt/remote-homes.ts";
import type { Visitor } from "../../access-broker/remote-mqtt/visitor.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import { systemIds as ids, systemClock } from "../../host/system-host.ts";

export const number = "090-1234-5678";
export const status = `homes/${number}/status`;
export const event = `homes/${number}/devices/door/events/rang`;
let opened = new AsyncDisposableStack();
/** Ends all that was opened since the last time. */
export async function closeAll(): Promise<void> {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
}

export interface Home {
  readonly port: number;
  /** Why somebody was cut or refused. */
  readonly refused: string[];
  /** Octets that the broker has taken in, of all connections. */
  taken(): number;
  /** As the home. */
  publish(topic: string, payload: string): void;
}

async function listen(serve: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    serve(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.defer(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const taken = (): number => [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  return { port: (server.address() as AddressInfo).port, taken };
}

/** As it ships; the password is the credential. */
export async function shipped(clock: Clock = systemClock): Promise<Home> {
  const refused: string[] = [];
  const onRefused = (_number: string, _visitor: unknown, reason: string): unknown => refused.push(reason);
  const homes = opened.use(createRemoteHomes({ clock, ids, tell: () => true, onRefused, onCommand: () => undefined }));
  const receive = createReception({
    ...{ clock, ids, homes, host: "genkan.localhost", audit: () => undefined },
    loginBy: () => ({
      judge: async ({ password }) => ({ credential: password }),
      standing: async () => ({ rights: "all", grant: wholeGrant }),
    }),
  });
  const server = await listen((socket) => void receive(socket, { method: "mqtts", source: "s", serverName: "" }));
  return {
    ...server,
    refused,
    publish(topic, payload) {
      const body = { topic: `home/${topic.slice(`homes/${number}/`.length)}`, payload, isRetained: false };
      homes.hear(number, { topic: "up/home", body });
    },
  };
}

/** The rules of the namespace on aedes with its own store and bounds, and connections handed to it as they come. */
export async function without(
  left: readonly (keyof AedesOptions)[] = [],
  more: AedesOptions = {},
): Promise<Home & { aedes: Aedes }> {
  const visitor: Visitor = { user: "u", source: "s", grant: wholeGrant, recheck: async () => wholeGrant };
  const rules = {
    number,
    now: () => 0,
    onCommand: () => undefined,
    onRefused: () => undefined,
    mayCommand: () => true,
  };
  const hooks: AedesOptions = { ...remoteHooks(rules, () => visitor), ...more };
  for (const rule of left) delete hooks[rule];
  const aedes = await Aedes.createBroker(hooks);
  opened.defer(() => void aedes.close());
  const server = await listen((socket) => aedes.handle(socket));
  return {
    ...{ ...server, aedes, refused: [] },
    publish: (topic, payload) =>
      aedes.publish({ cmd: "publish", topic, payload, qos: 1, retain: false, dup: false }, () => undefined),
  };
}

export async function visit({ port }: Home, options: IClientOptions = {}) {
  const raw = connect(port, "127.0.0.1");
  const client = new MqttClient(() => raw, {
    ...{
      protocolVersion: 4,
      reconnectPeriod: 0,
      resubscribe: false,
      username: `${number}/u`,
      password: "credential 1",
    },
    ...options,
  });
  opened.defer(() => void client.end(true));
  const heard: [string, string][] = [];
  client.on("message", (topic, payload) => heard.push([topic, payload.toString()]));
  client.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => client.once("close", () => resolve()));
  const isIn = await Promise.race([
    new Promise<boolean>((resolve) => client.once("connect", () => resolve(true))),
    ended.then(() => false),
  ]);
  return { client, heard, ended, raw, isIn };
}

/** A client that subscribes, and from then on reads nothing. */
export async function freeze({ port }: Home, topic: string): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  opened.defer(() => void socket.destroy());
  const packet = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 0 } as const;
  socket.write(
    generate({ ...packet, clientId: "frozen", username: `${number}/u`, password: Buffer.from("credential 3") }),
  );
  await once(socket, "data");
  socket.write(generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 0 }] }));
  await once(socket, "data");
  socket.pause();
}
