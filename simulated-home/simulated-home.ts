/**
 * The front door of the simulated home: ECHONET Lite nodes that speak the real wire, each on a loopback address of its
 * own, and the panel where a person touches the devices themselves.
 */

import type { Host } from "../gateway-core/contract/clock.ts";
import type { Descriptor } from "../gateway-core/contract/descriptor.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import fourDevices from "./default-home.json" with { type: "json" };
import { type DeviceView, viewOf } from "./device-view.ts";
import { openHomeNetwork } from "./home-network.ts";
import { type HomeNode, openHomeNode } from "./home-node.ts";
import { openScenarioBus } from "./ieee1394/open-bus.ts";
import { makeDevice } from "./make-device.ts";
import { openPanel } from "./panel/panel-server.ts";
import { createRandom } from "./random.ts";
import { createRoom, type Room } from "./room.ts";
import { planNodes } from "./scenario/plan-nodes.ts";
import { parseScenario } from "./scenario/scenario.ts";
import { runScript } from "./scenario/script.ts";
import { openNetworkTuner } from "./tuner/network-tuner.ts";
import { big, hex, octets } from "./wire/octets.ts";

export interface SimulatedHomeOptions {
  readonly host: Host;
  /** 127.0.0.1 only; a free port unless given. */
  readonly panelPort?: number;
  /** Of the scenario's serial bus, likewise. */
  readonly busPort?: number;
  /** Of the scenario's network tuner, likewise. */
  readonly tunerPort?: number;
  /** One IPv4 address for each node instead of the scenario's; more than there are nodes is no harm. */
  readonly addresses?: readonly string[];
  /** The port of the protocol; another one makes a home that no other home on this machine hears. */
  readonly port?: number;
  /** A scenario as read from its file (docs/scenarios.md); four devices unless given. */
  readonly scenario?: unknown;
  /** The descriptor of a class (four lower-case digits); without it only the classes of hand-written behaviours can be. */
  readonly find?: (eojClass: string) => Descriptor | undefined;
}

export interface SimulatedHome extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/` */
  readonly panelUrl: string;
  /** `tcp://127.0.0.1:<port>` where the scenario has a serial bus: the gateway's setting `ieee1394.bus`. */
  readonly busUrl: string | undefined;
  /** `http://127.0.0.1:<port>/stream` where the scenario has a network tuner: a source for the gateway's setting `media.sources`. */
  readonly tunerUrl: string | undefined;
  devices(): readonly DeviceView[];
  /**
   * Sets a property at the device itself, as its buttons, sensors and faults do: also what no controller may set.
   * @param eoj six hexadecimal digits, @param epc two, @param edt as many octets as the property has.
   * @throws HomeError `unknown-device`, `unknown-property`, `value-invalid`.
   */
  set(address: string, eoj: string, epc: string, edt: string): void;
}

/** @throws HomeError `address-unusable`, `settings-invalid`. */
export async function openSimulatedHome(options: SimulatedHomeOptions): Promise<SimulatedHome> {
  const { host, panelPort = 0, busPort = 0, tunerPort = 0, port = 3610, find = () => undefined } = options;
  const { clock } = host;
  const scenario = parseScenario(options.scenario ?? fourDevices);
  const planned = planNodes(scenario, options.addresses);
  const { seed = 0, script = [] } = scenario;
  await using opened = new AsyncDisposableStack();
  const life = opened.adopt(new AbortController(), (controller) => controller.abort());
  const { signal } = life;

  const rooms = new Map<string, Room>();
  const roomOf = (name: string): Room => {
    const room = rooms.get(name) ?? createRoom(clock, signal);
    rooms.set(name, room);
    return room;
  };
  const network = opened.use(await openHomeNetwork(port));
  const nodes: HomeNode[] = [];
  for (const [index, plan] of planned.entries()) {
    const room = (): Room => roomOf(plan.room === undefined ? `of ${plan.name}` : `called ${plan.room}`);
    const devices = plan.planned.map((object) =>
      makeDevice(object, { room, clock, signal, find, random: createRandom(seed, index, object.eoj) }),
    );
    const random = createRandom(seed, index);
    const number = index + 1;
    nodes.push(opened.use(await openHomeNode({ planned: plan, number, devices, network, host, random, signal })));
  }
  runScript(script, {
    nodes,
    clock,
    signal,
    find,
    onFailure: (step, thrown) =>
      host.log.write("warn", "step-failed", { node: step.node, do: step.do, reason: toHomeError(thrown).message }),
  });

  const home = {
    devices: () => nodes.flatMap((node) => node.devices.map((device) => viewOf(node, device))),
    set(address: string, eoj: string, epc: string, edt: string) {
      const devices = nodes.find((node) => node.address === address)?.devices ?? [];
      const device = devices.find(({ object }) => hex(big(object.eoj, 3)) === eoj.toLowerCase());
      if (device === undefined)
        throw new HomeError("unknown-device", `no device ${eoj} at ${address}`, { address, eoj });
      const held = device.object.tell(Number.parseInt(epc, 16));
      if (held === undefined) throw new HomeError("unknown-property", `${eoj} has no property ${epc}`, { eoj, epc });
      const isWhole = /^([0-9a-f]{2})+$/i.test(edt) && edt.length === 2 * held.length;
      if (!isWhole || !device.object.put(Number.parseInt(epc, 16), octets(edt))) {
        throw new HomeError("value-invalid", `${edt} is no EDT of ${held.length} octets for ${epc}`, { epc, edt });
      }
    },
  };
  const panel = opened.use(await openPanel(home, panelPort));
  const bus = scenario.bus && opened.use(await openScenarioBus(scenario.bus, clock, busPort));
  const tuner = scenario.tuner && opened.use(await openNetworkTuner(scenario.tuner, clock, tunerPort));
  for (const [index, node] of nodes.entries()) if (planned[index]?.alive !== false) node.revive();
  const everything = opened.move();
  return {
    ...{ ...home, panelUrl: panel.url, busUrl: bus?.url, tunerUrl: tuner?.url },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
