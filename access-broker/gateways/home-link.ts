/** The link of one home while its gateway is there: the control link with an MQTT engine of its own, and the data link that is opened on demand. */

import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";
import type { DescriptorQuery } from "../../gateway-core/contract/descriptor-query.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { type DownMessage, linkProtocols, type UpMessage } from "../../gateway-core/contract/link.ts";
import type { MediaAsk } from "../../gateway-core/contract/media-link.ts";
import type { RemoteUp } from "../../gateway-core/contract/remote-link.ts";
import { type ControlEngine, openControlEngine } from "./control-engine.ts";
import { type DataLink, type LinkRequest, openDataLink } from "./data-link.ts";
import type { LinkSocket, SocketRequest } from "./link-socket.ts";
import { createMediaTickets, type MediaTickets } from "./media-tickets.ts";

/** How long a gateway may take to dial the data link, and a ticket is good. */
const dialMs = 8_000;
/** How long an idle data link is kept warm. */
const warmMs = 3 * 60_000;
/** A gateway asks every hour at most: each certificate is signed and kept. */
const renewalMs = 30 * 60_000;
/** Questions about descriptors that a home may ask in a minute. Our own gateways ask no more than four in a second. */
const mostQuestions = 240;
const questionsMs = 60_000;

export interface HomeLink {
  readonly number: AccessNumber;
  /** Undefined until the gateway is whole: it has told of its page and hears us. */
  readonly isPageOffered: boolean | undefined;
  /** @throws HomeError `home-away` */
  request(request: LinkRequest): Promise<Response>;
  /** @throws HomeError `home-away`, or what the home refuses it by. */
  openSocket(request: SocketRequest): Promise<LinkSocket>;
  /** Takes the data link that presents this ticket. False: no such ticket was given out here. */
  admitData(ticket: string, socket: TLSSocket): boolean;
  /** Has the gateway dial a media link. @throws HomeError `home-away` */
  openMedia(ask: MediaAsk): Promise<Duplex>;
  /** Takes the media link that presents this ticket. False: no such ticket was given out here. */
  readonly admitMedia: MediaTickets["take"];
  /** Whether it hears us already: only then may it be told. */
  readonly isReady: boolean;
  tell(message: DownMessage): void;
  close(): void;
  readonly closed: Promise<void>;
}

export interface HomeLinkOptions {
  readonly number: AccessNumber;
  readonly control: TLSSocket;
  readonly clock: Clock;
  /** The gateway is whole: what is told from now on, it hears. */
  readonly onReady: (tell: (message: DownMessage) => void) => void;
  readonly onRenew: (csr: string) => void;
  readonly onQuestion: (query: DescriptorQuery) => void;
  readonly onRemote: (message: RemoteUp) => void;
  /** Its page can be asked for from now on. */
  readonly onPage: () => void;
  /** Whether it is asked just now to dial the data link. */
  readonly onAwaited: (isAwaited: boolean) => void;
  /** So many octets of its answers have come. */
  readonly onOctets: (octets: number) => void;
  /** A message or packet that is not the link's, told with why. */
  readonly onRefused: (reason: string) => void;
}

/** Takes over an admitted control connection. */
export async function openHomeLink(options: HomeLinkOptions): Promise<HomeLink> {
  const { number, control, clock, onReady, onRenew, onQuestion, onRemote, onPage, onAwaited, onOctets, onRefused } =
    options;
  const closed = Promise.withResolvers<void>();
  let isPageOffered: boolean | undefined;
  let renewableAt = 0;
  let questions = { since: clock.now(), count: 0 };
  let isReady = false;
  let isClosed = false;
  let data: DataLink | undefined;
  let opening: Opening | undefined;
  let cooling: Timer | undefined;

  const engine: ControlEngine = await openControlEngine({
    onMessage(message: UpMessage) {
      if (message.topic === "up/page") {
        isPageOffered = message.body.isOffered;
        if (isReady && isPageOffered) onPage();
      } else if (message.topic === "up/descriptor") hearQuestion(message.body);
      else if (message.topic !== "up/renew") onRemote(message);
      else if (clock.now() < renewableAt) onRefused("renewals too soon after each other");
      else {
        renewableAt = clock.now() + renewalMs;
        onRenew(message.body.csr);
      }
    },
    onHearing() {
      if (isReady) return;
      isReady = true;
      onReady(engine.tell);
      if (isPageOffered) onPage();
    },
    onRefused,
  });

  const tickets = createMediaTickets(clock, (message) => engine.tell(message));

  function hearQuestion(query: DescriptorQuery): void {
    if (clock.now() - questions.since >= questionsMs) questions = { since: clock.now(), count: 0 };
    if (questions.count++ >= mostQuestions) onRefused("too many questions about descriptors");
    else onQuestion(query);
  }

  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    cooling?.cancel();
    opening?.fail();
    tickets.close();
    data?.destroy();
    control.destroy();
    engine.close();
    closed.resolve();
  };
  control.once("close", close);
  control.on("error", () => undefined);
  engine.handle(control);
  if (control.destroyed) close();

  /** An idle data link cools down and is let go; the next request has it dialled anew. */
  const watchIdle = (): void => {
    cooling?.cancel();
    if (data?.isOpen && data.busy === 0) cooling = clock.after(warmMs, () => data?.retire());
  };

  const openData = async (): Promise<DataLink> => {
    if (isClosed || !isReady) throw away();
    if (data?.isOpen) return data;
    opening ??= ask();
    return opening.link;
  };

  const ask = (): Opening => {
    const ticket = randomBytes(24).toString("base64url");
    const { promise, resolve, reject } = Promise.withResolvers<DataLink>();
    // Those who wait for it handle it; that nobody waits any more is no error.
    promise.catch(() => undefined);
    const finish = (act: () => void): void => {
      timer.cancel();
      opening = undefined;
      onAwaited(false);
      act();
    };
    const timer = clock.after(dialMs, () => finish(() => reject(away())));
    onAwaited(true);
    engine.tell({ topic: "down/open", body: { protocol: linkProtocols.data, ticket } });
    return {
      ticket,
      link: promise,
      open: (link) => finish(() => resolve(link)),
      fail: () => finish(() => reject(away())),
    };
  };

  return {
    number,
    get isPageOffered() {
      return isReady ? isPageOffered : undefined;
    },
    get isReady() {
      return isReady && !isClosed;
    },
    async request(request) {
      const link = await openData();
      cooling?.cancel();
      return link.request(request);
    },
    async openSocket(request) {
      const link = await openData();
      cooling?.cancel();
      return link.openSocket(request);
    },
    admitData(ticket, socket) {
      if (isClosed || socket.destroyed || opening?.ticket !== ticket) return false;
      data?.retire();
      data = openDataLink(socket, { clock, onOctets, onChange: watchIdle });
      opening.open(data);
      watchIdle();
      return true;
    },
    openMedia: (ask) => (isReady && !isClosed ? tickets.ask(ask) : Promise.reject(away())),
    admitMedia: (ticket, socket) => !isClosed && !socket.destroyed && tickets.take(ticket, socket),
    tell: (message) => engine.tell(message),
    close,
    closed: closed.promise,
  };
}

interface Opening {
  readonly ticket: string;
  readonly link: Promise<DataLink>;
  open(link: DataLink): void;
  fail(): void;
}

const away = (): HomeError => new HomeError("home-away", "the home is away");
