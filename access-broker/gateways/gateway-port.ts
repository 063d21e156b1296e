/** The only socket towards gateways: TLS 1.3 with a client certificate of our own authority, and nothing for anybody else. */

import { createServer, type Server } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import { type Listening, listenOn } from "../../gateway-core/bytes/listening.ts";
import { onceSpoken } from "../../gateway-core/bytes/once-spoken.ts";
import { readStart } from "../../gateway-core/bytes/read-start.ts";
import { type AccessNumber, numberOfUrn } from "../../gateway-core/contract/access-number.ts";
import type { Clock, Log } from "../../gateway-core/contract/clock.ts";
import type { DescriptorAnswer, DescriptorQuery } from "../../gateway-core/contract/descriptor-query.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import { type CertificateAnswer, isTicket, linkProtocols } from "../../gateway-core/contract/link.ts";
import type { RemoteUp } from "../../gateway-core/contract/remote-link.ts";
import { admitControl } from "./admission.ts";
import type { GatewayDirectory } from "./gateway-directory.ts";
import { type HomeLink, openHomeLink } from "./home-link.ts";
import { createLinkWatch, type KnownCertificates, type LinkCertificate } from "./link-watch.ts";
import { createOctetCare } from "./octet-care.ts";

const handshakeMs = 5_000;
const longestTicketLine = 80;
const mostLogged = 200;
/** How long a refused gateway may take to read why. */
const farewellMs = 1_000;
/** CONNACK, return code 5 (MQTT 3.1.1 §3.2.2.3). */
const notAuthorized = Uint8Array.of(0x20, 0x02, 0x00, 0x05);
/** How often the server's own certificate is looked after. */
const careMs = 12 * 60 * 60_000;

export interface GatewayPortOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly directory: GatewayDirectory;
  /** The authority that gateways' certificates come from, PEM. */
  readonly gatewayCa: string;
  /** Key and certificate of this server, fresh at each call. */
  readonly ownCertificate: () => Promise<{ readonly cert: string; readonly key: string }>;
  /** Which certificates are still good, and for which homes. */
  readonly known: KnownCertificates;
  /** Signs a renewal. */
  readonly renew: (number: AccessNumber, csr: string) => Promise<CertificateAnswer>;
  /** What is known about devices, and how new that is. */
  readonly descriptors: {
    readonly sequence: number;
    answer(number: AccessNumber, query: DescriptorQuery): Promise<DescriptorAnswer>;
  };
  /** The remote MQTT namespaces. */
  readonly remote: {
    joined(number: AccessNumber): void;
    left(number: AccessNumber): void;
    hear(number: AccessNumber, message: RemoteUp): void;
  };
  /** A home offers its page, having come back or begun to. */
  readonly onPage: (number: AccessNumber) => void;
  /** Frees what short-lived objects hold (Host). */
  readonly collectYoung?: (() => void) | undefined;
  /** Puts it behind balancers, where there are any. */
  readonly behind?: ((server: Server, secured: TlsServer) => void) | undefined;
  /** Takes a home's link to the outbound proxy. */
  readonly admitProxy: (number: AccessNumber, socket: TLSSocket) => { close(): void };
  readonly audit: (
    event: string,
    number: AccessNumber | null,
    source: string,
    facts: Readonly<Record<string, string>>,
  ) => void;
}

export type GatewayPort = Listening;

/** @throws an error of `listen` as Node tells it. */
export async function openGatewayPort(
  address: string,
  port: number,
  options: GatewayPortOptions,
): Promise<GatewayPort> {
  const {
    clock,
    log,
    directory,
    gatewayCa,
    ownCertificate,
    known,
    renew,
    descriptors,
    remote,
    onPage,
    admitProxy,
    collectYoung,
    behind,
    audit,
  } = options;
  const logged = new Set<string>();
  /** Where data links are to come from now: through them much is read at once, so that they begin with a large buffer. */
  const awaited = new Set<string>();
  const onOctets = createOctetCare(collectYoung);
  const watch = createLinkWatch(clock, log, known);

  /** A refusal stands once in the log for a source and a reason: whoever knocks again fills nothing. */
  const refuse = (source: string, reason: string, number: AccessNumber | null = null): void => {
    const key = `${source} ${reason}`;
    if (logged.has(key) || logged.size >= mostLogged) return;
    logged.add(key);
    log.write("warn", "gateway-refused", { source, reason, number });
    audit("gateway-refused", number, source, { reason });
  };

  const secure = async () => ({ ...(await ownCertificate()), ca: gatewayCa });
  const secured = createTlsServer({
    ...(await secure()),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.3",
    ALPNProtocols: Object.values(linkProtocols),
    handshakeTimeout: handshakeMs,
  });

  async function admit(socket: TLSSocket, source: string): Promise<void> {
    const certificate = homeOf(socket);
    const { number } = certificate;
    const rest = watch.watch(certificate, () => socket.destroy());
    socket.once("close", rest);
    if (socket.alpnProtocol === linkProtocols.control) await admitHome(socket, certificate, source);
    else {
      if (!(await watch.isKnown(certificate))) throw unknown(number);
      if (socket.alpnProtocol === linkProtocols.data) await admitByTicket(socket, number, "admitData");
      else if (socket.alpnProtocol === linkProtocols.media) await admitByTicket(socket, number, "admitMedia");
      else if (socket.alpnProtocol === linkProtocols.proxy) admitProxyLink(socket, number);
      else throw refused("no protocol of ours (ALPN)", { number });
    }
  }

  async function admitHome(socket: TLSSocket, certificate: LinkCertificate, source: string): Promise<void> {
    const { number } = certificate;
    await admitControl(socket, clock);
    // Asked after the CONNECT has come: while that was held back, a new card may have been used.
    if (!(await watch.isKnown(certificate))) {
      // TLS has no word left for it at this point: the gateway is told in MQTT's.
      socket.end(notAuthorized);
      throw unknown(number);
    }
    /** Only the link that stands for its home now: an older one, and one whose opening is not over, says nothing for it. */
    const isCurrent = (): boolean => directory.find(number) === link;
    const link: HomeLink = await openHomeLink({
      number,
      control: socket,
      clock,
      onReady(tell) {
        audit("home-online", number, source, {});
        tell({ topic: "down/descriptors", body: { sequence: descriptors.sequence } });
        remote.joined(number);
      },
      onAwaited: (isAwaited) => (isAwaited ? awaited.add(source) : awaited.delete(source)),
      onOctets,
      onRefused: (reason) => refuse(source, reason, number),
      onRenew: (csr) => void answerRenewal(number, csr, source),
      onQuestion: (query) => void answerQuestion(link, query),
      onPage: () => isCurrent() && onPage(number),
      onRemote: (message) => isCurrent() && remote.hear(number, message),
    });
    directory.enter(link);
    await link.closed;
    if (!directory.leave(link)) return;
    remote.left(number);
    audit("home-away", number, source, {});
  }

  async function answerRenewal(number: AccessNumber, csr: string, source: string): Promise<void> {
    try {
      const body = await renew(number, csr);
      directory.find(number)?.tell({ topic: "down/certificate", body });
      audit("certificate-renewed", number, source, {});
    } catch (thrown) {
      refuse(source, toHomeError(thrown).message, number);
    }
  }

  async function answerQuestion(link: HomeLink, query: DescriptorQuery): Promise<void> {
    try {
      link.tell({ topic: "down/descriptor", body: await descriptors.answer(link.number, query) });
    } catch (thrown) {
      // The gateway asks again later.
      log.write("error", "descriptor-not-answered", { error: toHomeError(thrown).toBody() });
    }
  }

  /** The first line is the ticket that was given over the control link, which this link does not outlive. */
  async function admitByTicket(socket: TLSSocket, number: AccessNumber, by: "admitData" | "admitMedia"): Promise<void> {
    const line = await readStart(socket, clock, lineOctets);
    const ticket = Buffer.from(line).toString("latin1").trimEnd();
    const link = directory.find(number);
    if (!isTicket(ticket) || link?.[by](ticket, socket) !== true) {
      throw refused(`a ${by === "admitData" ? "data" : "media"} link without a good ticket`, { number });
    }
    void link.closed.then(() => socket.destroy());
  }

  /** Stands no longer than the control link: whatever ends that one, a certificate that is no longer known too, ends it. */
  function admitProxyLink(socket: TLSSocket, number: AccessNumber): void {
    const link = directory.find(number);
    if (link?.isReady !== true) throw refused("a proxy link of a home that is away", { number });
    const proxy = admitProxy(number, socket);
    void link.closed.then(proxy.close);
  }

  secured.on("secureConnection", (socket) => {
    const source = socket.remoteAddress ?? "";
    socket.on("error", () => undefined);
    admit(socket, source).catch((thrown: unknown) => {
      const { message, details } = toHomeError(thrown);
      refuse(source, message, typeof details["number"] === "string" ? details["number"] : null);
      if (socket.writableEnded) clock.after(farewellMs, () => socket.destroy());
      else socket.destroy();
    });
  });
  // No certificate: OpenSSL's alert. One that is not ours: Node judges it after the handshake and closes.
  secured.on("tlsClientError", (error: Error & { readonly code?: string }, socket) => {
    const verdict: unknown = socket.authorizationError;
    refuse(socket.remoteAddress ?? "", typeof verdict === "string" ? verdict : (error.code ?? error.message));
  });

  const server = createServer((socket) => {
    const serve = (): void => void secured.emit("connection", socket);
    if (awaited.has(socket.remoteAddress ?? "")) serve();
    else {
      const onSilent = (): void => refuse(socket.remoteAddress ?? "", "it said nothing");
      onceSpoken(socket, { clock, patienceMs: handshakeMs, serve, onSilent });
    }
  });

  let care = clock.after(careMs, renewOwn);
  function renewOwn(): void {
    care = clock.after(careMs, renewOwn);
    secure().then(
      (context) => secured.setSecureContext(context),
      (cause) => log.write("error", "own-certificate-failed", { cause: String(cause) }),
    );
  }

  behind?.(server, secured);
  const listening = await listenOn(server, { host: address, port }, (cause) =>
    log.write("error", "gateway-port-failed", { cause: String(cause) }),
  );

  return {
    ...listening,
    get isListening() {
      return listening.isListening;
    },
    async [Symbol.asyncDispose]() {
      care.cancel();
      watch[Symbol.dispose]();
      directory.cutAll();
      await listening[Symbol.asyncDispose]();
    },
  };
}

/** The home that a verified client certificate names: its only subject alternative name, and nothing else of it. */
function homeOf(socket: TLSSocket): LinkCertificate {
  const certificate = socket.getPeerX509Certificate();
  const name = certificate?.subjectAltName ?? "";
  const number = name.startsWith("URI:") ? numberOfUrn(name.slice("URI:".length)) : undefined;
  if (certificate === undefined || number === undefined) throw refused("the certificate names no home");
  return { number, serial: certificate.serialNumber };
}

function lineOctets(octets: Uint8Array): number | undefined {
  const end = octets.indexOf(0x0a);
  if (end < 0 && octets.length < longestTicketLine) return undefined;
  if (end < 0 || end >= longestTicketLine) throw refused("a link without a ticket line");
  return end + 1;
}

const unknown = (number: AccessNumber): HomeError => refused("the certificate is no longer known", { number });
const refused = (reason: string, details: { readonly number?: AccessNumber } = {}): HomeError =>
  new HomeError("certificate-refused", reason, details);
