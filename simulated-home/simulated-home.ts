/**
 * The front door of the simulated home: ECHONET Lite nodes that speak the real wire, each on a loopback address of its
 * own, and the panel where a person touches the devices themselves.
 */

import type { Host } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { airConditioner } from "./behaviours/air-conditioner.ts";
import { lighting } from "./behaviours/lighting.ts";
import type { SimulatedDevice } from "./behaviours/simulated-device.ts";
import { thermometer } from "./behaviours/thermometer.ts";
import { waterHeater } from "./behaviours/water-heater.ts";
import { type DeviceView, viewOf } from "./device-view.ts";
import { openPanel } from "./panel/panel-server.ts";
import { createRoom } from "./room.ts";
import { createSimulatedNode } from "./simulated-node.ts";
import { openUdpNode } from "./udp-node.ts";
import { big, hex, octets } from "./wire/octets.ts";

export interface SimulatedHomeOptions {
  readonly host: Host;
  /** 127.0.0.1 only; a free port unless given. */
  readonly panelPort?: number;
  /** One IPv4 address for each node; more than there are nodes is no harm. */
  readonly addresses?: readonly string[];
  /** The port of the protocol; another one makes a home that no other home on this machine hears. */
  readonly port?: number;
}

export interface SimulatedHome extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/` */
  readonly panelUrl: string;
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
  const { host, panelPort = 0, addresses = ["127.0.0.2", "127.0.0.3"], port = 3610 } = options;
  await using opened = new AsyncDisposableStack();
  const life = opened.adopt(new AbortController(), (controller) => controller.abort());

  const room = createRoom(host.clock, life.signal);
  const plan = [
    [airConditioner(1, room), lighting(1)],
    [waterHeater(1, host.clock, life.signal), thermometer(1, room)],
  ];
  const homes: { readonly address: string; readonly devices: readonly SimulatedDevice[] }[] = [];
  for (const [index, devices] of plan.entries()) {
    const address = addresses[index];
    if (address === undefined) {
      throw new HomeError("settings-invalid", `${plan.length} nodes need ${plan.length} addresses`, { addresses });
    }
    const node = createSimulatedNode({
      identity: identityOf(index + 1),
      objects: devices.map(({ object }) => object),
      send: (frame, to) => udp.send(frame, to),
    });
    const udp = opened.use(await openUdpNode(address, port, (frame, from) => node.receive(frame, from)));
    opened.defer(() => node.stop());
    homes.push({ address, devices });
    node.start();
  }

  const home = {
    devices: () => homes.flatMap(({ address, devices }) => devices.map((device) => viewOf(address, device))),
    set(address: string, eoj: string, epc: string, edt: string) {
      const devices = homes.find((node) => node.address === address)?.devices ?? [];
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
  const everything = opened.move();
  return { ...home, panelUrl: panel.url, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

/** 13 octets: the same after every start, another for each node. */
function identityOf(number: number): string {
  return `${hex(new TextEncoder().encode("genkan-home"))}${hex(big(number, 2))}`;
}
