/** Joins what an operator watches: figures, health, the operator's listener, and the way down without breaking anything off. */

import type { Listening } from "../gateway-core/bytes/listening.ts";
import { type Clock, sleep } from "../gateway-core/contract/clock.ts";
import type { DownMessage } from "../gateway-core/contract/link.ts";
import type { CertificateFiles } from "./authority/certificate-files.ts";
import type { ServerCertificates } from "./authority/server-certificates.ts";
import { createOperatorDoor } from "./internet/operator-door.ts";
import { isLoopback, openOperatorListener } from "./internet/operator-listener.ts";
import type { OperatorFacts } from "./internet/operator-pages.ts";
import type { Visit } from "./internet/visit.ts";
import { createFigures, type MediaTraffic } from "./operation/figures.ts";
import { examineHealth } from "./operation/health.ts";
import { createOnlineHomes } from "./operation/online-homes.ts";
import { createRates } from "./operation/rates.ts";
import { createOperatorJudge } from "./operator-password.ts";
import { createFarewell, type Farewell } from "./pages/stream-farewell.ts";
import { onFreePort } from "./ports.ts";
import type { Provider } from "./provider.ts";
import { type Published, publishDescriptors, wantedDescriptors } from "./provider-descriptors.ts";
import { certificateFilesOf } from "./settings.ts";
import type { createAuditTrail } from "./subscriptions/audit-trail.ts";
import type { Store } from "./subscriptions/store.ts";

type Audit = ReturnType<typeof createAuditTrail>;

const mostListed = 200;
/** TLS handshakes that one core makes in a second, with room to spare: so fast do the homes come back. */
const homesPerSecond = 300;
const soonestSpreadMs = 2_000;
/** How long what was told last is on its way. */
const lastWordsMs = 300;
const lookMs = 50;

/** The rooms that are watched, once they are there. */
export interface Watched {
  readonly doors: Readonly<Record<string, Listening>>;
  readonly certificates: ServerCertificates;
  readonly files: CertificateFiles;
  readonly remote: { readonly visitors: number };
  readonly media: { traffic(): MediaTraffic };
  readonly tellHomes: (message: DownMessage) => void;
  passwordQueue(): number;
}

export interface Operation extends Disposable {
  /** The store for the audit, whose backlog is counted. */
  readonly auditStore: Pick<Store, "appendAudit">;
  readonly farewell: Farewell;
  /** `part`: which homes to list. */
  facts(part: string): Promise<OperatorFacts>;
  /** @throws HomeError `descriptor-invalid`, `value-invalid` */
  publish(descriptor: unknown, model: string, by: Provider["by"]): Promise<Published>;
  watchAudit(audit: Audit): Audit;
  judged(verdict: "allowed" | "refused"): void;
  /** Counts the requests that are under way. */
  follow(answer: (visit: Visit) => Promise<Response>): (visit: Visit) => Promise<Response>;
  /** @throws HomeError `address-unusable` */
  open(watched: Watched, port: number): Promise<Listening>;
  /** Takes nobody new in, lets what is under way come to its end, and tells viewers and homes to come back later. */
  drain(): Promise<void>;
}

export function createOperation(provider: Provider, store: Store): Operation {
  const { settings, host } = provider;
  const { clock, log, ids } = host;
  const { listen, drainSeconds } = settings.operator;
  const homes = createOnlineHomes(() => clock.now());
  const farewell = createFarewell(() => ids.fraction());
  let watched: Watched | undefined;
  let isDraining = false;
  let [backlog, busy] = [0, 0];

  const traffic = () =>
    Object.fromEntries(Object.entries(watched?.doors ?? {}).map(([door, one]) => [door, one.traffic()]));
  const figures = createFigures({
    homesOnline: () => homes.count,
    mqttVisitors: () => watched?.remote.visitors ?? 0,
    eventStreams: () => farewell.open,
    media: () => watched?.media.traffic() ?? { streams: 0, viewers: 0, received: 0, sent: 0 },
    passwordQueue: () => watched?.passwordQueue() ?? 0,
    auditBacklog: () => backlog,
    certificateExpiresAt: () => (certificateFilesOf(settings).length > 0 ? watched?.files.expiresAt : undefined),
    traffic,
    stored: () => store.countStored(clock.now()),
  });
  const rates = createRates(clock, traffic);
  const health = () =>
    examineHealth(
      {
        isDraining: () => isDraining,
        listeners: () =>
          Object.fromEntries(Object.entries(watched?.doors ?? {}).map(([door, one]) => [door, one.isListening])),
        askStore: () => store.descriptorSequence(),
      },
      clock,
    );

  async function facts(part: string): Promise<OperatorFacts> {
    const { status, store: isStoreThere } = await health();
    const refusals = await figures.refusals();
    const perSecond = Object.entries(rates.now());
    const open = traffic();
    return {
      ...{ status, isStoreThere, homesOnline: homes.count, part, homes: homes.list(mostListed, part) },
      doors: perSecond.map(([door, rate]) => ({ door, open: open[door]?.open ?? 0, ...rate })),
      refusals: refusals.toSorted((a, b) => b.count - a.count),
      wanted: isStoreThere ? (await wantedDescriptors(provider)).slice(0, mostListed) : [],
    };
  }

  async function publish(descriptor: unknown, model: string, by: Provider["by"]): Promise<Published> {
    const gateways = model === "" ? {} : { model };
    const told = { ...provider, ...(by === undefined ? {} : { by }) };
    const [published] = await publishDescriptors({ ...told, descriptors: [descriptor], gateways });
    return published ?? { type: "", version: "", isNew: false };
  }

  return {
    farewell,
    facts,
    publish,
    auditStore: {
      async appendAudit(entry) {
        backlog++;
        try {
          await store.appendAudit(entry);
        } finally {
          backlog--;
        }
      },
    },
    watchAudit: (audit) => (event, number, user, source, about) => {
      homes.happened(event, number, source);
      figures.happened(event, about["reason"]);
      audit(event, number, user, source, about);
    },
    judged: figures.judged,
    follow: (answer) => (visit) => {
      busy++;
      void visit.closed.then(() => busy--);
      return answer(visit);
    },

    async open(rooms, port) {
      watched = rooms;
      const { certificates } = rooms;
      const judge = createOperatorJudge(host);
      const answer = createOperatorDoor({
        ...{ clock, log, host: settings.host, isLoopback: isLoopback(listen), health, facts, ...judge },
        figures: async () => ({ contentType: figures.contentType, text: await figures.text() }),
        publish: (descriptor, model) => publish(descriptor, model, { source: "operator" }),
      });
      return onFreePort(listen, port, (candidate) =>
        openOperatorListener(listen, candidate, {
          ...{ log, answer, contextFor: certificates.contextFor },
          ownCertificate: () => certificates.pairFor(settings.host),
        }),
      );
    },

    async drain() {
      isDraining = true;
      const { doors = {}, tellHomes } = watched ?? {};
      for (const door of Object.values(doors)) door.stop();
      farewell.say();
      log.write("info", "draining", { homes: homes.count, busy });
      await until(() => busy === 0, drainSeconds * 1000, clock);
      if (homes.count > 0) {
        const spreadMs = Math.min(600_000, Math.max(soonestSpreadMs, (homes.count / homesPerSecond) * 1000));
        tellHomes?.({ topic: "down/leaving", body: { spreadMs: Math.round(spreadMs) } });
        await sleep(clock, lastWordsMs);
      }
      log.write("info", "drained", { busy });
    },
    [Symbol.dispose]() {
      rates[Symbol.dispose]();
      figures[Symbol.dispose]();
    },
  };
}

async function until(holds: () => boolean, longestMs: number, clock: Clock): Promise<void> {
  const end = clock.now() + longestMs;
  while (!holds() && clock.now() < end) await sleep(clock, lookMs);
}
