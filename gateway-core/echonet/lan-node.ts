/** A node at one address, and whether it is one that is known by another address already. */

import { toHex } from "../bytes/hex.ts";
import type { DeviceObject } from "./device-object.ts";
import type { Eoj } from "./eoj.ts";
import { familyOf } from "./network-interfaces.ts";
import type { NodeRecord } from "./node-book.ts";

export interface LanNode {
  readonly address: string;
  /** What it says that it has, without its node profile. */
  readonly eojs: Set<Eoj>;
  /** What of that is a device already. */
  readonly objects: Map<Eoj, DeviceObject>;
  /** When any frame of it was last heard; milliseconds since 1970. */
  heardAt: number;
  record: NodeRecord | undefined;
  /** The same node under an address of the other family, by which it is known: here it is not asked and not heard. */
  twin: LanNode | undefined;
  /** Its identification if that tells it from all others. */
  hex: string | undefined;
  isLearning: boolean;
  /** Whether it is being asked what it has still. */
  isCounting: boolean;
  /** How often there was something to learn: what comes while learning is not missed. */
  news: number;
}

export function createLanNode(address: string, now: number): LanNode {
  const state = { heardAt: now, isLearning: false, isCounting: false, news: 0 };
  return {
    address,
    eojs: new Set(),
    objects: new Map(),
    record: undefined,
    twin: undefined,
    hex: undefined,
    ...state,
  };
}

/** Reads what of a property tells one node from another; undefined when it does not come. */
export type ReadMark = (address: string, eoj: Eoj, epcs: readonly number[]) => Promise<ReadonlyMap<number, Uint8Array>>;

/** Maker, product and serial number. */
const marks = [0x8a, 0x8c, 0x8d];
/** Who was not heard for so long may be reached by his other address only. */
const staleMs = 90_000;

/**
 * The node of the other family that this one is: by an identification that tells, else by having the same objects of the
 * same make. Each node is one other's twin at most.
 */
export async function findTwin(
  node: LanNode,
  nodes: Iterable<LanNode>,
  now: number,
  readMark: ReadMark,
): Promise<LanNode | undefined> {
  const all = [...nodes];
  const candidates = all.filter(
    (other) =>
      familyOf(other.address) !== familyOf(node.address) &&
      other.record !== undefined &&
      other.twin === undefined &&
      now - other.heardAt < staleMs &&
      !all.some((third) => third !== node && third.twin === other),
  );
  if (node.hex !== undefined) return candidates.find(({ hex }) => hex === node.hex);
  const alike = candidates.filter(({ hex, eojs }) => hex === undefined && isSameSet(eojs, node.eojs));
  const mark = alike.length === 0 ? undefined : await markOf(node, readMark);
  for (const other of alike) if (mark !== undefined && (await markOf(other, readMark)) === mark) return other;
  return undefined;
}

async function markOf({ address, eojs }: LanNode, readMark: ReadMark): Promise<string | undefined> {
  const [first] = [...eojs].sort((a, b) => a - b);
  if (first === undefined) return undefined;
  const values = await readMark(address, first, marks);
  if (values.size === 0) return undefined;
  return marks.map((epc) => toHex(values.get(epc) ?? new Uint8Array(0))).join(" ");
}

function isSameSet<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
  return one.size === other.size && [...one].every((member) => other.has(member));
}
