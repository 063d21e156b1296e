/** An access broker on loopback with real TLS, a home enrolled at it, and a program that asks from outside. Time is real; log and memory are fakes. */

import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { type RequestOptions, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AccessBroker,
  caCertificatePem,
  issueCard,
  openAccessBroker,
  parseAccessBrokerSettings,
  subscribe,
} from "../../access-broker/access-broker.ts";
import { openStore, type Provider } from "../../access-broker/provider.ts";
import type { AuditEntry } from "../../access-broker/subscriptions/audit-store.ts";
import { type AccessLink, type AccessLinkOptions, openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import type { Registration } from "../../gateway-core/access-link/registration.ts";
import type { RemoteHome } from "../../gateway-core/access-link/remote-home.ts";
import type { Host } from "../../gateway-core/contract/clock.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { Handler, SocketHandler } from "../../gateway-core/contract/web.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";

export const number = "090-1234-5678";
export const user = "hanako";
export const password = "correct horse battery";

export type TestHost = Host & { readonly log: FakeLog; readonly memory: FakeMemory };

/** A host of the real clock, whose log can be read. */
export const realHost = (): TestHost => ({
  clock: systemClock,
  ids: systemIds,
  log: new FakeLog(),
  memory: new FakeMemory(),
});

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The name for SNI, and for Host unless that is among the headers. */
  readonly name?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** The address to come from, of 127.0.0.0/8. */
  readonly from?: string;
  /** Another port than the public one, and a client certificate for it. */
  readonly port?: number;
  readonly pair?: { readonly cert: string; readonly key: string };
}

export interface Rig extends AsyncDisposable {
  readonly provider: Provider & { readonly host: TestHost };
  readonly ca: string;
  /** Host and port of a name at the broker. */
  authority(name?: string): string;
  readonly port: number;
  readonly proxyPort: number;
  readonly gatewayPort: number;
  readonly remotePort: number;
  /** Of the access network's listener, where one is wished for. */
  readonly callersPort: number;
  /** `http://` address of the operator's listener, and the broker's way down. */
  readonly operator: string;
  drain(): Promise<void>;
  ask(path: string, ask?: Ask): Promise<Answer>;
  /** The options of a request, for what `ask` cannot do. */
  optionsOf(path: string, ask?: Ask): RequestOptions;
  /** Logs in and returns the cookie. */
  logIn(name?: string): Promise<string>;
  /** Enrols a new gateway of the home and dials in. */
  join(
    handler: Handler,
    of?: string,
    remote?: RemoteHome,
    sockets?: SocketHandler,
    streams?: AccessLinkOptions["streams"],
  ): Promise<Joined>;
  audit(): Promise<readonly AuditEntry[]>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface Joined extends AsyncDisposable {
  readonly link: AccessLink;
  readonly registration: Registration;
  readonly host: TestHost;
}

export const bareHost = "genkan.localhost";

const ownName = `${number}.${bareHost}`;

/** The cookies of an answer, as the next request sends them. */
export const cookiesOf = ({ headers }: Answer): string =>
  (headers["set-cookie"] ?? []).map((cookie) => cookie.split(";", 1)[0]).join("; ");

/** The code of an answer that is a problem. */
export const codeOf = ({ text }: Answer): unknown => JSON.parse(text).code;

/** `now`: the broker's time, for what depends on how much of it passes. */
export async function openRig(now: () => number = () => systemClock.now(), wished: JsonObject = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-broker-"));
  const after: typeof systemClock.after = (delayMs, action) => systemClock.after(delayMs, action);
  const host = { ...realHost(), clock: { now, after } };
  const settings = parseAccessBrokerSettings({
    userPort: 0,
    gatewayPort: 0,
    remoteMqttPort: 0,
    proxyPort: 0,
    operator: { port: 0 },
    ...wished,
  });
  const provider = { settings, host, folder };
  let broker: AccessBroker | undefined = await openAccessBroker(provider);
  const portOf = (address: string): number => Number(new URL(address.replace("tls:", "https:")).port);
  const { users, gateways, proxy, operator, callers = "tls://127.0.0.1:0" } = broker.addresses;
  const [port, gatewayPort, proxyPort] = [portOf(users), portOf(gateways), portOf(proxy)];
  const portOfMqtts = (address: string): number => portOf(address.replace("mqtts:", "https:"));
  const remotePort = portOfMqtts(broker.addresses.remoteMqtt);
  await subscribe({ ...provider, number, user, password, isOneTime: false });
  const ca = await caCertificatePem(provider);
  const opened = new AsyncDisposableStack();

  const optionsOf: Rig["optionsOf"] = (
    path,
    { method, headers, name = ownName, body, form, json, from, ...ask } = {},
  ) => ({
    host: "127.0.0.1",
    port: ask.port ?? port,
    ...ask.pair,
    servername: name,
    ca,
    path,
    agent: false,
    ...(from === undefined ? {} : { localAddress: from }),
    method: method ?? (body === undefined && form === undefined && json === undefined ? "GET" : "POST"),
    headers: {
      host: `${name}:${port}`,
      ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
  });

  const rig: Rig = {
    provider,
    ca,
    port,
    gatewayPort,
    proxyPort,
    remotePort,
    callersPort: portOf(callers),
    operator,
    drain: async () => broker?.drain(),
    authority: (name = `${number}.${bareHost}`) => `${name}:${port}`,
    optionsOf,
    ask(path, ask = {}) {
      return new Promise((resolve, reject) => {
        const sent = request(optionsOf(path, ask), (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part) => {
            text += part;
          });
          response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
          response.once("error", reject);
        });
        sent.once("error", reject);
        const { form, json, body } = ask;
        if (json !== undefined) sent.end(JSON.stringify(json));
        else sent.end(form === undefined ? body : new URLSearchParams(form).toString());
      });
    },
    async logIn(name) {
      const answer = await rig.ask("/login", { form: { user, password }, ...(name === undefined ? {} : { name }) });
      const [cookie = ""] = answer.headers["set-cookie"] ?? [];
      return cookie.split(";", 1)[0] ?? "";
    },
    async join(handler, of = number, remote, sockets, streams) {
      const card = await issueCard({ ...provider, number: of });
      const gateway = realHost();
      const registration = await enrol(card, gateway);
      const link = opened.use(openAccessLink({ host: gateway, registration, handler, remote, sockets, streams }));
      link.setPage(true);
      await untilState(link, "online");
      return { link, registration, host: gateway, [Symbol.asyncDispose]: () => link[Symbol.asyncDispose]() };
    },
    async audit() {
      await using store = openStore(provider);
      return await store.readAudit(1_000);
    },
    async stop() {
      await broker?.[Symbol.asyncDispose]();
      broker = undefined;
    },
    async start() {
      broker = await openAccessBroker(provider);
    },
    async [Symbol.asyncDispose]() {
      await opened.disposeAsync();
      await rig.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

export function untilState(link: AccessLink, wanted: AccessLink["state"]): Promise<void> {
  return new Promise((resolve) => {
    if (link.state === wanted) return resolve();
    const stop = link.onState((state) => {
      if (state !== wanted) return;
      stop();
      resolve();
    });
  });
}
