/**
 * The front of the access link room: the link of this home to its provider if it has one, and what it learned there about
 * devices whether or not the link stands. A gateway may be enrolled while it runs, by whatever process and way.
 */

import type { Duplex } from "node:stream";
import type { Host } from "../contract/clock.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import type { DescriptorEvent, DescriptorsWanted } from "../contract/descriptor-events.ts";
import type { GatewayFacts } from "../contract/descriptor-offer.ts";
import { type ErrorCode, HomeError, toHomeError } from "../contract/errors.ts";
import { forgivingMemory } from "../contract/forgiving-memory.ts";
import type { RemoteCommand } from "../contract/remote-link.ts";
import { type Handler, problemResponse } from "../contract/web.ts";
import { type AccessLink, type LinkState, openAccessLink } from "./broker-link.ts";
import { type CardPlaces, createCardWatch } from "./card-watch.ts";
import { createDescriptorQuery, type DescriptorQuery } from "./descriptor-query.ts";
import { openEventJournal } from "./event-journal.ts";
import { openLearnedDescriptors } from "./learned-descriptors.ts";
import type { FindLocalEnd } from "./link-interface.ts";
import { type LinkRules, mayPass } from "./link-rules.ts";
import type { OpenStream } from "./media-uplink.ts";
import { gatewayIdOf, homeAddress, type Registration, readRegistration } from "./registration.ts";
import { createRemoteHome, type RemoteHome } from "./remote-home.ts";

/** How often a gateway looks whether it was enrolled, or lies beside a card. */
const lookMs = 5_000;

/** `closed`: this home wants no link. */
export type AccessState = LinkState | "not-enrolled" | "closed";

export interface Access extends AsyncDisposable {
  /** The address of the home outside; undefined before it is enrolled. */
  readonly home: string | undefined;
  readonly state: AccessState;
  /** Why it is so, when something is wrong. */
  readonly trouble: ErrorCode | undefined;
  /** Calls the listener whenever state or trouble may be another; returns how to stop. */
  onState(listener: () => void): () => void;
  /** Whether the control page may be asked for over the link. */
  setPage(isOffered: boolean): void;
  /** A connection to the provider's outbound proxy. @throws HomeError `home-away`, `not-registered-broker` */
  openProxy(): Promise<Duplex>;
  /** What descriptors the house wants. */
  receive(wanted: DescriptorsWanted): void;
  /** Nobody here wants descriptors any more. */
  forget(): void;
  /** A topic of the home, for remote MQTT. */
  readonly publish: RemoteHome["publish"];
  /** All that was learned, for whoever has heard nothing yet. */
  snapshot(): DescriptorEvent;
}

export interface AccessOptions {
  readonly host: Host;
  /** Whether the home wants the link. */
  readonly isEnabled: boolean;
  readonly cards: CardPlaces;
  /** Where connections to the broker begin; anywhere unless told. */
  readonly from?: FindLocalEnd;
  /** What may pass the link; everything unless told. */
  readonly rules?: LinkRules;
  readonly gateway: Omit<GatewayFacts, "id">;
  /** Answers who is outside, to whom the home is at this address. */
  readonly handlerAt: (home: string) => Handler;
  /** @throws HomeError `descriptor-invalid` */
  readonly parse: (candidate: unknown) => Descriptor;
  readonly onDescriptor: (event: DescriptorEvent) => void;
  readonly onCommand: (command: RemoteCommand) => void;
  /** Streams of the home's devices, and what they may take of its uplink together. */
  readonly streams?: { readonly open: OpenStream; readonly mostKbps?: number | undefined };
}

/** What stands while the registration is the same. */
interface Standing {
  readonly registration: Registration | undefined;
  readonly query: DescriptorQuery | undefined;
  readonly link: AccessLink | undefined;
}

/** @throws HomeError `store-unavailable` when what is kept of the enrolment cannot be read. */
export function openAccess(options: AccessOptions): Access {
  const {
    host,
    isEnabled,
    cards,
    gateway,
    handlerAt,
    parse,
    onDescriptor,
    onCommand,
    from,
    rules = [{}],
    streams,
  } = options;
  const { clock, log, memory } = host;
  /** The link stands though the disk fails: what is only remembered then is lost with this process. */
  const forgiving = { ...host, memory: forgivingMemory(host) };
  const journal = openEventJournal(forgiving);
  const remote = createRemoteHome(log, onCommand, journal);
  const watch = createCardWatch(forgiving, { ...cards, ...(from === undefined ? {} : { from }) });
  const mayAsk = isEnabled && mayPass(rules, "descriptors", "out") && mayPass(rules, "descriptors", "in");
  const mayTell = mayPass(rules, "topics", "out");
  const passing = mayPass(rules, "streams", "out") ? streams : streams && { ...streams, open: refuseStream };
  const listeners = new Set<() => void>();
  const tellState = (): void => {
    for (const listener of listeners) listener();
  };
  let isPageOffered = false;
  let wanted: DescriptorsWanted | undefined;
  let standing = stand(readRegistration(memory));
  let isClosing = false;
  let looking = look();
  let timer = clock.after(lookMs, lookAgain);

  function stand(registration: Registration | undefined): Standing {
    const query = registration && openQuery(registration);
    query?.onEvent(onDescriptor);
    const link =
      registration && isEnabled
        ? openAccessLink({
            host,
            registration,
            handler: handlerFor(registration),
            query,
            remote,
            from,
            streams: passing,
          })
        : undefined;
    link?.onState(tellState);
    link?.setPage(isPageOffered);
    if (mayAsk && wanted !== undefined) query?.receive(wanted);
    return { registration, query, link };
  }

  /** Whether a page is offered is only told to the broker: what may not pass is refused here, whoever asks. */
  function handlerFor(registration: Registration): Handler {
    if (!mayPass(rules, "page", "out"))
      return async () => problemResponse(new HomeError("not-granted", "this home's page does not pass its link"));
    const handler = handlerAt(homeAddress(registration));
    if (mayPass(rules, "page", "in")) return handler;
    return async (request, viewer) => {
      if (request.method === "GET" || request.method === "HEAD") return handler(request, viewer);
      return problemResponse(new HomeError("view-only", "this home lets nothing be changed over its link"));
    };
  }

  /** Undefined without a key that descriptors could be believed by. */
  function openQuery({ descriptorKey, key }: Registration): DescriptorQuery | undefined {
    if (descriptorKey === undefined) return undefined;
    try {
      const facts = { ...gateway, id: gatewayIdOf({ key }) };
      const learned = openLearnedDescriptors({ host: forgiving, descriptorKey, gateway: facts, parse });
      return createDescriptorQuery({ host, gateway: facts, learned });
    } catch (thrown) {
      log.write("error", "descriptors-not-asked", { error: toHomeError(thrown).toBody() });
      return undefined;
    }
  }

  const snapshot = (): DescriptorEvent => standing.query?.snapshot() ?? { type: "learned", descriptors: [] };

  /** Takes up an enrolment that came meanwhile: by a card that lies here, by the page on the LAN, by the command line. */
  async function look(): Promise<void> {
    try {
      if (isEnabled && standing.registration === undefined && (await watch.look())) tellState();
      const registration = readRegistration(memory);
      if (isClosing || registration?.key === standing.registration?.key) return;
      log.write("info", "registration-taken-up", { number: registration?.number ?? null });
      const older = standing;
      // What happened is not news for whoever the home is registered with now.
      if (registration?.number !== older.registration?.number) journal.setWanted(false);
      standing = stand(registration);
      tellState();
      onDescriptor(snapshot());
      await end(older);
    } catch (thrown) {
      log.write("error", "registration-not-read", { error: toHomeError(thrown).toBody() });
    }
  }

  function lookAgain(): void {
    timer = clock.after(lookMs, lookAgain);
    looking = looking.then(look);
  }

  async function end({ query, link }: Standing): Promise<void> {
    query?.close();
    await link?.[Symbol.asyncDispose]();
  }

  return {
    get home() {
      return standing.registration && homeAddress(standing.registration);
    },
    get state() {
      return standing.link?.state ?? (standing.registration === undefined ? "not-enrolled" : "closed");
    },
    get trouble() {
      return standing.registration === undefined ? watch.trouble?.code : standing.link?.trouble;
    },
    onState(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setPage(isOffered) {
      isPageOffered = isOffered && mayPass(rules, "page", "out");
      standing.link?.setPage(isPageOffered);
    },
    receive(asked) {
      wanted = asked;
      // Who cannot ask does not say that it does.
      if (mayAsk) standing.query?.receive(asked);
    },
    forget() {
      wanted = undefined;
      standing.query?.forget();
    },
    async openProxy() {
      if (!mayPass(rules, "proxy", "out"))
        throw new HomeError("view-only", "this home lets no computer out by its link");
      if (standing.link === undefined) throw new HomeError("home-away", "this home has no link to a provider");
      return standing.link.openProxy();
    },
    publish: (...message) => mayTell && remote.publish(...message),
    snapshot,
    async [Symbol.asyncDispose]() {
      isClosing = true;
      timer.cancel();
      await looking;
      await end(standing);
    },
  };
}

const refuseStream = (): Promise<never> =>
  Promise.reject(new HomeError("not-granted", "this home's streams do not pass its link"));
