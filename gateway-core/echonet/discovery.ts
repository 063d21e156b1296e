/** Finds nodes and their objects (ECHONET Lite specification, part II, 4.3): asks all, listens, and asks again; makes each object a device with an id. */

import type { Sighting } from "../contract/adapter.ts";
import { type Host, sleep } from "../contract/clock.ts";
import type { DeviceId } from "../contract/device.ts";
import type { DeviceObject } from "./device-object.ts";
import { controllerEoj, type Eoj, isNodeProfile, nodeProfileEoj } from "./eoj.ts";
import type { Frame } from "./frame.ts";
import { decodeInstanceList } from "./instance-list.ts";
import type { Messenger } from "./messenger.ts";
import type { NodeBook } from "./node-book.ts";
import { createNodeLearner, type LanNode } from "./node-learner.ts";
import type { Transactions } from "./transactions.ts";
import type { WarnOnce } from "./warn-once.ts";

export interface Discovery {
  /** Asks every node now, some more times soon, and then every `rediscoverMs`, until the signal aborts. */
  start(): void;
  /** Asks every node now. */
  probe(): void;
  /** Takes every frame that arrives. */
  receive(from: string, frame: Frame): void;
  object(id: DeviceId): DeviceObject | undefined;
  /** Calls the listener with every device known, then with each that is found or has moved; returns how to stop. */
  follow(listener: (sighting: Sighting) => void): () => void;
}

export interface DiscoveryOptions {
  readonly host: Host;
  readonly messenger: Messenger;
  readonly transactions: Transactions;
  readonly book: NodeBook;
  readonly rediscoverMs: number;
  readonly warnOnce: WarnOnce;
  readonly signal: AbortSignal;
}

/** Several times: nodes miss a multicast now and then, or are still starting themselves. */
const firstProbesMs = [0, 2_000, 15_000, 60_000];
const mostNodes = 500;
const mostObjectsOfNode = 300;
const mostStrangers = 64;
const instanceList = 0xd6;
const instanceLists: readonly number[] = [0xd5, instanceList];
const nothing = new Uint8Array(0);

export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { host, messenger, transactions, book, rediscoverMs, warnOnce, signal } = options;
  const nodes = new Map<string, LanNode>();
  const objects = new Map<DeviceId, DeviceObject>();
  const strangers = new Set<string>();
  const listeners = new Set<(sighting: Sighting) => void>();

  const found = (object: DeviceObject): void => {
    for (const listener of listeners) listener(sightingOf(object));
  };
  const learn = createNodeLearner({ host, transactions, book, warnOnce, signal, nodes, objects, onFound: found });

  const sightingOf = ({ id, address = "", key }: DeviceObject): Sighting => ({
    protocol: "echonet",
    ref: { id, address },
    key,
  });

  const requestList = (): Frame => ({
    tid: messenger.freshTid(),
    seoj: controllerEoj,
    deoj: nodeProfileEoj,
    esv: "Get",
    properties: [{ epc: instanceList, edt: nothing }],
  });

  /** A node tells which objects it has. */
  function meet(address: string, eojs: readonly Eoj[], hasStarted: boolean): void {
    const node = nodes.get(address) ?? enter(address);
    if (node === undefined) return;
    for (const eoj of eojs) if (!isNodeProfile(eoj) && node.eojs.size < mostObjectsOfNode) node.eojs.add(eoj);
    if (hasStarted) for (const object of node.objects.values()) object.restart();
    if (hasStarted || node.eojs.size > node.objects.size) learn(node);
  }

  function enter(address: string): LanNode | undefined {
    if (nodes.size >= mostNodes) return void warnOnce("too-many-nodes", "", { nodes: mostNodes, first: address });
    const node: LanNode = {
      address,
      eojs: new Set(),
      objects: new Map(),
      record: undefined,
      isLearning: false,
      news: 0,
    };
    nodes.set(address, node);
    return node;
  }

  /** Someone speaks who did not say what he has. */
  async function askStranger(address: string): Promise<void> {
    if (strangers.has(address) || strangers.size >= mostStrangers) return;
    strangers.add(address);
    try {
      const request = {
        eoj: nodeProfileEoj,
        esv: "Get",
        properties: [{ epc: instanceList, edt: nothing }],
      } as const;
      await transactions.exchange({ address, request, attempts: 2, priority: "get", signal });
    } catch {
      // A stranger who does not answer is none of ours.
    } finally {
      if (!nodes.has(address)) transactions.forget(address);
      strangers.delete(address);
    }
  }

  return {
    start() {
      for (const delayMs of firstProbesMs) after(delayMs, this.probe);
      const again = (): void => {
        this.probe();
        after(rediscoverMs, again);
      };
      after(rediscoverMs, again);
    },

    probe: () => messenger.multicast(requestList()),

    receive(from, frame) {
      if (isNodeProfile(frame.seoj)) {
        const eojs = instanceListIn(frame);
        if (eojs !== undefined) meet(from, eojs, frame.esv === "INF" || frame.esv === "INFC");
        return;
      }
      const node = nodes.get(from);
      const object = node?.objects.get(frame.seoj);
      if (object !== undefined) object.hear(frame, host.clock.now());
      else if (node?.eojs.has(frame.seoj) !== true) void askStranger(from);
    },

    object: (id) => objects.get(id),

    follow(listener) {
      for (const object of objects.values()) listener(sightingOf(object));
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };

  function after(delayMs: number, action: () => void): void {
    sleep(host.clock, delayMs, signal).then(action, () => undefined);
  }
}

/** The objects that a frame of a node profile lists; undefined when it lists none, or not in a way that can be read. */
function instanceListIn({ esv, properties }: Frame): Eoj[] | undefined {
  if (esv !== "INF" && esv !== "INFC" && esv !== "Get_Res" && esv !== "Get_SNA") return undefined;
  const list = properties.find(({ epc, edt }) => instanceLists.includes(epc) && edt.length > 0);
  try {
    return list && decodeInstanceList(list.edt);
  } catch {
    return undefined;
  }
}
