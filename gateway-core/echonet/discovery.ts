/** Finds nodes and their objects (ECHONET Lite specification, part II, 4.3): asks all, listens, and asks again; makes each object a device with an id. */

import type { Sighting } from "../contract/adapter.ts";
import { type Host, sleep } from "../contract/clock.ts";
import type { DeviceId } from "../contract/device.ts";
import type { DeviceObject } from "./device-object.ts";
import { controllerEoj, type Eoj, isNodeProfile, nodeProfileEoj } from "./eoj.ts";
import type { Frame } from "./frame.ts";
import { decodeInstanceList, isWholeList } from "./instance-list.ts";
import { createLanNode, type LanNode } from "./lan-node.ts";
import type { MapCache } from "./map-cache.ts";
import type { Messenger } from "./messenger.ts";
import type { NodeBook } from "./node-book.ts";
import { createNodeLearner } from "./node-learner.ts";
import type { Transactions } from "./transactions.ts";
import type { WarnOnce } from "./warn-once.ts";

export interface Discovery {
  /** Asks every node now, some more times soon, and then every `rediscoverMs`, until the signal aborts. */
  start(): void;
  /** Asks every node now and some more times soon: the wire leads to others than before. */
  lookAround(): void;
  /** Asks every node now. */
  probe(): void;
  /** Takes every frame that arrives. */
  receive(from: string, frame: Frame): void;
  object(id: DeviceId): DeviceObject | undefined;
  /** Calls the listener with every device known, then with each that is found, has moved or is gone; returns how to stop. */
  follow(listener: (sighting: Sighting) => void): () => void;
}

export interface DiscoveryOptions {
  readonly host: Host;
  readonly messenger: Messenger;
  readonly transactions: Transactions;
  readonly book: NodeBook;
  readonly maps: MapCache;
  readonly rediscoverMs: number;
  readonly warnOnce: WarnOnce;
  readonly signal: AbortSignal;
}

/** Several times: nodes miss a multicast now and then, or are still starting themselves. */
const firstProbesMs = [0, 2_000, 15_000, 60_000];
const mostNodes = 500;
const mostObjectsOfNode = 300;
const mostStrangers = 64;
const mostProbes = 8;
/** An answer to all that comes later than this was held back on purpose. */
const soonMs = 1_000;
const twinLostMs = 90_000;
const instanceList = 0xd6;
const instanceLists: readonly number[] = [0xd5, instanceList];
const nothing = new Uint8Array(0);

export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { host, messenger, transactions, rediscoverMs, warnOnce, signal } = options;
  const nodes = new Map<string, LanNode>();
  const objects = new Map<DeviceId, DeviceObject>();
  const strangers = new Set<string>();
  const listeners = new Set<(sighting: Sighting) => void>();

  /** When the last questions to all were asked, by TID. */
  const probedAt = new Map<number, number>();

  const tell = (object: DeviceObject, isGone: boolean): void => {
    for (const listener of listeners) listener(isGone ? { ...sightingOf(object), gone: true } : sightingOf(object));
  };
  const onFound = (object: DeviceObject): void => tell(object, false);
  const onGone = (object: DeviceObject): void => tell(object, true);
  const learner = createNodeLearner({ ...options, nodes, objects, onFound, onGone });

  const sightingOf = ({ id, address = "", make }: DeviceObject): Sighting => ({
    protocol: "echonet",
    ref: { id, address },
    key: make.key,
  });

  const requestList = (): Frame => ({
    tid: messenger.freshTid(),
    seoj: controllerEoj,
    deoj: nodeProfileEoj,
    esv: "Get",
    properties: [{ epc: instanceList, edt: nothing }],
  });

  /** A node tells which objects it has. */
  function meet(address: string, { eojs, isWhole }: InstanceList, hasStarted: boolean): void {
    const node = nodes.get(address) ?? enter(address);
    if (node === undefined) return;
    node.heardAt = host.clock.now();
    for (const eoj of eojs) if (!isNodeProfile(eoj) && node.eojs.size < mostObjectsOfNode) node.eojs.add(eoj);
    if (hasStarted) for (const object of node.objects.values()) restart(object);
    if (hasStarted || (node.twin === undefined && node.eojs.size > node.objects.size) || isTwinLost(node))
      learner.learn(node);
    if (isWhole && [...node.eojs].some((eoj) => !eojs.includes(eoj))) void recount(node);
  }

  function restart(object: DeviceObject): void {
    object.restart();
    learner.recheck(object);
  }

  /** A node was known by another address, and is heard by this one only. */
  function isTwinLost({ twin }: LanNode): boolean {
    return twin !== undefined && host.clock.now() - twin.heardAt > twinLostMs;
  }

  /** A node did not name what it had: it is gone when the node says so when asked. */
  async function recount(node: LanNode): Promise<void> {
    if (node.isCounting) return;
    node.isCounting = true;
    try {
      const edt = await askList(node.address, "poll");
      const list = edt && listOf(edt);
      if (list?.isWhole !== true) return;
      for (const eoj of node.eojs) if (!list.eojs.includes(eoj)) learner.forget(node, eoj);
    } catch {
      // Who does not answer has taken nothing back.
    } finally {
      node.isCounting = false;
    }
  }

  function enter(address: string): LanNode | undefined {
    if (nodes.size >= mostNodes) return void warnOnce("too-many-nodes", "", { nodes: mostNodes, first: address });
    const node = createLanNode(address, host.clock.now());
    nodes.set(address, node);
    return node;
  }

  async function askList(address: string, priority: "get" | "poll"): Promise<Uint8Array | undefined> {
    const properties = [{ epc: instanceList, edt: nothing }];
    const request = { eoj: nodeProfileEoj, esv: "Get", properties } as const;
    return (await transactions.exchange({ address, request, attempts: 2, priority, signal })).given.get(instanceList);
  }

  /** Someone speaks who did not say what he has. */
  async function askStranger(address: string): Promise<void> {
    if (strangers.has(address) || strangers.size >= mostStrangers) return;
    strangers.add(address);
    try {
      await askList(address, "get");
    } catch {
      // A stranger who does not answer is none of ours.
    } finally {
      if (!nodes.has(address)) transactions.forget(address);
      strangers.delete(address);
    }
  }

  function probe(): void {
    const frame = requestList();
    probedAt.set(frame.tid, host.clock.now());
    for (const oldest of probedAt.keys()) if (probedAt.size > mostProbes) probedAt.delete(oldest);
    messenger.multicast(frame);
  }

  /** An answer to a question to all tells how long a node takes before it is asked anything alone. */
  function learnPace(from: string, { tid, esv }: Frame): void {
    const askedAt = probedAt.get(tid);
    const takenMs = host.clock.now() - (askedAt ?? 0);
    if (askedAt !== undefined && esv === "Get_Res" && takenMs < soonMs) transactions.learn(from, takenMs);
  }

  function lookAround(): void {
    for (const delayMs of firstProbesMs) after(delayMs, probe);
  }

  return {
    start() {
      lookAround();
      const again = (): void => {
        probe();
        after(rediscoverMs, again);
      };
      after(rediscoverMs, again);
    },

    lookAround,
    probe,

    receive(from, frame) {
      if (isNodeProfile(frame.seoj)) {
        const list = instanceListIn(frame);
        const isNew = !nodes.has(from);
        if (list !== undefined) meet(from, list, frame.esv === "INF" || frame.esv === "INFC");
        if (isNew && nodes.has(from)) learnPace(from, frame);
        return;
      }
      const node = nodes.get(from);
      if (node !== undefined) node.heardAt = host.clock.now();
      if (node?.twin !== undefined) return;
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

interface InstanceList {
  readonly eojs: readonly Eoj[];
  readonly isWhole: boolean;
}

/** The objects that a frame of a node profile lists; undefined when it lists none, or not in a way that can be read. */
function instanceListIn({ esv, properties }: Frame): InstanceList | undefined {
  if (esv !== "INF" && esv !== "INFC" && esv !== "Get_Res" && esv !== "Get_SNA") return undefined;
  const list = properties.find(({ epc, edt }) => instanceLists.includes(epc) && edt.length > 0);
  return list && listOf(list.edt);
}

function listOf(edt: Uint8Array): InstanceList | undefined {
  try {
    return { eojs: decodeInstanceList(edt), isWhole: isWholeList(edt) };
  } catch {
    return undefined;
  }
}
