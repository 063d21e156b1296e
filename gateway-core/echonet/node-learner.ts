/** Learns who a node is and what its objects are: a record in the book for the node, a device for each object. */

import { type Host, sleep } from "../contract/clock.ts";
import type { DeviceId } from "../contract/device.ts";
import { toHomeError } from "../contract/errors.ts";
import { descriptorKeyOf } from "./descriptor-key.ts";
import { DeviceObject } from "./device-object.ts";
import { type Eoj, nodeProfileEoj } from "./eoj.ts";
import { deviceIdOf, type NodeBook, type NodeRecord } from "./node-book.ts";
import { createPropertyReader } from "./property-reader.ts";
import type { Transactions } from "./transactions.ts";
import type { WarnOnce } from "./warn-once.ts";

/** A node at one address. */
export interface LanNode {
  readonly address: string;
  /** What it says that it has, without its node profile. */
  readonly eojs: Set<Eoj>;
  /** What of that is a device already. */
  readonly objects: Map<Eoj, DeviceObject>;
  record: NodeRecord | undefined;
  isLearning: boolean;
  /** How often there was something to learn: what comes while learning is not missed. */
  news: number;
}

export interface NodeLearnerOptions {
  readonly host: Host;
  readonly transactions: Transactions;
  readonly book: NodeBook;
  readonly warnOnce: WarnOnce;
  readonly signal: AbortSignal;
  /** By address; a node that never answers is taken out. */
  readonly nodes: Map<string, LanNode>;
  readonly objects: Map<DeviceId, DeviceObject>;
  /** Called with each device that is new or has moved. */
  readonly onFound: (object: DeviceObject) => void;
}

export type LearnNode = (node: LanNode) => void;

const retriesMs = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
const epcs = { identification: 0x83, manufacturer: 0x8a, productCode: 0x8c };

export function createNodeLearner(options: NodeLearnerOptions): LearnNode {
  const { host, transactions, book, warnOnce, signal, nodes, objects, onFound } = options;
  const call = { priority: "get", signal } as const;

  function learn(node: LanNode): void {
    node.news++;
    if (node.isLearning) return;
    node.isLearning = true;
    void learnAll(node).finally(() => {
      node.isLearning = false;
    });
  }

  /** Until all is known, or the node stays silent for too long. */
  async function learnAll(node: LanNode): Promise<void> {
    for (let retry = 0; !signal.aborted; ) {
      const { news } = node;
      const isComplete = await learnOnce(node);
      if (node.news !== news) continue;
      if (isComplete) return;
      const delayMs = retriesMs[retry++];
      if (delayMs === undefined) return leave(node);
      await sleep(host.clock, delayMs, signal).catch(() => undefined);
    }
  }

  /** False when something is still to be learned. */
  async function learnOnce(node: LanNode): Promise<boolean> {
    try {
      const record = await book.identify(node.address, await readIdentification(node.address), askIdentification);
      if (record === undefined) return true;
      if (node.record !== record) disown(node);
      node.record = record;
      const missing = [...node.eojs].filter((eoj) => !node.objects.has(eoj));
      const isLearned = await Promise.all(missing.map((eoj) => introduce(node, record, eoj)));
      return isLearned.every((isDone) => isDone);
    } catch (thrown) {
      return giveUp(node.address, thrown);
    }
  }

  /** Says once what was not learned; false, for "not complete". */
  function giveUp(what: string, thrown: unknown): false {
    if (!signal.aborted) warnOnce("node-not-learned", what, { what, error: toHomeError(thrown).toBody() });
    return false;
  }

  /** Another node is at this address now: the objects of the one before are wherever it is. */
  function disown(node: LanNode): void {
    for (const object of node.objects.values()) object.address = undefined;
    node.objects.clear();
  }

  /** A node of which nothing became known is forgotten, and met again when it says something. */
  function leave(node: LanNode): void {
    if (node.objects.size > 0) return;
    nodes.delete(node.address);
    transactions.forget(node.address);
  }

  async function readIdentification(address: string): Promise<Uint8Array | undefined> {
    const reader = createPropertyReader(nodeProfileEoj, transactions);
    return (await reader.read(address, [epcs.identification], call)).values.get(epcs.identification);
  }

  const askIdentification = (address: string): Promise<Uint8Array | undefined> =>
    readIdentification(address).catch(() => undefined);

  /** Makes an object of the node a device; one that is known already has moved here. True when it is one now. */
  async function introduce(node: LanNode, record: NodeRecord, eoj: Eoj): Promise<boolean> {
    const id = deviceIdOf(record, eoj);
    const moved = objects.get(id);
    try {
      const object = moved ?? (await meetObject(id, eoj, node.address));
      if (object.address !== node.address) takeFrom(object);
      object.address = node.address;
      node.objects.set(eoj, object);
      objects.set(id, object);
      onFound(object);
      if (moved !== undefined) object.restart();
      return true;
    } catch (thrown) {
      return giveUp(id, thrown);
    }
  }

  async function meetObject(id: DeviceId, eoj: Eoj, address: string): Promise<DeviceObject> {
    const reader = createPropertyReader(eoj, transactions);
    const { values } = await reader.read(address, [epcs.manufacturer, epcs.productCode], call);
    const key = descriptorKeyOf(eoj, values.get(epcs.manufacturer), values.get(epcs.productCode));
    return new DeviceObject({ id, eoj, key, address, heardAt: host.clock.now() }, transactions);
  }

  /** The object is elsewhere now; whatever is at its old address is to be learned anew. */
  function takeFrom(object: DeviceObject): void {
    const before = object.address === undefined ? undefined : nodes.get(object.address);
    if (before?.objects.delete(object.eoj) === true) learn(before);
  }

  return learn;
}
