/** Which node of the bus is which: reads the ROMs after every bus reset, since node ids move and only GUIDs stay (IEEE 1394-1995, 8.3.2.5). */

import { type Host, sleep, type Timer } from "../contract/clock.ts";
import { toHomeError } from "../contract/errors.ts";
import type { Bus, NodeAt } from "./bus.ts";
import { type ConfigRom, decodeConfigRom } from "./config-rom.ts";
import { readBusInfo, readRom } from "./rom-reader.ts";

export interface KnownNode {
  /** EUI-64, sixteen digits. */
  readonly guid: string;
  readonly at: NodeAt;
  readonly rom: ConfigRom;
}

export interface NodeDirectory {
  /** Those on the bus that have been read since its last reset. */
  nodes(): readonly KnownNode[];
  node(guid: string): KnownNode | undefined;
  /** Where a node is: waits for a reading under way, and for one to begin after a reset; undefined when it is not on the bus. */
  locate(guid: string, signal: AbortSignal): Promise<NodeAt | undefined>;
  /** Reads all nodes now, also those that could not be read before. */
  look(): void;
  /** Told after each node that was found, and when all are read. */
  onChange(listener: () => void): () => void;
}

export interface NodeDirectoryOptions {
  readonly bus: Bus;
  readonly host: Host;
  /** How often the bus is looked over without a reset. */
  readonly rediscoverMs: number;
  readonly signal: AbortSignal;
}

/** Nodes are left alone for a moment after a reset: many resets come in a row. */
const settleMs = 10;
const retriesMs = [200, 1_000, 5_000];

export function createNodeDirectory({ bus, host, rediscoverMs, signal }: NodeDirectoryOptions): NodeDirectory {
  const { clock, log } = host;
  const listeners = new Set<() => void>();
  /** All that was ever read here, with the quadlets that must be the same for it to be still true. */
  const read = new Map<string, { readonly info: readonly number[]; readonly rom: ConfigRom }>();
  let nodes = new Map<string, KnownNode>();
  let looking = new AbortController();
  let isLooking = true;
  let timer: Timer | undefined;

  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };

  async function readNode(at: NodeAt, life: AbortSignal): Promise<void> {
    const reader = { bus, clock, signal: life };
    for (const [attempt, waitMs] of [0, ...retriesMs].entries()) {
      try {
        if (waitMs > 0) await sleep(clock, waitMs, life);
        const info = await readBusInfo(reader, at);
        const kept = [...read.values()].find((one) => one.info.join() === info.join());
        const rom = kept?.rom ?? decodeConfigRom(await readRom(reader, at, info));
        if (life.aborted) return;
        if (rom.guid === undefined) return log.write("info", "node-without-guid", { node: at.nodeId });
        read.set(rom.guid, { info, rom });
        if (kept === undefined && rom.faults.length > 0) {
          log.write("warn", "configuration-rom-faulty", { guid: rom.guid, faults: rom.faults.length });
        }
        nodes.set(rom.guid, { guid: rom.guid, at, rom });
        return tell();
      } catch (thrown) {
        if (life.aborted) return;
        const error = toHomeError(thrown).toBody();
        if (attempt === retriesMs.length) log.write("warn", "node-unreadable", { node: at.nodeId, error });
      }
    }
  }

  function look(): void {
    looking.abort();
    looking = new AbortController();
    const life = AbortSignal.any([signal, looking.signal]);
    timer?.cancel();
    if (signal.aborted) return;
    timer = clock.after(rediscoverMs, look);
    const { generation, nodeIds, localNodeId } = bus.state;
    for (const [guid, { at }] of [...nodes]) if (at.generation !== generation) nodes.delete(guid);
    const others = nodeIds.filter((nodeId) => nodeId !== localNodeId);
    isLooking = true;
    sleep(clock, settleMs, life)
      .then(() => Promise.all(others.map((nodeId) => readNode({ nodeId, generation }, life))))
      .then(() => {
        if (life.aborted) return;
        isLooking = false;
        tell();
      })
      // Another look has begun, or nobody looks any more.
      .catch(() => undefined);
  }

  const stop = bus.onReset(() => {
    nodes = new Map();
    look();
  });
  signal.addEventListener("abort", () => {
    stop();
    timer?.cancel();
  });
  look();

  return {
    nodes: () => [...nodes.values()],
    node: (guid) => nodes.get(guid),
    async locate(guid, call) {
      for (;;) {
        call.throwIfAborted();
        const found = nodes.get(guid);
        if (found !== undefined) return found.at;
        if (!isLooking) return undefined;
        const { promise: changed, resolve } = Promise.withResolvers<void>();
        listeners.add(resolve);
        call.addEventListener("abort", () => resolve(), { once: true });
        await changed;
        listeners.delete(resolve);
      }
    },
    look,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
