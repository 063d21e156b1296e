/** Learns who a node is and what its objects are: a record in the book for the node, a device for each object. */

import { type Host, sleep } from "../contract/clock.ts";
import type { DeviceId } from "../contract/device.ts";
import { toHomeError } from "../contract/errors.ts";
import { isSameJson } from "../contract/json.ts";
import { DeviceObject } from "./device-object.ts";
import { type Eoj, nodeProfileEoj } from "./eoj.ts";
import { findTwin, type LanNode, type ReadMark } from "./lan-node.ts";
import type { MapCache } from "./map-cache.ts";
import { familyOf } from "./network-interfaces.ts";
import { deviceIdOf, type NodeBook, type NodeRecord } from "./node-book.ts";
import { readMake } from "./object-make.ts";
import { createPropertyReader } from "./property-reader.ts";
import type { Transactions } from "./transactions.ts";
import type { WarnOnce } from "./warn-once.ts";

export interface NodeLearnerOptions {
  readonly host: Host;
  readonly transactions: Transactions;
  readonly book: NodeBook;
  readonly maps: MapCache;
  readonly warnOnce: WarnOnce;
  readonly signal: AbortSignal;
  /** By address; a node that never answers is taken out. */
  readonly nodes: Map<string, LanNode>;
  readonly objects: Map<DeviceId, DeviceObject>;
  /** Called with each device that is new or has moved. */
  readonly onFound: (object: DeviceObject) => void;
  /** Called with each device that is not there any more, or not as it was: then it is found anew. */
  readonly onGone: (object: DeviceObject) => void;
}

export interface NodeLearner {
  learn(node: LanNode): void;
  /** The node does not have this object any more. */
  forget(node: LanNode, eoj: Eoj): void;
  /** Looks, after a while, whether an object still is what it was believed to be. */
  recheck(object: DeviceObject): void;
}

const retriesMs = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
const identification = 0x83;
/** So much later a node is learned that is heard by IPv6: by then it was heard by IPv4, if it has that too. */
const ipv6GraceMs = 300;
const turnMs = 1;
/** After the values, which somebody waits for. */
const recheckMs = 10_000;

export function createNodeLearner(options: NodeLearnerOptions): NodeLearner {
  const { host, transactions, book, maps, warnOnce, signal, nodes, objects, onFound, onGone } = options;
  const rechecking = new Set<DeviceObject>();
  const waiting: LanNode[] = [];
  let isTurnTaken = false;
  const call = { priority: "get", signal } as const;

  function learn(node: LanNode): void {
    node.news++;
    if (node.isLearning) return;
    node.isLearning = true;
    waiting.push(node);
    if (!isTurnTaken) takeTurn();
  }

  /**
   * One node begins with each turn of the clock. All nodes answer a multicast at once: begun together, they would be done
   * together at the very end; so the first devices are whole while the last have not been asked.
   */
  function takeTurn(): void {
    const node = waiting.shift();
    isTurnTaken = node !== undefined;
    if (node === undefined) return;
    void learnAll(node).finally(() => {
      node.isLearning = false;
    });
    host.clock.after(turnMs, takeTurn);
  }

  /** Until all is known, or the node stays silent for too long. */
  async function learnAll(node: LanNode): Promise<void> {
    if (familyOf(node.address) === "ipv6") await pause(ipv6GraceMs);
    for (let retry = 0; !signal.aborted; ) {
      const { news } = node;
      const isComplete = await learnOnce(node);
      if (node.news !== news) continue;
      if (isComplete) return;
      const delayMs = retriesMs[retry++];
      if (delayMs === undefined) return leave(node);
      await pause(delayMs);
    }
  }

  const pause = (ms: number): Promise<void> => sleep(host.clock, ms, signal).catch(() => undefined);

  /** False when something is still to be learned. */
  async function learnOnce(node: LanNode): Promise<boolean> {
    try {
      const identity = await readIdentification(node.address);
      node.hex = book.tellingHex(identity);
      node.twin = undefined;
      const twin = await findTwin(node, nodes.values(), host.clock.now(), readMark);
      if (twin !== undefined && familyOf(node.address) === "ipv6") return echo(node, twin);
      const record = await book.identify(node.address, identity, askIdentification, twin?.record);
      if (twin !== undefined) echo(twin, node, record);
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

  /** The node is known by its twin from now on. What it has under another record is there twice, and goes. True, for "complete". */
  function echo(node: LanNode, twin: LanNode, record = twin.record): true {
    node.twin = twin;
    if (node.record !== record) for (const eoj of node.objects.keys()) drop(node, eoj);
    node.record = undefined;
    return true;
  }

  /** Another node is at this address now: the objects of the one before are wherever it is. */
  function disown(node: LanNode): void {
    for (const object of node.objects.values()) object.address = undefined;
    node.objects.clear();
  }

  function drop(node: LanNode, eoj: Eoj): void {
    const object = node.objects.get(eoj);
    node.objects.delete(eoj);
    if (object === undefined) return;
    object.address = undefined;
    objects.delete(object.id);
    onGone(object);
  }

  /** A node of which nothing became known is forgotten, and met again when it says something. */
  function leave(node: LanNode): void {
    if (node.objects.size > 0) return;
    nodes.delete(node.address);
    transactions.forget(node.address);
  }

  async function readIdentification(address: string): Promise<Uint8Array | undefined> {
    const reader = createPropertyReader(nodeProfileEoj, transactions);
    return (await reader.read(address, [identification], call)).values.get(identification);
  }

  const askIdentification = (address: string): Promise<Uint8Array | undefined> =>
    readIdentification(address).catch(() => undefined);

  const readMark: ReadMark = async (address, eoj, epcs) =>
    (await createPropertyReader(eoj, transactions).read(address, epcs, call)).values;

  /** Makes an object of the node a device; one that is known already has moved here. True when it is one now. */
  async function introduce(node: LanNode, record: NodeRecord, eoj: Eoj): Promise<boolean> {
    const id = deviceIdOf(record, eoj);
    const moved = objects.get(id);
    try {
      const object = moved ?? (await meetObject(id, eoj, node.address));
      if (!node.eojs.has(eoj)) return true;
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
    const make = await readMake(reader, { id, eoj, address }, call);
    const parts = { transactions, reader, maps, onBelieved: recheck };
    return new DeviceObject({ id, eoj, make, address, heardAt: host.clock.now() }, parts);
  }

  /** The object is elsewhere now; whatever is at its old address is to be learned anew. */
  function takeFrom(object: DeviceObject): void {
    const before = object.address === undefined ? undefined : nodes.get(object.address);
    if (before?.objects.delete(object.eoj) === true) learn(before);
  }

  function recheck(object: DeviceObject): void {
    if (rechecking.has(object)) return;
    rechecking.add(object);
    const done = (): void => void rechecking.delete(object);
    // Who does not answer now is asked when he starts anew.
    void pause(recheckMs)
      .then(() => recheckNow(object))
      .then(done, done);
  }

  async function recheckNow(object: DeviceObject): Promise<void> {
    const { id, eoj, address } = object;
    const node = address === undefined ? undefined : nodes.get(address);
    if (address === undefined || node?.objects.get(eoj) !== object) return;
    const now = { priority: "poll", signal } as const;
    const make = await readMake(createPropertyReader(eoj, transactions), { id, eoj, address }, now);
    const isSame = isSameJson(make.key, object.make.key) && (await object.hasSameMaps(now));
    if (isSame || node.objects.get(eoj) !== object) return;
    drop(node, eoj);
    learn(node);
  }

  return {
    learn,
    recheck,
    forget(node, eoj) {
      node.eojs.delete(eoj);
      drop(node, eoj);
    },
  };
}
