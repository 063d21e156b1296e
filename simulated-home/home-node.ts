/** One node of the simulated home: its devices, its line to the network, and what can befall it. */

import type { Host } from "../gateway-core/contract/clock.ts";
import type { SimulatedDevice } from "./behaviours/simulated-device.ts";
import type { HomeNetwork, Plug } from "./home-network.ts";
import { identificationsOf } from "./identification.ts";
import { createLine } from "./line.ts";
import { quirksOf } from "./quirks/quirks.ts";
import type { Random } from "./random.ts";
import type { PlannedNode } from "./scenario/plan-nodes.ts";
import { createSimulatedNode } from "./simulated-node.ts";
import { big, hex, octets } from "./wire/octets.ts";

export interface HomeNode extends AsyncDisposable {
  readonly name: string;
  readonly address: string;
  readonly devices: readonly SimulatedDevice[];
  /** It hears and answers. */
  readonly isAlive: boolean;
  /** Takes its power away, or its cable: nothing is heard or said. */
  kill(): void;
  /** Gives it power: it announces itself. Also the first time. */
  revive(): void;
  /** Takes another address, and announces itself from there. @throws HomeError `address-unusable`. */
  move(address: string): Promise<void>;
  /** Announces a property of a device at once, whether it changed or not. */
  announce(device: SimulatedDevice, epc: number): void;
}

export interface HomeNodeOptions {
  readonly planned: PlannedNode;
  /** From 1. */
  readonly number: number;
  readonly devices: readonly SimulatedDevice[];
  readonly network: HomeNetwork;
  readonly host: Host;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** Plugged in, but without power: `revive` starts it. @throws HomeError `address-unusable`. */
export async function openHomeNode(options: HomeNodeOptions): Promise<HomeNode> {
  const { planned, number, devices, network, host, random, signal } = options;
  const { identification = "unique", quirks = {}, latencyMs = 0, lossRate = 0 } = planned;
  const line = createLine({ clock: host.clock, random, latencyMs, lossRate, signal });
  let isAlive = false;

  const identifications = identificationsOf(identification, number, freshHex(host));
  for (const { object } of devices) {
    const own = identifications.ofDevice(object.eoj);
    const isAsked = planned.planned.some(({ eoj, values }) => eoj === object.eoj && values?.["83"] !== undefined);
    if (!isAsked && (object.tell(0x83) !== undefined || identification === "shared")) {
      object.preset(0x83, own === undefined ? undefined : octets(own));
    }
  }
  const node = createSimulatedNode({
    identification: identifications.ofNode,
    objects: devices.map(({ object }) => object),
    quirks: quirksOf(quirks),
    send(frame, to, way = {}) {
      if (isAlive) line(() => isAlive && plug.send(frame, to, way), way.lateMs);
    },
  });
  const plugIn = (address: string): Promise<Plug> =>
    network.plug(address, (datagram, from, isMulticast) => {
      if (isAlive) line(() => isAlive && node.receive(datagram, from, isMulticast));
    });
  let plug = await plugIn(planned.address);

  return {
    name: planned.name,
    get address() {
      return plug.address;
    },
    devices,
    get isAlive() {
      return isAlive;
    },
    kill() {
      isAlive = false;
    },
    revive() {
      if (identification === "random") node.identify(identificationsOf("random", number, freshHex(host)).ofNode);
      isAlive = true;
      node.start();
    },
    async move(address) {
      const next = await plugIn(address);
      const last = plug;
      plug = next;
      await last[Symbol.asyncDispose]();
      if (isAlive) node.start();
    },
    announce: ({ object }, epc) => node.announce(object, epc),
    async [Symbol.asyncDispose]() {
      isAlive = false;
      node.stop();
      await plug[Symbol.asyncDispose]();
    },
  };
}

/** 13 octets of chance that no seed repeats. */
function freshHex({ ids }: Host): string {
  return Array.from({ length: 13 }, () => hex(big(Math.floor(ids.fraction() * 256), 1))).join("");
}
