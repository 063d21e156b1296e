/** The front door of the gateway: constructs the rooms and makes a station of each; wiring.ts has the table of the joints between them. */

import { join } from "node:path";
import { localEndOf } from "./access-link/link-interface.ts";
import { readRegistration } from "./access-link/registration.ts";
import { accessLinkPlan } from "./access-link-plan.ts";
import { joinAdapters } from "./adapter-stations.ts";
import { openRegisteredKeys } from "./command-signatures/registered-keys.ts";
import { createSignedControl } from "./command-signatures/signed-control.ts";
import type { Arrange } from "./contract/appearance.ts";
import type { Host } from "./contract/clock.ts";
import type { DescriptorEvent } from "./contract/descriptor-events.ts";
import type { Device } from "./contract/device.ts";
import { HomeError } from "./contract/errors.ts";
import { forgivingMemory } from "./contract/forgiving-memory.ts";
import type { JsonObject } from "./contract/json.ts";
import type { Control, DiscoveryEvent, HomeEvent } from "./contract/messages.ts";
import { unenrolledHome } from "./contract/signed-command.ts";
import type { Station, StationName } from "./contract/station.ts";
import type { AvSource } from "./contract/stream.ts";
import { openOrigins } from "./descriptor-origins.ts";
import { createDevices, type Devices } from "./devices/devices.ts";
import { thingDescription } from "./devices/thing-description.ts";
import type { WriteRecord } from "./echonet/recording-transport.ts";
import { gatewayModel } from "./gateway-model.ts";
import { type Addresses, addressesOf, type HomeDoors, homeProxyPlan, openHomePage } from "./home-doors.ts";
import { joinHistory } from "./home-history.ts";
import { joinRecordings } from "./home-recordings.ts";
import { createLastingControl } from "./lasting-control.ts";
import { openLocalBroker } from "./local-broker/local-broker.ts";
import { createLivePage } from "./page/live-page.ts";
import { createPageFeed } from "./page/page-feed.ts";
import { createPageHandler } from "./page/page-handler.ts";
import { createSetupHandler } from "./page/setup-handler.ts";
import { parseHomeEvent, parseTranslationEvent } from "./parse-message.ts";
import { createSearchAnew } from "./search-anew.ts";
import type { Settings } from "./settings.ts";
import { createSetup } from "./setup.ts";
import { createStation, type Plan, type Works } from "./station.ts";
import { createStreams } from "./streams.ts";

export { readCardTrouble } from "./access-link/card-watch.ts";
export { enrol, findGatewayPort, parseCard } from "./access-link/enrol.ts";
export { readRegistration } from "./access-link/registration.ts";
export { fromHex } from "./bytes/hex.ts";
export { openRegisteredKeys, type RegisteredKeys } from "./command-signatures/registered-keys.ts";
export { signText } from "./command-signatures/sign-text.ts";
export {
  type CaptureRecord,
  formatCaptureHeader,
  formatCaptureRecord,
  parseCapture,
  parseCaptureLine,
} from "./echonet/capture-record.ts";
export { createFrameExplainer, type FrameExplainer } from "./echonet/explain-frame.ts";
export { objectsToldIn, questionsToAll } from "./echonet/lan-question.ts";
export { chooseAddresses } from "./echonet/network-interfaces.ts";
export { echonetGroup, echonetPort } from "./echonet/udp-link.ts";
export { type ExaminedNode, examineBus } from "./ieee1394/examine-bus.ts";
export { ieee1394Explainer } from "./ieee1394/explain.ts";
export { type DeniedFile, examineMachine, type MachineBus } from "./ieee1394/linux/examine-machine.ts";
export { recordStream } from "./ieee1394/record-stream.ts";
export { createStreamEvidence } from "./ieee1394/stream-evidence.ts";
export { choiceOf } from "./plugin-adapters/parse-plugin.ts";
export { applyOverrides, parseSettings, type Settings } from "./settings.ts";
export { type Conversion, convertRecording, searchFfmpeg } from "./transcoder.ts";
export { joinAll, joints } from "./wiring.ts";

export interface Gateway extends AsyncDisposable {
  readonly stations: ReadonlyMap<StationName, Station>;
  readonly control: Control;
  /**
   * Takes an adapter of the package `from` (docs/adapters.md), at any time: it has a station then. The same again is no news.
   * @throws HomeError `adapter-refused`, once for each
   */
  join(adapter: unknown, from: string): void;
  devices(): readonly Device[];
  onHomeEvent(listener: (event: HomeEvent) => void): () => void;
  /** What is open now. */
  addresses(): Addresses;
}

export interface GatewayOptions {
  readonly settings: Settings;
  readonly host: Host;
  /** Where `device-descriptors/` and the built page are. */
  readonly packageRoot: string;
  /** Resolves when a gateway before this one has let go of its sockets. */
  readonly after?: Promise<void>;
  /** Where a provider may have left an enrolment card beforehand. */
  readonly cardFile?: string;
  /** Where what devices measure is kept over time; unless told, nothing is. */
  readonly historyFile?: string;
  /** Where what people record is kept; unless told, nothing can be. */
  readonly recordingsFolder?: string;
  /** Takes each ECHONET Lite datagram that this gateway sends and hears. */
  readonly capture?: WriteRecord;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { settings, host, packageRoot, after, capture, cardFile, historyFile, recordingsFolder } = options;
  const { clock, log } = host;
  const stations = new Map<StationName, Station>();
  const onStation = (station: Station): void => void stations.set(station.name, station);
  const tellAnew = (): void => {
    for (const station of stations.values()) station.tellAnew();
  };
  const makeStation = <In>(plan: Plan<In>) => createStation(plan, clock, log, after, tellAnew);
  const origins = openOrigins(settings.descriptors, packageRoot, log);
  const homeListeners = new Set<(event: HomeEvent) => void>();
  const open: HomeDoors & { devices?: Devices } = {};

  const history = joinHistory(settings, host, historyFile);
  const control = createLastingControl(() => open.devices?.control);
  const keys = openRegisteredKeys(host);
  /** What whoever is outside reaches of the control. */
  const remoteControl = createSignedControl({
    ...{ host, control, keys },
    rules: settings.signatures.required,
    home: () => readRegistration(host.memory)?.number ?? unenrolledHome,
  });
  const homeControl = settings.signatures.atHome ? remoteControl : control;
  const arrange: Arrange = (device, change) => {
    if (open.devices !== undefined) return open.devices.arrange(device, change);
    throw new HomeError("unknown-device", `no device "${device}" is known here`, { device });
  };
  const source = async (device: string, signal: AbortSignal): Promise<AvSource> => {
    if (open.devices !== undefined) return open.devices.openSource(device, signal);
    throw new HomeError("unknown-device", `no device "${device}" is known here`, { device });
  };
  // What was found of FFmpeg is found again.
  const mediaHost = { ...host, memory: forgivingMemory(host) };
  const kept = joinRecordings({ settings, host: mediaHost, folder: recordingsFolder, source });
  const describe = (device: Device) =>
    thingDescription(device, {
      ...(open.lan === undefined ? {} : { http: open.lan }),
      ...(open.mqtt === undefined ? {} : { mqtt: open.mqtt }),
    });
  /** Whoever is outside is told the address outside, never one inside the home. */
  const describeOutside = (http: string | undefined) => (device: Device) =>
    thingDescription(device, http === undefined ? {} : { http });
  const things = (): readonly Device[] => open.devices?.list() ?? [];

  const search = createSearchAnew(host.steadyClock ?? clock, settings.page.searchWaitMs);
  const adapters = joinAdapters({ settings, host, search, makeStation, onStation, capture });

  const translation = makeStation<DiscoveryEvent | DescriptorEvent>({
    name: "translation",
    parse: parseTranslationEvent,
    wires: { descriptors: (event) => event.type === "learned" },
    async open(send) {
      const sessions = adapters.take();
      await Promise.all([history.open(), kept.open()]);
      const devices = createDevices({ host, sessions, ...origins, find: adapters.describing(origins.find) });
      open.devices = devices;
      devices.control.onResult(control.tell);
      devices.onEvent((event) => {
        send(event);
        if (event.type === "found" && event.device.descriptor["gk:stream"] === true) void streams.prepare();
        history.receive(event);
        for (const listener of homeListeners) listener(event);
      });
      devices.onWanted((wanted) => send(wanted, 1));
      return {
        receive: (event) => devices.receive(event),
        // What was learned stays; nobody can be said to be asked any more.
        unwire: () => devices.receive({ type: "asked", asked: [] }),
        snapshots: () => [devices.snapshot(), devices.wanted()],
        async close() {
          delete open.devices;
          await kept.close();
          await devices[Symbol.asyncDispose]();
          await history.close();
          await adapters.give();
        },
      };
    },
  });

  const streams = createStreams({ settings, host: mediaHost, source });
  const assets = join(packageRoot, "dist", "ui");
  const gateway = gatewayModel(packageRoot);
  const { version } = gateway;
  const feeds = { lan: createPageFeed({ host }), remote: createPageFeed({ host }) };
  const handlerOf = (
    feed: typeof feeds.lan,
    control: Control,
    describe: (device: Device) => JsonObject,
    routes = streams.routes,
  ) =>
    createPageHandler({
      ...{ feed, control, arrange, things, describe, assets, host, version },
      ...{ history, search: search.ask, streams: routes, recordings: kept.recordings },
    });

  const page = makeStation<HomeEvent>({
    name: "page",
    parse: parseHomeEvent,
    wires: { home: (event) => event.type === "snapshot" },
    async open(send, show) {
      const from = localEndOf(settings.accessLink.interface);
      const setup = createSetup({ host, keys, access: () => open.access, from });
      const home = handlerOf(feeds.lan, homeControl, describe);
      const inside = createSetupHandler({ setup, handler: home, assets, host });
      const outside = handlerOf(feeds.lan, remoteControl, describeOutside(undefined));
      const server = await openHomePage({ settings, host, doors: open, inside, outside, things });
      const live = createLivePage({ host });
      const stops = [
        live.onEvent((event) => {
          feeds.lan.receive(event);
          send(event);
        }),
        control.onResult((result) => live.reportResult(result)),
        adapters.onTroubles((troubles) => live.reportTroubles(troubles)),
      ];
      feeds.lan.receive(live.snapshot());
      open.lan = server.url;
      show({ state: "open", text: "open", detail: server.url });
      return {
        receive: (event) => live.receive(event),
        unwire: () => live.unwire(),
        snapshots: () => [live.snapshot()],
        async close() {
          delete open.lan;
          for (const stop of stops) stop();
          await server[Symbol.asyncDispose]();
        },
      };
    },
  });

  const localBroker = makeStation<HomeEvent>({
    name: "local-broker",
    parse: parseHomeEvent,
    wires: { home: (event) => event.type === "snapshot" },
    async open(_send, show): Promise<Works<HomeEvent>> {
      const broker = await openLocalBroker({ ...settings.localBroker, host, control: homeControl, arrange, describe });
      open.mqtt = broker.url;
      show({ state: "open", text: "open", detail: broker.url });
      return {
        receive: (event) => broker.receive(event),
        unwire: () => broker.unwire(),
        async close() {
          delete open.mqtt;
          await broker[Symbol.asyncDispose]();
        },
      };
    },
  });

  const accessLink = makeStation(
    accessLinkPlan({
      ...{ settings, host, doors: open, feed: feeds.remote, control: remoteControl, describeAt: describeOutside },
      ...{ gateway, cardFile, openStream: streams.open },
      handlerAt: (http) => handlerOf(feeds.remote, remoteControl, describeOutside(http), streams.linkRoutes),
    }),
  );
  const homeProxy = makeStation(homeProxyPlan(settings, host, open));
  const others = [translation, page, localBroker, accessLink, homeProxy];
  for (const station of [...adapters.stations, ...others]) onStation(station);
  return {
    stations,
    join: adapters.join,
    control,
    devices: things,
    onHomeEvent(listener) {
      homeListeners.add(listener);
      return () => void homeListeners.delete(listener);
    },
    addresses: () => addressesOf(open),
    async [Symbol.asyncDispose]() {
      await streams[Symbol.asyncDispose]();
      // Outermost first: nobody is told of a home that is being taken apart.
      for (const station of others.toReversed()) await station[Symbol.asyncDispose]();
      await adapters[Symbol.asyncDispose]();
    },
  };
}
