/**
 * The front door of the access broker: constructs the rooms and joins them. Users come in at one port, homes' gateways
 * dial in at another; between the two stand the challenge and the firewall.
 */

import { randomBytes } from "node:crypto";
import { linkLabel } from "../gateway-core/contract/access-number.ts";
import { openCertificateFiles } from "./authority/certificate-files.ts";
import { createGatewayCertificates } from "./authority/gateway-certificates.ts";
import { createServerCertificates } from "./authority/server-certificates.ts";
import { behindBalancers } from "./balancers-door.ts";
import { createChallenges } from "./challenges.ts";
import { createCompactDoor } from "./compact-door.ts";
import { openDescriptorDatabase } from "./descriptor-database/descriptor-database.ts";
import { openDeskDoor } from "./desk-door.ts";
import { createEnrolmentDoor } from "./enrolment-door.ts";
import { createEnrolment } from "./gateways/enrolment.ts";
import { createGatewayDirectory } from "./gateways/gateway-directory.ts";
import { type GatewayPort, openGatewayPort } from "./gateways/gateway-port.ts";
import { createHomeSight } from "./homes-door.ts";
import { onlyKnownCallers } from "./internet/caller-number.ts";
import { createFrontDesk } from "./internet/front-desk.ts";
import { createHomeDoor } from "./internet/home-door.ts";
import { createHomesDesk } from "./internet/homes-desk.ts";
import { createOpenAnswers } from "./internet/open-answers.ts";
import { createProviderDoor } from "./internet/provider-door.ts";
import { createSocketDoor } from "./internet/socket-door.ts";
import { createUpgradeDesk } from "./internet/upgrade-desk.ts";
import type { Visit } from "./internet/visit.ts";
import { createMediaDoor } from "./media-door.ts";
import { createOperation } from "./operation.ts";
import { pacFile } from "./outbound-proxy/pac.ts";
import type { OutboundProxy } from "./outbound-proxy/proxy-server.ts";
import { shortJson } from "./pages/whole-body.ts";
import { createPagesDoor } from "./pages-door.ts";
import {
  type Addresses,
  addressesOf,
  onFreePort,
  portsOf,
  rememberedPorts,
  rememberPorts,
  wishedPorts,
} from "./ports.ts";
import { openProviderAuthority, openStore, type Provider, sealOld } from "./provider.ts";
import { createProxyDoor } from "./proxy-door.ts";
import { openRemotePort, type RemotePort } from "./remote-mqtt/remote-port.ts";
import { createRemoteMqtt } from "./remote-mqtt-door.ts";
import { isSocketPath, judgeHttp, judgeSocket, longestBody, type Verdict } from "./request-firewall/http-rules.ts";
import { certificateFilesOf, hstsSecondsOf } from "./settings.ts";
import { createAuditTrail } from "./subscriptions/audit-trail.ts";
import { callersAtPublicDoor, openUserDoors } from "./user-doors.ts";

export { setOperatorPassword } from "./operator-password.ts";
export {
  addKey,
  caCertificatePem,
  issueCard,
  listTable,
  revokeGateway,
  setProxy,
  setRequirement,
  subscribe,
} from "./provider.ts";
export { exportAudit, verifyAudit } from "./provider-audit.ts";
export { backUp, restore } from "./provider-backup.ts";
export {
  publishDescriptors,
  publishedDescriptors,
  wantedDescriptors,
  withdrawDescriptor,
} from "./provider-descriptors.ts";
export { exportSubscriptions, importSubscriptions } from "./provider-file.ts";
export {
  changePerson,
  grantPerson,
  type Invitation,
  invitePerson,
  listPeople,
  setMethods,
  type Wished,
} from "./provider-people.ts";
export { type AccessBrokerSettings, parseAccessBrokerSettings } from "./settings.ts";

const pruneMs = 60 * 60_000;

export interface AccessBroker extends AsyncDisposable {
  /** `https://` and `tls://` addresses with the ports that are really open. */
  readonly addresses: Addresses;
  /** Reads the certificate files anew. */
  reload(): void;
  /** Before its end: nobody new comes in, what is under way comes to its end, homes and viewers are told to come back. */
  drain(): Promise<void>;
}

/** @throws HomeError `address-unusable`, `settings-invalid` */
export async function openAccessBroker(provider: Provider): Promise<AccessBroker> {
  const { settings, host } = provider;
  const { clock, log } = host;
  await using opened = new AsyncDisposableStack();
  const store = opened.use(openStore(provider));
  await sealOld(provider, store);
  const authority = await openProviderAuthority(provider);
  const gatewayCertificates = createGatewayCertificates(authority.gateways, clock);
  const files = opened.use(openCertificateFiles(certificateFilesOf(settings), host));
  const certificates = await createServerCertificates({ maker: authority.servers, host: settings.host, clock, files });

  const operation = opened.use(createOperation(provider, store));
  const audit = operation.watchAudit(createAuditTrail(operation.auditStore, clock, log));
  const prune = (): void => {
    pruning = clock.after(pruneMs, prune);
    store.prune(clock.now()).catch((cause: unknown) => log.write("error", "prune-failed", { cause: String(cause) }));
  };
  let pruning = clock.after(0, prune);
  opened.defer(() => pruning.cancel());

  const directory = createGatewayDirectory(clock);
  const { descriptorKey, markOf } = authority;
  const descriptors = opened.use(
    await openDescriptorDatabase({
      ...{ store, clock, log, markOf },
      onChange: (sequence) => directory.tellAll({ topic: "down/descriptors", body: { sequence } }),
    }),
  );
  const enrolment = createEnrolment(
    store,
    async (csr, number) => {
      const signed = await gatewayCertificates.sign(csr, number);
      return { ...signed, answer: { ...signed.answer, descriptorKey } };
    },
    gatewayCertificates.holderOf,
    clock,
  );
  const secret = await store.secret("broker", randomBytes(32).toString("base64url"));
  const challenges = await createChallenges({
    ...{ store, clock, secret, rpId: settings.host },
    deskRequirement: settings.operator.requirement,
  });
  const { sightOf } = challenges.sessions;
  const openAnswers = opened.use(createOpenAnswers(clock, sightOf));
  const pages = createPagesDoor({ clock, find: directory.find, sightOf });
  const sessions = pages.endingWith(challenges.sessions);
  const media = opened.use(createMediaDoor({ host, limits: settings.media, find: directory.find, audit, openAnswers }));
  const relay = media.wrap(operation.farewell.wrap(pages.relay));

  const remote = opened.use(
    createRemoteMqtt({
      ...{ host, audit, openAnswers, directory, sessions: challenges.sessions, loginBy: challenges.appsBy },
      name: settings.host,
    }),
  );
  /** @throws the reason of a refusal by the first firewall. */
  const admit = (verdict: Verdict): void => {
    operation.judged(verdict.allow ? "allowed" : "refused");
    if (!verdict.allow) throw verdict.reason;
  };
  const { account } = challenges;
  async function peopleChanged(number: string): Promise<void> {
    pages.cache.forgetPeople(number);
    await Promise.all([openAnswers.recheck(), remote.homes.recheck(number)]);
  }
  const hasCallers = settings.callers !== undefined;
  const home = createHomeDoor({
    ...challenges,
    sessions,
    hasCallers,
    account: {
      ...account,
      async remove(number, user, kind, id) {
        const isRemoved = await account.remove(number, user, kind, id);
        await remote.homes.recheck(number);
        return isRemoved;
      },
    },
    clock,
    longestBody,
    shortJson,
    relay,
    openAnswers,
    audit,
    peopleChanged,
    admit: (line) => admit(judgeHttp({ ...line, now: clock.now() })),
  });

  const behind = behindBalancers(settings, host);
  const wished = wishedPorts(settings);
  const before = rememberedPorts(host, wished);

  const outbound = opened.use(
    createProxyDoor({
      ...{ settings, host, store, audit, behind },
      contextFor: certificates.contextFor,
      programs: challenges.appsBy("proxy"),
    }),
  );
  const gateways = opened.use(
    await onFreePort<GatewayPort>(settings.listen, before.gateways, (port) =>
      openGatewayPort(settings.listen, port, {
        ...{ clock, log, directory, behind },
        gatewayCa: gatewayCertificates.caPem,
        ownCertificate: () => certificates.pairFor(`${linkLabel}.${settings.host}`),
        async known(serials) {
          const certificates = await store.findCertificates(serials);
          const good = certificates.filter(({ expiresAt }) => clock.now() < expiresAt);
          return new Map(good.map(({ serial, number }) => [serial, number]));
        },
        renew: enrolment.renew,
        descriptors,
        remote: remote.homes,
        onPage: (number) => void pages.warm(number),
        collectYoung: host.collectYoung,
        admitProxy: outbound.admit,
        audit: (event, number, source, facts) => audit(event, number, null, source, facts),
      }),
    ),
  );

  const proxy = opened.use(await onFreePort<OutboundProxy>(settings.listen, before.proxy, outbound.open));

  const provision = createProviderDoor({
    clock,
    host: settings.host,
    gatewayPort: () => gateways.port,
    homes: createHomesDesk({
      ...{ clock, audit, host: settings.host, ...challenges.homes },
      lookInto: createHomeSight({ host: settings.host, directory, relay }),
    }),
    desk: openDeskDoor({
      ...{ provider, store, directory, operation },
      rooms: { ...challenges, hasCallers, clock, openAnswers, audit, peopleChanged },
    }),
    pacFile: () => pacFile(settings.host, proxy.port),
    ...createEnrolmentDoor({ clock, enrolment, audit, cut: directory.cut }),
  });

  const { answerBareHost: bareHost } = provision;
  const desk = { host: settings.host, log, hstsSeconds: hstsSecondsOf(settings) };
  const withheld = ({ source, method, path }: Visit): void =>
    audit("request-refused", null, null, source, { reason: "caller-withheld", method, path: path.slice(0, 128) });
  const compact = createCompactDoor({
    ...{ clock, host: settings.host },
    home: onlyKnownCallers(home, withheld),
    bareHost: onlyKnownCallers(bareHost, withheld),
  });
  const answer = createFrontDesk({ ...desk, ...compact, link: provision.answerGateway });
  const socketDoor = createSocketDoor({
    ...{ sessions, openAnswers, audit, takes: isSocketPath, relay: pages.relaySocket },
    admit: (line) => admit(judgeSocket({ ...line, now: clock.now() })),
  });
  const caller = callersAtPublicDoor(settings);
  const upgrade = createUpgradeDesk({ ...desk, caller, routes: [remote.route, socketDoor] });
  const { users, callers } = opened.use(
    await openUserDoors(settings, before.users, {
      ...{ log, contextFor: certificates.contextFor, upgrade, behind },
      answer: operation.follow(answer),
    }),
  );

  const remoteMqtt = opened.use(
    await onFreePort<RemotePort>(settings.listen, before.remoteMqtt, (port) =>
      openRemotePort(settings.listen, port, {
        ...{ clock, log, receive: remote.receive, behind },
        contextFor: certificates.contextFor,
        ownCertificate: () => certificates.pairFor(settings.host),
      }),
    ),
  );

  const operator = opened.use(
    await operation.open(
      {
        ...{
          certificates,
          files,
          remote: remote.homes,
          media,
          tellHomes: directory.tellAll,
          passwordQueue: challenges.passwordQueue,
        },
        doors: { users, gateways, remoteMqtt, proxy, ...(callers && { callers }) },
      },
      before.operator,
    ),
  );

  const taken = portsOf({ users, gateways, remoteMqtt, proxy, operator });
  rememberPorts(host, wished, before, taken);

  const closing = opened.move();
  return {
    addresses: addressesOf(settings, { ...taken, callers: callers?.port }),
    reload: files.reload,
    drain() {
      media.drain();
      return operation.drain();
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
