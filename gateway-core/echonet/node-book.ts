/**
 * Which node is which, over restarts and address changes (docs/interfaces.md, device ids). Each node has a record, kept in
 * memory; its slug is made once, at its first sight, and every device id is the slug and the object's EOJ.
 */

import { toHex } from "../bytes/hex.ts";
import type { Log, Memory } from "../contract/clock.ts";
import type { DeviceId } from "../contract/device.ts";
import { isJsonObject, isSameJson, type Json, type JsonObject } from "../contract/json.ts";
import { type Eoj, formatEoj } from "./eoj.ts";
import { familyOf } from "./network-interfaces.ts";
import { createWarnOnce } from "./warn-once.ts";

/** One node as it is remembered. */
export interface NodeRecord {
  readonly slug: string;
  /** Where it was last; undefined when another node is there now. */
  address: string | undefined;
  /** Identification numbers (EPC 0x83, hexadecimal) that it gave, each with how many starts of the gateway saw it. */
  readonly identifications: Map<string, number>;
}

export interface NodeBook {
  /**
   * The record of the node that now answers at `address` with this identification number. `ask` reads the number of the
   * node at another address, or undefined when none answers. An identification counts once it was seen unchanged over
   * two starts and belongs to one node alone; else the address decides. `twin` is the record of the same node under an
   * address of the other family: it moves here, if nothing is known of this address. Undefined when the book is full.
   */
  identify(
    address: string,
    identification: Uint8Array | undefined,
    ask: (address: string) => Promise<Uint8Array | undefined>,
    twin?: NodeRecord,
  ): Promise<NodeRecord | undefined>;
  /** The identification in hexadecimal if it can tell a node from all others: 17 octets, not all zero, and of one node only. */
  tellingHex(identification: Uint8Array | undefined): string | undefined;
}

const memoryName = "echonet-nodes";
const mostNodes = 1_000;
const mostIdentifications = 4;
const mostShared = 1_000;
const identificationLength = 17;
const startsUntilTrusted = 2;

export function deviceIdOf(record: NodeRecord, eoj: Eoj): DeviceId {
  return `${record.slug}-${formatEoj(eoj)}`;
}

export function openNodeBook(memory: Memory, log: Log): NodeBook {
  const { records, shared } = parseBook(memory.read(memoryName));
  const countedInThisStart = new Set<string>();
  const warnOnce = createWarnOnce(log);
  let saved = bookOf(records, shared);

  const ownerOf = (hex: string): NodeRecord | undefined => records.find((record) => record.identifications.has(hex));
  const recordAt = (address: string): NodeRecord | undefined => records.find((record) => record.address === address);
  /** This start is one of the two when the number was not counted in it yet. */
  const isTrusted = (record: NodeRecord, hex: string): boolean =>
    (record.identifications.get(hex) ?? 0) + (countedInThisStart.has(`${record.slug} ${hex}`) ? 0 : 1) >=
    startsUntilTrusted;

  /** The record that a trusted identification leads to, moved to this address; undefined when the address must decide. */
  async function followIdentification(
    address: string,
    hex: string,
    ask: (address: string) => Promise<Uint8Array | undefined>,
  ): Promise<NodeRecord | undefined> {
    const owner = ownerOf(hex);
    if (owner === undefined || owner.address === address) return owner;
    const before = owner.address;
    const there = before === undefined ? undefined : validHex(await ask(before));
    if (there === hex) {
      // One node answers on IPv4 and on IPv6; two that answer on one of them are not one.
      if (before !== undefined && familyOf(before) !== familyOf(address)) return preferIpv4(owner, address);
      shared.add(hex);
      while (shared.size > mostShared) shared.delete([...shared][0] ?? "");
      owner.identifications.delete(hex);
      warnOnce("identification-shared", hex, { identification: hex, addresses: [before ?? "", address] });
      return undefined;
    }
    if (!isTrusted(owner, hex)) {
      owner.identifications.delete(hex);
      return undefined;
    }
    return move(owner, address);
  }

  function preferIpv4(record: NodeRecord, address: string): NodeRecord {
    return familyOf(address) === "ipv4" ? move(record, address) : record;
  }

  function move(record: NodeRecord, address: string): NodeRecord {
    const displaced = recordAt(address);
    if (displaced !== undefined) displaced.address = undefined;
    record.address = address;
    return record;
  }

  function enter(address: string, hex: string | undefined): NodeRecord | undefined {
    if (records.length >= mostNodes) {
      return void warnOnce("node-book-full", "", { nodes: mostNodes, first: address });
    }
    const record: NodeRecord = { slug: freshSlug(records, address), address, identifications: new Map() };
    records.push(record);
    if (hex !== undefined) count(record, hex);
    return record;
  }

  function count(record: NodeRecord, hex: string): void {
    const once = `${record.slug} ${hex}`;
    if (countedInThisStart.has(once)) return;
    countedInThisStart.add(once);
    record.identifications.set(hex, (record.identifications.get(hex) ?? 0) + 1);
    for (const oldest of record.identifications.keys()) {
      if (record.identifications.size <= mostIdentifications) break;
      record.identifications.delete(oldest);
      countedInThisStart.delete(`${record.slug} ${oldest}`);
    }
  }

  function save(): void {
    const book = bookOf(records, shared);
    if (isSameJson(book, saved)) return;
    saved = book;
    memory.write(memoryName, book);
  }

  function tellingHex(identification: Uint8Array | undefined): string | undefined {
    const hex = validHex(identification);
    return hex === undefined || shared.has(hex) ? undefined : hex;
  }

  return {
    tellingHex,

    async identify(address, identification, ask, twin) {
      const telling = tellingHex(identification);
      const followed = telling === undefined ? undefined : await followIdentification(address, telling, ask);
      const hex = tellingHex(identification);
      const record = followed ?? recordAt(address) ?? (twin === undefined ? enter(address, hex) : move(twin, address));
      if (record !== undefined && hex !== undefined) count(record, hex);
      save();
      return record;
    },
  };
}

/** Hexadecimal text of an identification that may serve as one: 17 octets, not all zero. */
function validHex(identification: Uint8Array | undefined): string | undefined {
  if (identification?.length !== identificationLength) return undefined;
  return identification.some((octet) => octet !== 0) ? toHex(identification) : undefined;
}

/** From the address, with a number behind it when another node had that address at its own first sight. */
function freshSlug(records: readonly NodeRecord[], address: string): string {
  const [withoutZone = ""] = address.toLowerCase().split("%");
  const base = `echonet-${withoutZone.replace(/[^a-z0-9]+/g, "-").replace(/-$/, "")}`;
  const taken = new Set(records.map(({ slug }) => slug));
  let slug = base;
  for (let number = 2; taken.has(slug); number++) slug = `${base}-${number}`;
  return slug;
}

function bookOf(records: readonly NodeRecord[], shared: ReadonlySet<string>): JsonObject {
  return {
    nodes: records.map(({ slug, address, identifications }) => ({
      slug,
      address: address ?? null,
      identifications: Object.fromEntries(identifications),
    })),
    shared: [...shared],
  };
}

/** What cannot be read of a remembered book is left out: its nodes are met anew. */
function parseBook(book: Json | undefined): { records: NodeRecord[]; shared: Set<string> } {
  const { nodes, shared } = isJsonObject(book) ? book : {};
  const records = Array.isArray(nodes) ? nodes.flatMap(parseRecord) : [];
  const hexes = Array.isArray(shared) ? shared.filter((hex) => typeof hex === "string") : [];
  return { records, shared: new Set(hexes) };
}

function parseRecord(node: unknown): NodeRecord[] {
  if (!isJsonObject(node) || typeof node["slug"] !== "string") return [];
  const { slug, address, identifications } = node;
  const starts = isJsonObject(identifications) ? Object.entries(identifications) : [];
  return [
    {
      slug,
      address: typeof address === "string" ? address : undefined,
      identifications: new Map(starts.flatMap(([hex, count]) => (typeof count === "number" ? [[hex, count]] : []))),
    },
  ];
}
