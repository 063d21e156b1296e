/**
 * Keeps this home linked to its registered access broker: dials out, comes back by itself, opens the data link when asked
 * and renews the certificate in time. Start-up never waits for it.
 */

import { createPrivateKey } from "node:crypto";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { type Host, sleep } from "../contract/clock.ts";
import { type ErrorCode, HomeError, toHomeError } from "../contract/errors.ts";
import {
  type CertificateAnswer,
  type DownMessage,
  linkProtocols,
  type OpenLink,
  parseCertificateAnswer,
  type UpMessage,
} from "../contract/link.ts";
import type { Handler, SocketHandler } from "../contract/web.ts";
import { encodeCertificateRequest } from "./certificate-request.ts";
import { type ControlClient, openControlClient } from "./control-client.ts";
import { type DataServer, serveDataLink } from "./data-server.ts";
import type { DescriptorQuery } from "./descriptor-query.ts";
import { findGatewayPort } from "./enrol.ts";
import type { FindLocalEnd } from "./link-interface.ts";
import { createMediaUplink, type OpenStream } from "./media-uplink.ts";
import { createProxyLine } from "./proxy-line.ts";
import { ask, dial } from "./registered-broker.ts";
import { isRenewalDue, type Registration, withCertificate, writeRegistration } from "./registration.ts";
import type { RemoteHome } from "./remote-home.ts";
import { createUplinkRoom } from "./uplink-room.ts";

export type LinkState = "connecting" | "online" | "offline";

export interface AccessLink extends AsyncDisposable {
  readonly state: LinkState;
  /** Why it does not stand; undefined while it does, and before the first attempt. */
  readonly trouble: ErrorCode | undefined;
  /** Whether the control page may be asked for over the link. */
  setPage(isOffered: boolean): void;
  /** A connection to the outbound proxy, as this home. @throws HomeError `home-away` and what `dial` throws. */
  openProxy(): Promise<Duplex>;
  /** Returns how to stop listening. */
  onState(listener: (state: LinkState) => void): () => void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AccessLinkOptions {
  readonly host: Host;
  readonly registration: Registration;
  readonly handler: Handler;
  /** Where its connections begin. */
  readonly from?: FindLocalEnd | undefined;
  /** What takes WebSockets, if anything of this home does. */
  readonly sockets?: SocketHandler | undefined;
  /** What asks for descriptors over the link, if anything does. */
  readonly query?: Pick<DescriptorQuery, "setLine" | "hear"> | undefined;
  /** What tells the home's topics to remote MQTT, if anything does. */
  readonly remote?: Pick<RemoteHome, "setLine" | "hear"> | undefined;
  /** Streams for who is outside, if anything of this home sends any, and what they may take of the uplink. */
  readonly streams?: { readonly open: OpenStream; readonly mostKbps?: number | undefined } | undefined;
}

const firstBackOffMs = 500;
const longestBackOffMs = 30_000;
/** A link that held this long was a good one: the next attempt comes soon again. */
const steadyMs = 10_000;
const interfaceCheckMs = 5_000;
const renewalCheckMs = 60 * 60_000;

export function openAccessLink({
  host,
  registration: enrolled,
  handler,
  sockets,
  query,
  remote,
  from,
  streams = noStreams,
}: AccessLinkOptions): AccessLink {
  const { clock, ids, log } = host;
  const leaving = new AbortController();
  const listeners = new Set<(state: LinkState) => void>();
  const servers = new Set<DataServer>();
  const told = new Set<string>();
  let registration = enrolled;
  let state: LinkState = "connecting";
  let isPageOffered = false;
  let control: ControlClient | undefined;
  let trouble: ErrorCode | undefined;
  /** Over how long the broker, as it went down, wished its homes to come back. */
  let spreadMs = 0;

  const show = (next: LinkState): void => {
    if (next === state) return;
    if (next === "online" || state === "online") log.write("info", "access-link", { state: next });
    state = next;
    for (const listener of listeners) listener(next);
  };
  /** What goes wrong again and again is said once, until the link stands. */
  const warnOnce = ({ code, message }: HomeError): void => {
    trouble = code;
    if (told.has(code)) return;
    told.add(code);
    log.write("warn", "access-link-refused", { code, message });
  };

  const addressOf = () => ({ ...registration, from });
  const dialLink = (protocol: string) => {
    const { key, certificate, chain, gatewayPort } = registration;
    const cert = [certificate, ...chain].join("");
    return dial(clock, addressOf(), gatewayPort, { key, cert, ALPNProtocols: [protocol] });
  };

  const proxy = createProxyLine(clock, () => dialLink(linkProtocols.proxy));
  const room = createUplinkRoom(clock, streams.mostKbps);
  const media = createMediaUplink({ clock, dial: () => dialLink(linkProtocols.media), open: streams.open, room });

  function openLink(asked: OpenLink): Promise<void> {
    return asked.protocol === linkProtocols.data ? openData(asked.ticket) : media.serve(asked, asked.ticket);
  }

  async function openData(ticket: string): Promise<void> {
    const socket = await dialLink(linkProtocols.data);
    if (leaving.signal.aborted) return void socket.destroy();
    const line = { clock, leftKbps: room.leftKbps };
    const server = await serveDataLink(socket, ticket, { handler, sockets, line }, (cause) =>
      log.write("error", "page-failed", {
        cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
      }),
    );
    servers.add(server);
    void server.closed.then(() => servers.delete(server));
  }

  function takeCertificate(answer: CertificateAnswer): void {
    registration = withCertificate(registration, answer);
    writeRegistration(host.memory, registration);
    log.write("info", "certificate-renewed", { number: registration.number });
  }

  function takeLeave(ms: number): void {
    spreadMs = ms;
    log.write("info", "broker-leaving", { spreadMs });
  }

  function hear(message: DownMessage): void {
    try {
      if (message.topic === "down/certificate") takeCertificate(message.body);
      else if (message.topic === "down/open")
        openLink(message.body).catch((thrown: unknown) => warnOnce(toHomeError(thrown)));
      else if (message.topic === "down/leaving") takeLeave(message.body.spreadMs);
      else if (message.topic === "down/remote" || message.topic === "down/command") remote?.hear(message);
      else query?.hear(message);
    } catch (thrown) {
      warnOnce(toHomeError(thrown));
    }
  }

  const request = (): string => encodeCertificateRequest(createPrivateKey(registration.key));

  /** Asks for the next certificate when it is time; looks again every hour for as long as the link stands. */
  function careForCertificate(client: ControlClient): () => void {
    const ask = (): void => {
      if (!isRenewalDue(registration, clock.now())) return;
      client.tell({ topic: "up/renew", body: { csr: request() } });
    };
    let timer = clock.after(renewalCheckMs, again);
    function again(): void {
      ask();
      timer = clock.after(renewalCheckMs, again);
    }
    ask();
    return () => timer.cancel();
  }

  /** A link whose interface has another address now, or none, leads nowhere: it is ended at once, and not by its silence. */
  function followInterface(socket: TLSSocket): () => void {
    const { localAddress } = socket;
    const look = (): void => {
      timer = clock.after(interfaceCheckMs, look);
      if (!isStill(from, localAddress)) socket.destroy();
    };
    let timer = from === undefined ? undefined : clock.after(interfaceCheckMs, look);
    return () => timer?.cancel();
  }

  /** One link from dialling to its end. */
  async function hold(): Promise<void> {
    const socket = await dialLink(linkProtocols.control);
    const abort = (): void => void socket.destroy();
    leaving.signal.addEventListener("abort", abort, { once: true });
    if (leaving.signal.aborted) abort();
    const page = (): UpMessage => ({ topic: "up/page", body: { isOffered: isPageOffered } });
    const wasOffered = isPageOffered;
    const client = await openControlClient({ socket, greeting: page(), onMessage: hear, onRefused: warnOnce });
    if (isPageOffered !== wasOffered) client.tell(page());
    control = client;
    told.clear();
    trouble = undefined;
    show("online");
    const rest = careForCertificate(client);
    const leave = followInterface(socket);
    query?.setLine(client.tell);
    remote?.setLine(client.tell);
    await client.closed;
    query?.setLine(undefined);
    remote?.setLine(undefined);
    media.cut();
    rest();
    leave();
    control = undefined;
    leaving.signal.removeEventListener("abort", abort);
  }

  /** The broker's port may have moved while it was away: asked at the user port, which the card names. */
  async function lookForPort(): Promise<void> {
    const gatewayPort = await findGatewayPort(host, addressOf());
    if (gatewayPort === registration.gatewayPort) return;
    registration = { ...registration, gatewayPort };
    writeRegistration(host.memory, registration);
    log.write("info", "broker-moved", { gatewayPort });
  }

  /** Who was away until the certificate ended has no link to ask over: the user port renews it too. */
  async function renewLate(): Promise<void> {
    if (!isRenewalDue(registration, clock.now())) return;
    const { certificate } = registration;
    takeCertificate(parseCertificateAnswer(await ask(clock, addressOf(), "/renew", { csr: request(), certificate })));
  }

  async function keep(): Promise<void> {
    let failures = 0;
    while (!leaving.signal.aborted) {
      show("connecting");
      const begun = clock.now();
      try {
        await hold();
      } catch (thrown) {
        warnOnce(toHomeError(thrown));
        await lookForPort()
          .then(renewLate)
          .catch((cause: unknown) => warnOnce(toHomeError(cause)));
      }
      show("offline");
      if (clock.now() - begun >= steadyMs) failures = 0;
      // Full jitter: homes that lost their broker together do not come back together.
      const backOffMs =
        ids.fraction() * Math.max(spreadMs, Math.min(longestBackOffMs, firstBackOffMs * 2 ** failures++));
      spreadMs = 0;
      await sleep(clock, backOffMs, leaving.signal).catch(() => undefined);
    }
  }

  const kept = keep();
  return {
    get state() {
      return state;
    },
    get trouble() {
      return trouble;
    },
    setPage(isOffered) {
      if (isOffered === isPageOffered) return;
      isPageOffered = isOffered;
      control?.tell({ topic: "up/page", body: { isOffered } });
    },
    openProxy: proxy.open,
    onState(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      proxy.close();
      media.cut();
      for (const server of servers) server.close();
      await kept;
    },
  };
}

const noStreams = {
  open: (): Promise<never> => Promise.reject(new HomeError("not-found", "nothing of this home sends a stream")),
};

/** Whether a link may still begin at that address. */
function isStill(from: FindLocalEnd | undefined, localAddress: string | undefined): boolean {
  try {
    const end = from?.();
    return end === undefined || end.localAddress === localAddress;
  } catch {
    return false;
  }
}
