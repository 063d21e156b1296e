/** A home at an access broker on loopback, told by a gateway's own access link, and MQTT clients from outside. */

import { once } from "node:events";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { connect, type IClientOptions, MqttClient } from "mqtt";
import { WebSocket } from "ws";
import { subscribe } from "../../access-broker/access-broker.ts";
import { createRemoteHome, type RemoteHome } from "../../gateway-core/access-link/remote-home.ts";
import type { RemoteCommand } from "../../gateway-core/contract/remote-link.ts";
import { bareHost, number, openRig, password, type Rig, user } from "../access-broker/rig.ts";
import { FakeLog } from "../fakes/fake-host.ts";

export const neighbour = "090-8765-4321";
export const secret = "the door is open";

export interface RemoteRig extends AsyncDisposable {
  readonly rig: Rig;
  readonly home: RemoteHome;
  readonly commands: RemoteCommand[];
  /** An app password of the user, made on the account page. */
  readonly app: string;
  readonly neighbourApp: string;
  readonly neighbourHome: RemoteHome;
  socket(options?: ConnectionOptions): Promise<TLSSocket>;
  client(options?: IClientOptions & { readonly of?: string }): Promise<Visit>;
  /** By WebSocket: `headers` of the opening handshake, as a browser or a program sends them. */
  webClient(options?: IClientOptions & { readonly of?: string; readonly headers?: Headers }): Promise<Visit>;
  /** A bare WebSocket, and the status of the answer to its opening handshake. */
  webSocket(
    headers?: Headers,
    subprotocols?: readonly string[],
    path?: string,
  ): Promise<{ readonly socket: WebSocket; readonly status: number }>;
}

type Headers = Readonly<Record<string, string>>;

export interface Visit {
  readonly client: MqttClient;
  readonly heard: Map<string, string>;
  /** Resolves when the broker has ended the connection. */
  readonly ended: Promise<void>;
}

/** Makes an app password as a person's browser would. */
export async function makeApp(rig: Rig, of: string): Promise<string> {
  const cookie = await rig.logIn(`${of}.${bareHost}`);
  const name = `${of}.${bareHost}`;
  const { text } = await rig.ask("/account/apps", { name, headers: { cookie }, json: { label: "test" } });
  return JSON.parse(text).password;
}

/** A visitor of the rig's home with an app password. */
export async function connectVisitor(rig: Rig, app: string): Promise<Visit> {
  const servername = `${number}.${bareHost}`;
  const raw = connectTls({ host: "127.0.0.1", port: rig.remotePort, ca: rig.ca, servername });
  const client = new MqttClient(() => raw, {
    protocolVersion: 4,
    username: `${number}/${user}`,
    password: app,
    reconnectPeriod: 0,
    resubscribe: false,
  });
  const heard = new Map<string, string>();
  client.on("message", (topic, payload) => heard.set(topic, payload.toString()));
  const ended = new Promise<void>((resolve) => client.once("close", () => resolve()));
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  client.on("error", () => undefined);
  return { client, heard, ended };
}

export async function openRemoteRig(): Promise<RemoteRig> {
  const opened = new AsyncDisposableStack();
  const rig = opened.use(await openRig());
  await subscribe({ ...rig.provider, number: neighbour, user, password, isOneTime: false });
  const commands: RemoteCommand[] = [];
  const home = createRemoteHome(new FakeLog(), (command) => commands.push(command));
  const neighbourHome = createRemoteHome(new FakeLog(), () => undefined);
  for (const [one, of] of [
    [home, number],
    [neighbourHome, neighbour],
  ] as const) {
    one.publish("home/status", "online", true);
    one.publish("home/devices/door/properties/isOpen", JSON.stringify(of === number ? true : secret), true);
    await rig.join(async () => new Response("page"), of, one);
  }
  const [app, neighbourApp] = [await makeApp(rig, number), await makeApp(rig, neighbour)];

  const socket: RemoteRig["socket"] = async (options = {}) => {
    const servername = `${number}.${bareHost}`;
    const made = connectTls({ host: "127.0.0.1", port: rig.remotePort, ca: rig.ca, servername, ...options });
    made.on("error", () => undefined);
    await once(made, "secureConnect");
    opened.defer(() => void made.destroy());
    return made;
  };
  const visitOf = async (client: MqttClient): Promise<Visit> => {
    opened.defer(() => void client.end(true));
    const heard = new Map<string, string>();
    client.on("message", (topic, payload) => heard.set(topic, payload.toString()));
    const ended = new Promise<void>((resolve) => client.once("close", () => resolve()));
    await new Promise<void>((resolve, reject) => {
      client.once("connect", () => resolve());
      client.once("error", reject);
      client.once("close", () => reject(new Error("closed")));
    });
    client.on("error", () => undefined);
    return { client, heard, ended };
  };
  const handshake = (of: string, headers: Readonly<Record<string, string>>, path = "/mqtt") => {
    const servername = `${of}.${bareHost}`;
    const url = `wss://127.0.0.1:${rig.port}${path}`;
    return { url, ca: rig.ca, servername, headers: { host: rig.authority(servername), ...headers } };
  };
  return {
    ...{ rig, home, commands, app, neighbourApp, neighbourHome, socket },
    async client({ of = number, ...options } = {}) {
      const raw = await socket({ servername: `${of}.${bareHost}` });
      const client = new MqttClient(() => raw, {
        protocolVersion: 4,
        username: `${of}/${user}`,
        password: of === number ? app : neighbourApp,
        reconnectPeriod: 0,
        resubscribe: false,
        ...options,
      });
      return visitOf(client);
    },
    webClient({ of = number, headers = {}, ...options } = {}) {
      const { url, ...wsOptions } = handshake(of, headers);
      return visitOf(
        connect(url, { protocolVersion: 4, reconnectPeriod: 0, resubscribe: false, ...options, wsOptions }),
      );
    },
    webSocket(headers = {}, subprotocols = ["mqtt"], path = "/mqtt") {
      const { url, ...options } = handshake(number, headers, path);
      const made = new WebSocket(url, [...subprotocols], options);
      opened.defer(() => made.terminate());
      return new Promise((resolve) => {
        made.once("open", () => resolve({ socket: made, status: 101 }));
        made.once("unexpected-response", (_, { statusCode = 0 }) => resolve({ socket: made, status: statusCode }));
        made.on("error", () => undefined);
      });
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
