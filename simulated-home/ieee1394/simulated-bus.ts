/**
 * A simulated serial bus (IEEE 1394-1995, IEEE 1394a-2000): nodes whose ids move at each bus reset while their GUIDs stay,
 * transactions with response codes, an elected isochronous resource manager, channels; and this machine's own node on it.
 */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import {
  type Answer,
  type BusNode,
  type BusState,
  ended,
  type IsochronousPacket,
  type LockKind,
  nothing,
  type Rcode,
  type Request,
  type Wire,
} from "./bus-words.ts";
import { createClientLedger } from "./client-ledger.ts";
import { createHostNode, type FcpWrite } from "./host-node.ts";

export interface SimulatedBusOptions {
  readonly clock: Clock;
  /** How long a transaction takes. */
  readonly latencyMs?: number;
  readonly gapCount?: number;
  /** How many bus resets there were before, up to 255. */
  readonly generation?: number;
  /** A fault for this request to the node of this GUID: how it ends instead of being answered. */
  readonly fault?: (request: Request, guid: string) => Rcode | undefined;
}

interface NodeAt {
  readonly nodeId: number;
  readonly generation: number;
}

/** The bus as a program on this machine sees it: the gateway's bus port (docs/ieee1394.md). */
export interface BusClient extends AsyncDisposable {
  readonly state: BusState;
  read(at: NodeAt, address: number, octetCount: number): Promise<Answer>;
  write(at: NodeAt, address: number, octets: Uint8Array): Promise<Rcode>;
  lock(at: NodeAt, address: number, kind: LockKind, octets: Uint8Array): Promise<Answer>;
  resetBus(): void;
  /** Adds blocks to this machine's ROM until the client goes, and makes a bus reset. False where they are refused. */
  announce(blocks: { readonly key: number; readonly octets: Uint8Array }): boolean;
  onReset(listener: (state: BusState) => void): () => void;
  onFcp(listener: (frame: FcpWrite) => void): () => void;
  listen(channel: number, listener: (packets: readonly IsochronousPacket[]) => void): () => void;
}

export interface SimulatedBus {
  /** Makes a bus reset; the new node gets the lowest physical id, so that the ids of all others move. */
  plug(node: BusNode): void;
  /** Makes a bus reset. */
  unplug(guid: string): void;
  resetBus(): void;
  /** Where the node of a GUID is now. */
  nodeIdOf(guid: string): number | undefined;
  /**
   * A client of the machine that the bus is plugged into; all share its one node. One that goes and has taken anything
   * that it did not give back leaves a bus reset behind: what nobody takes again then is free.
   */
  connect(): BusClient;
}

const localBus = 0xffc0;

export function createSimulatedBus(options: SimulatedBusOptions): SimulatedBus {
  const { clock, latencyMs = 0, gapCount = 63, fault } = options;
  const host = createHostNode(clock);
  let nodes: readonly BusNode[] = [host.node];
  let { generation = 0 } = options;
  const resets = new Set<(state: BusState) => void>();
  const channels = new Map<number, Set<(packets: readonly IsochronousPacket[]) => void>>();

  const idOf = (node: BusNode | undefined): number | undefined => {
    const place = node === undefined ? -1 : nodes.indexOf(node);
    return place < 0 ? undefined : localBus + place;
  };
  const irm = (): BusNode | undefined => nodes.findLast(({ isContender }) => isContender);
  const state = (): BusState => ({
    generation,
    localNodeId: idOf(host.node) ?? localBus,
    irmNodeId: idOf(irm()),
    nodeIds: nodes.map((_, place) => localBus + place),
    gapCount,
  });

  function transact(source: BusNode, at: NodeAt, request: Omit<Request, "source">): Promise<Answer> {
    const asked = generation;
    return new Promise((resolve) => {
      clock.after(latencyMs, () => {
        const from = idOf(source);
        if (at.generation !== generation || asked !== generation) return resolve(ended("generation"));
        const target = nodes[at.nodeId - localBus];
        if (target === undefined || from === undefined) return resolve(ended("no-ack"));
        const whole = { ...request, source: from };
        const broken = fault?.(whole, target.guid);
        resolve(broken === undefined ? target.answer(whole) : ended(broken));
      });
    });
  }

  const wireOf = (node: BusNode, at: number): Wire => ({
    nodeId: idOf(node) ?? localBus,
    generation: at,
    isIrm: node === irm(),
    async write(nodeId, address, octets) {
      const target = { nodeId, generation: at };
      return (await transact(node, target, { kind: "write", address, octetCount: 0, octets })).rcode;
    },
    transmit(channel, packets) {
      if (at !== generation) return;
      for (const listener of channels.get(channel) ?? []) listener(packets);
    },
  });

  function resetBus(): void {
    generation = (generation + 1) % 256;
    for (const node of nodes) node.reset(wireOf(node, generation));
    for (const listener of resets) listener(state());
  }

  const bus: SimulatedBus = {
    plug(node) {
      nodes = [node, ...nodes.filter(({ guid }) => guid !== node.guid)];
      resetBus();
    },
    unplug(guid) {
      const leaving = nodes.find((node) => node.guid === guid && node !== host.node);
      if (leaving === undefined) return;
      nodes = nodes.filter((node) => node !== leaving);
      leaving.reset(undefined);
      resetBus();
    },
    resetBus,
    nodeIdOf: (guid) => idOf(nodes.find((node) => node.guid === guid)),
    connect: () => connectClient({ state, transact, resetBus, host, resets, channels }),
  };
  resetBus();
  return bus;
}

interface Core {
  readonly state: () => BusState;
  readonly transact: (source: BusNode, at: NodeAt, request: Omit<Request, "source">) => Promise<Answer>;
  readonly resetBus: () => void;
  readonly host: ReturnType<typeof createHostNode>;
  readonly resets: Set<(state: BusState) => void>;
  readonly channels: Map<number, Set<(packets: readonly IsochronousPacket[]) => void>>;
}

function connectClient({ state, transact, resetBus, host, resets, channels }: Core): BusClient {
  let isOpen = true;
  const ledger = createClientLedger();
  const stops = new Set<() => void>();
  const ask = (at: NodeAt, request: Omit<Request, "source">): Promise<Answer> =>
    isOpen ? transact(host.node, at, request) : Promise.resolve(ended("cancelled"));
  const follow = <T>(set: Set<T>, listener: T): (() => void) => {
    set.add(listener);
    const stop = (): void => {
      set.delete(listener);
      stops.delete(stop);
    };
    stops.add(stop);
    return stop;
  };
  let unannounce: (() => void)[] = [];
  const leave = (): void => {
    for (const stop of unannounce) stop();
    const leavesTraces = ledger.holdsAnything || unannounce.length > 0;
    unannounce = [];
    if (leavesTraces) resetBus();
    ledger.clear();
  };
  follow(resets, ledger.clear);
  return {
    get state() {
      return state();
    },
    read: (at, address, octetCount) => ask(at, { kind: "read", address, octetCount, octets: nothing }),
    write: async (at, address, octets) =>
      (await ask(at, { kind: "write", address, octetCount: 0, octets: Uint8Array.from(octets) })).rcode,
    async lock(at, address, kind, sent) {
      const octets = Uint8Array.from(sent);
      const answer = await ask(at, { kind, address, octetCount: 0, octets });
      if (kind === "compare-swap") ledger.note(at.nodeId, address, octets, answer);
      // It went while the lock was under way.
      if (!isOpen) leave();
      return answer;
    },
    resetBus: () => isOpen && resetBus(),
    announce({ key, octets }) {
      const stop = isOpen ? host.announce(key, octets) : undefined;
      if (stop === undefined) return false;
      unannounce.push(stop);
      resetBus();
      return true;
    },
    onReset: (listener) => follow(resets, listener),
    onFcp: (listener) => follow(host.listeners, listener),
    listen(channel, listener) {
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners);
      return follow(listeners, listener);
    },
    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      for (const stop of [...stops]) stop();
      leave();
    },
  };
}
