/** The front door of the gateway: constructs the rooms and makes a station of each; wiring.ts has the table of the joints between them. */

import { join } from "node:path";
import { parseDescriptor } from "../device-descriptors/catalogue.ts";
import { type Access, openAccess } from "./access-link/access.ts";
import type { Host } from "./contract/clock.ts";
import type { DescriptorEvent } from "./contract/descriptor-events.ts";
import type { Device } from "./contract/device.ts";
import { HomeError } from "./contract/errors.ts";
import type { JsonObject } from "./contract/json.ts";
import type { Command, CommandResult, Control, DiscoveryEvent, HomeEvent } from "./contract/messages.ts";
import type { Station, StationName } from "./contract/station.ts";
import { openOrigins } from "./descriptor-origins.ts";
import { createDevices, type Devices } from "./devices/devices.ts";
import { thingDescription } from "./devices/thing-description.ts";
import { discoveryPlan } from "./discovery-station.ts";
import { createEchonetAdapter } from "./echonet/echonet-adapter.ts";
import { recordedTransport, type WriteRecord } from "./echonet/recording-transport.ts";
import { openUdpTransport } from "./echonet/udp-transport.ts";
import { gatewayModel } from "./gateway-model.ts";
import { joinIeee1394 } from "./ieee1394-station.ts";
import { openLocalBroker } from "./local-broker/local-broker.ts";
import { createLivePage } from "./page/live-page.ts";
import { createPageFeed } from "./page/page-feed.ts";
import { createPageHandler } from "./page/page-handler.ts";
import { openPageServer } from "./page/page-server.ts";
import { type LinkEvent, parseHomeEvent, parseLinkEvent, parseTranslationEvent } from "./parse-message.ts";
import { createRemoteTopics } from "./remote-topics.ts";
import type { Settings } from "./settings.ts";
import { shareSession } from "./shared-session.ts";
import { createStation, type Plan, type Works } from "./station.ts";

export { enrol, findGatewayPort, parseCard } from "./access-link/enrol.ts";
export { readRegistration } from "./access-link/registration.ts";
export { fromHex } from "./bytes/hex.ts";
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
export { recordStream } from "./ieee1394/record-stream.ts";
export { createStreamEvidence } from "./ieee1394/stream-evidence.ts";
export { applyOverrides, parseSettings, type Settings } from "./settings.ts";
export { joinAll, joints } from "./wiring.ts";

export interface Gateway extends AsyncDisposable {
  readonly stations: ReadonlyMap<StationName, Station>;
  readonly control: Control;
  devices(): readonly Device[];
  onHomeEvent(listener: (event: HomeEvent) => void): () => void;
  /** What is open now: addresses of the LAN page and the local broker. */
  addresses(): { readonly lan?: string; readonly mqtt?: string };
}

export interface GatewayOptions {
  readonly settings: Settings;
  readonly host: Host;
  /** Where `device-descriptors/` and the built page are. */
  readonly packageRoot: string;
  /** Resolves when a gateway before this one has let go of its sockets. */
  readonly after?: Promise<void>;
  /** Takes each ECHONET Lite datagram that this gateway sends and hears. */
  readonly capture?: WriteRecord;
}

export function createGateway({ settings, host, packageRoot, after, capture }: GatewayOptions): Gateway {
  const { clock, log } = host;
  const makeStation = <In>(plan: Plan<In>) => createStation(plan, clock, log, after);
  const origins = openOrigins(settings.descriptors, packageRoot, log);
  const homeListeners = new Set<(event: HomeEvent) => void>();
  const resultListeners = new Set<(result: CommandResult) => void>();
  const tellResult = (result: CommandResult): void => {
    for (const listener of resultListeners) listener(result);
  };
  const open: { devices?: Devices; lan?: string; mqtt?: string } = {};

  /** Always there, whatever is deployed just now; while nothing is translated no device is known. */
  const control: Control = {
    async execute(command) {
      if (open.devices !== undefined) return open.devices.control.execute(command);
      const result = unknownDevice(command);
      tellResult(result);
      return result;
    },
    onResult(listener) {
      resultListeners.add(listener);
      return () => void resultListeners.delete(listener);
    },
  };
  const describe = (device: Device) =>
    thingDescription(device, {
      ...(open.lan === undefined ? {} : { http: open.lan }),
      ...(open.mqtt === undefined ? {} : { mqtt: open.mqtt }),
    });
  /** Whoever is outside is told the address outside, never one inside the home. */
  const describeOutside = (http: string | undefined) => (device: Device) =>
    thingDescription(device, http === undefined ? {} : { http });
  const things = (): readonly Device[] => open.devices?.list() ?? [];

  const transport = capture === undefined ? openUdpTransport : recordedTransport(openUdpTransport, clock, capture);
  const echonet = shareSession(() =>
    createEchonetAdapter(transport).open({ ...settings.home }, host, new AbortController().signal),
  );

  const ieee1394 = joinIeee1394(settings, host);
  const discoveries = [discoveryPlan("echonet", echonet, log), ieee1394.discovery].map((plan) => makeStation(plan));

  const translation = makeStation<DiscoveryEvent | DescriptorEvent>({
    name: "translation",
    parse: parseTranslationEvent,
    wires: { descriptors: (event) => event.type === "learned" },
    async open(send) {
      const sessions = new Map([
        ["echonet", await echonet.take()],
        ["ieee1394", await ieee1394.session.take()],
      ]);
      const devices = createDevices({ host, sessions, ...origins });
      open.devices = devices;
      devices.control.onResult(tellResult);
      devices.onEvent((event) => {
        send(event);
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
          await devices[Symbol.asyncDispose]();
          await Promise.all([echonet.give(), ieee1394.session.give()]);
        },
      };
    },
  });

  const feeds = { lan: createPageFeed({ host }), remote: createPageFeed({ host }) };
  const handlerOf = (feed: typeof feeds.lan, describe: (device: Device) => JsonObject) =>
    createPageHandler({ feed, control, things, describe, assets: join(packageRoot, "dist", "ui"), host });

  const page = makeStation<HomeEvent>({
    name: "page",
    parse: parseHomeEvent,
    wires: { home: (event) => event.type === "snapshot" },
    async open(send, show) {
      const server = await openPageServer({ ...settings.page, handler: handlerOf(feeds.lan, describe), host });
      const live = createLivePage({ host });
      const stops = [
        live.onEvent((event) => {
          feeds.lan.receive(event);
          send(event);
        }),
        control.onResult((result) => live.reportResult(result)),
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
      const broker = await openLocalBroker({ ...settings.localBroker, host, control, describe });
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

  const accessLink = makeStation<LinkEvent>({
    name: "access-link",
    parse: parseLinkEvent,
    wires: {
      page: (event) => event.type === "snapshot" && "epoch" in event,
      home: (event) => event.type === "snapshot" && !("epoch" in event),
      wanted: (event) => event.type === "wanted",
    },
    async open(send, show): Promise<Works<LinkEvent>> {
      const access = openAccess({
        host,
        isEnabled: settings.accessLink.enabled,
        gateway: gatewayModel(packageRoot),
        handlerAt: (http) => handlerOf(feeds.remote, describeOutside(http)),
        parse: parseDescriptor,
        onDescriptor: send,
        onCommand: (command) => remote.execute(command),
      });
      const remote = createRemoteTopics({
        ...{ host, control, publish: access.publish },
        describe: describeOutside(access.home),
      });
      const tell = (state: Access["state"]): void =>
        show({ state: state === "connecting" || state === "offline" ? "opening" : "open", text: state });
      access.onState(tell);
      tell(access.state);
      return {
        receive(event) {
          if (event.type === "wanted") access.receive(event);
          else if (!("epoch" in event)) remote.receive(event);
          else {
            feeds.remote.receive(event);
            access.setPage(true);
          }
        },
        unwire(wire) {
          if (wire === "wanted") return access.forget();
          if (wire === "home") return remote.unwire();
          feeds.remote.unwire();
          access.setPage(false);
        },
        snapshots: () => [access.snapshot()],
        async close() {
          remote[Symbol.dispose]();
          await access[Symbol.asyncDispose]();
        },
      };
    },
  });

  const all = [...discoveries, translation, page, localBroker, accessLink];
  return {
    stations: new Map(all.map((station) => [station.name, station])),
    control,
    devices: things,
    onHomeEvent(listener) {
      homeListeners.add(listener);
      return () => void homeListeners.delete(listener);
    },
    addresses: () => ({ ...(open.lan ? { lan: open.lan } : {}), ...(open.mqtt ? { mqtt: open.mqtt } : {}) }),
    async [Symbol.asyncDispose]() {
      // Outermost first: nobody is told of a home that is being taken apart.
      for (const station of all.toReversed()) await station[Symbol.asyncDispose]();
    },
  };
}

function unknownDevice({ id, device, request }: Command): CommandResult {
  const error = new HomeError("unknown-device", `no device "${device}" is known here`, { device });
  return { id, device, request, ok: false, error: error.toBody() };
}
