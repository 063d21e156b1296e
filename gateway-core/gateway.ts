/**
 * The front door of the gateway: constructs the rooms, makes a station of each and owns the table of joints between
 * them. On a running gateway the nodes of flows/whole-home.json make the joints; headless, `joinAll` makes them.
 */

import { join } from "node:path";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import { type LinkState, openAccessLink } from "./access-link/broker-link.ts";
import { homeAddress, readRegistration } from "./access-link/registration.ts";
import type { Host } from "./contract/clock.ts";
import type { Device } from "./contract/device.ts";
import { HomeError, toHomeError } from "./contract/errors.ts";
import type { JsonObject } from "./contract/json.ts";
import type { Command, CommandResult, Control, DiscoveryEvent, HomeEvent } from "./contract/messages.ts";
import type { PageEvent } from "./contract/page.ts";
import type { Joint, Station, StationName } from "./contract/station.ts";
import { createDevices, type Devices } from "./devices/devices.ts";
import { thingDescription } from "./devices/thing-description.ts";
import { createEchonetAdapter } from "./echonet/echonet-adapter.ts";
import { openLocalBroker } from "./local-broker/local-broker.ts";
import { createLivePage } from "./page/live-page.ts";
import { createPageFeed } from "./page/page-feed.ts";
import { createPageHandler } from "./page/page-handler.ts";
import { openPageServer } from "./page/page-server.ts";
import { parseDiscoveryEvent, parseHomeEvent, parsePageEvent } from "./parse-message.ts";
import type { Settings } from "./settings.ts";
import { shareSession } from "./shared-session.ts";
import { createStation, type Plan, type Works } from "./station.ts";

export { enrol, parseCard } from "./access-link/enrol.ts";
export { readRegistration } from "./access-link/registration.ts";
export { explainFrame } from "./echonet/explain-frame.ts";
export { ieee1394Explainer } from "./ieee1394/explain.ts";
export { applyOverrides, parseSettings, type Settings } from "./settings.ts";

/** The wires of a whole home; a house test holds flows/whole-home.json to this table. */
export const joints: readonly Joint[] = [
  { from: "discovery:echonet", to: "translation:echonet" },
  { from: "translation:echonet", to: "page" },
  { from: "translation:echonet", to: "local-broker" },
  { from: "page", to: "access-link" },
];

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
}

export function createGateway({ settings, host, packageRoot, after }: GatewayOptions): Gateway {
  const { clock, log } = host;
  const makeStation = <In>(plan: Plan<In>) => createStation(plan, clock, log, after);
  const catalogue = loadCatalogue([join(packageRoot, "device-descriptors"), ...settings.descriptors.folders], (error) =>
    log.write("error", "descriptor-refused", error.toBody()),
  );
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
  const things = (): readonly Device[] => open.devices?.list() ?? [];

  const echonet = shareSession(() =>
    createEchonetAdapter().open({ ...settings.home }, host, new AbortController().signal),
  );

  const discovery = makeStation<never>({
    name: "discovery:echonet",
    parse: refuse,
    async open(send) {
      const leaving = new AbortController();
      const session = await echonet.take();
      const seen = new Map<string, DiscoveryEvent & { type: "sighting" }>();
      const following = follow(session.discover({ signal: leaving.signal, active: true }), (sighting) => {
        if (sighting.gone) seen.delete(sighting.ref.id);
        else seen.set(sighting.ref.id, { type: "sighting", sighting });
        send({ type: "sighting", sighting } satisfies DiscoveryEvent);
      }).catch((thrown) => log.write("error", "discovery-failed", { error: toHomeError(thrown).toBody() }));
      return {
        snapshot: (): DiscoveryEvent => ({
          type: "sightings",
          sightings: [...seen.values()].map(({ sighting }) => sighting),
        }),
        async close() {
          leaving.abort();
          await following;
          await echonet.give();
        },
      };
    },
  });

  const translation = makeStation<DiscoveryEvent>({
    name: "translation:echonet",
    parse: parseDiscoveryEvent,
    async open(send) {
      const session = await echonet.take();
      const devices = createDevices({
        host,
        sessions: new Map([["echonet", session]]),
        find: (key) => catalogue.find(key),
      });
      open.devices = devices;
      devices.control.onResult(tellResult);
      devices.onEvent((event) => {
        send(event);
        for (const listener of homeListeners) listener(event);
      });
      return {
        receive: (event) => devices.receive(event),
        snapshot: () => devices.snapshot(),
        async close() {
          delete open.devices;
          await devices[Symbol.asyncDispose]();
          await echonet.give();
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
    isSnapshot: (event) => event.type === "snapshot",
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
        snapshot: () => live.snapshot(),
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
    isSnapshot: (event) => event.type === "snapshot",
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

  const accessLink = makeStation<PageEvent>({
    name: "access-link",
    parse: parsePageEvent,
    isSnapshot: (event) => event.type === "snapshot",
    async open(_send, show): Promise<Works<PageEvent>> {
      const registration = readRegistration(host.memory);
      if (!settings.accessLink.enabled || registration === undefined) {
        show({ state: "open", text: registration === undefined ? "not-enrolled" : "closed" });
        return { close: async () => undefined };
      }
      // Whoever is outside is told the address outside, never one inside the home.
      const http = homeAddress(registration);
      const handler = handlerOf(feeds.remote, (device) => thingDescription(device, { http }));
      const link = openAccessLink({ host, registration, handler });
      const tell = (state: LinkState): void => show({ state: state === "online" ? "open" : "opening", text: state });
      link.onState(tell);
      tell(link.state);
      return {
        receive(event) {
          feeds.remote.receive(event);
          link.setPage(true);
        },
        unwire() {
          feeds.remote.unwire();
          link.setPage(false);
        },
        close: () => link[Symbol.asyncDispose](),
      };
    },
  });

  const all = [discovery, translation, page, localBroker, accessLink];
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

/** Headless: every station held and every joint made. Returns how to let go. */
export function joinAll(gateway: Gateway): () => void {
  const station = (name: StationName): Station => {
    const found = gateway.stations.get(name);
    if (found === undefined) throw new HomeError("internal", `no station "${name}"`);
    return found;
  };
  const releases = joints.map(({ from, to }) => station(from).onOutput((message) => station(to).receive(message)));
  for (const { hold } of gateway.stations.values()) {
    const held = hold();
    releases.push(() => held.release());
  }
  return () => {
    for (const release of releases) release();
  };
}

function refuse(): never {
  throw new HomeError("flow-invalid", "nothing enters a discovery node");
}

function unknownDevice({ id, device, request }: Command): CommandResult {
  const error = new HomeError("unknown-device", `no device "${device}" is known here`, { device });
  return { id, device, request, ok: false, error: error.toBody() };
}

/** Hands each item on until the iterable ends. */
async function follow<T>(items: AsyncIterable<T>, take: (item: T) => void): Promise<void> {
  for await (const item of items) take(item);
}
