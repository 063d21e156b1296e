/**
 * Where a decoder may join a transport stream that runs already: the tables, then the last groups of pictures of one
 * programme, and nothing else: the association names no other. So an encoder begins with a whole picture, finds its sound at
 * once, and waits for nothing that does not come. Pure.
 */

import { joinOctets } from "../bytes/join-octets.ts";
import { BlockStore } from "./block-store.ts";
import {
  type ProgramMap,
  readProgramAssociation,
  readProgramMap,
  SectionReader,
  writeProgramAssociation,
} from "./program-tables.ts";
import {
  isStartAt,
  packetAt,
  pidAt,
  sectionPacket,
  type TsPacket,
  TsPacketizer,
  tsPacketOctets,
} from "./transport-stream.ts";

export interface JoinRingOptions {
  /** Octets kept, at most. */
  readonly longest?: number;
  /** Groups of pictures kept. */
  readonly groups?: number;
  /** The programme to follow; absent: the first that has a picture, else the first. */
  readonly program?: number;
  /** Whether nobody needs what was passed on any more: then its memory is used again. Absent: they may always. */
  readonly isTaken?: () => boolean;
}

interface Followed {
  readonly number: number;
  readonly mapPid: number;
  readonly wanted: ReadonlySet<number>;
  readonly videoPid: number;
}

const associationPid = 0;
/** What a PID's packets are, as bits; 0: of no matter. */
const [passedOn, table, picture] = [1, 2, 4];
const pids = 0x2000;

export class JoinRing {
  readonly #longest: number;
  readonly #groups: number;
  readonly #wished: number | undefined;
  readonly #packetizer = new TsPacketizer();
  readonly #store: BlockStore;
  readonly #roles = new Uint8Array(pids);
  readonly #sections = new Map<number, SectionReader>();
  /** The packets of the programme maps as they came last, by PID. */
  readonly #tables = new Map<number, Uint8Array[]>();
  readonly #maps = new Map<number, ProgramMap>();
  /** What names the followed programme alone. */
  #association: Uint8Array = new Uint8Array(0);
  /** Associations passed on so far: each is a packet of ours. */
  #associations = 0;
  #mapPids: readonly number[] = [];
  #followed: Followed | undefined;
  /** What was passed on last, packet behind packet, as it was passed on. */
  #kept: Uint8Array[] = [];
  /** Counted in octets that were passed on: where what is kept begins, and the groups in it. */
  #keptFrom = 0;
  #starts: number[] = [];

  constructor({ longest = 8 << 20, groups = 3, program, isTaken = () => false }: JoinRingOptions = {}) {
    this.#store = new BlockStore(isTaken);
    this.#longest = longest;
    this.#groups = groups;
    this.#wished = program;
    this.#roles[associationPid] = table;
  }

  /** Octets that were no packet. */
  get octetsLost(): number {
    return this.#packetizer.octetsLost;
  }

  /** The programme that is followed, once its tables have come. */
  get program(): ProgramMap | undefined {
    return this.#followed && this.#maps.get(this.#followed.mapPid);
  }

  get audioCount(): number {
    return this.program?.streams.filter(({ kind }) => kind === "audio").length ?? 0;
  }

  /** Whether a decoder that joins now begins with a whole picture. */
  get isReady(): boolean {
    return this.#starts.length > 0;
  }

  /** Takes octets of the stream; returns the packets of the followed programme among them, for who has joined, to be read only. */
  push(octets: Uint8Array): Uint8Array {
    let length = 0;
    const room = (octetCount: number): Uint8Array => this.#store.room(octetCount);
    // What is passed on moves up within the one copy, and is what is kept, too: packets are many.
    const take = (packets: Uint8Array, at: number): void => {
      const pid = pidAt(packets, at);
      const role = this.#roles[pid] ?? 0;
      if (role === 0) return;
      if ((role & table) !== 0) this.#readTable(packetAt(packets, at));
      else if ((role & picture) !== 0 && isStartAt(packets, at) && beginsGroup(packetAt(packets, at))) {
        this.#starts.push(this.#store.kept + length);
      }
      if (pid === associationPid) {
        if (this.#followed === undefined || !isStartAt(packets, at)) return;
        packets.set(this.#nextAssociation(), length);
      } else if (((this.#roles[pid] ?? 0) & passedOn) === 0) return;
      else if (length < at) packets.copyWithin(length, at, at + tsPacketOctets);
      length += tsPacketOctets;
    };
    const passed = this.#packetizer.push(octets, take, room).subarray(0, length);
    if (length > 0) this.#keep(passed);
    return passed;
  }

  /** What a decoder that joins now is given first: the tables, then the groups that are kept. */
  preroll(): Uint8Array {
    const { mapPid } = this.#followed ?? {};
    if (mapPid === undefined) return new Uint8Array(0);
    const tables = [this.#nextAssociation(), ...(this.#tables.get(mapPid) ?? [])];
    const [start = this.#store.kept] = this.#starts;
    const all = joinOctets(...tables, ...this.#kept);
    let length = tables.length * tsPacketOctets;
    for (let at = length + start - this.#keptFrom; at < all.length; at += tsPacketOctets) {
      // Tables stand before it all, and there alone.
      if (((this.#roles[pidAt(all, at)] ?? 0) & table) !== 0) continue;
      all.copyWithin(length, at, at + tsPacketOctets);
      length += tsPacketOctets;
    }
    return all.subarray(0, length);
  }

  #nextAssociation(): Uint8Array {
    this.#association[3] = 0x10 | (this.#associations++ & 0x0f);
    return new Uint8Array(this.#association);
  }

  #readTable({ pid, payload, isStart, octets }: TsPacket): void {
    // The same again, many times a second.
    const known = this.#tables.get(pid);
    if (isStart && known?.length === 1 && isSamePacket(octets, known[0])) {
      known[0] = new Uint8Array(octets);
      return;
    }
    const reader = this.#sections.get(pid) ?? new SectionReader();
    this.#sections.set(pid, reader);
    if (isStart) this.#tables.set(pid, []);
    this.#tables.get(pid)?.push(new Uint8Array(octets));
    for (const section of reader.push(payload, isStart)) {
      try {
        if (pid === associationPid) this.#mapPids = readProgramAssociation(section).map(({ mapPid }) => mapPid);
        else this.#maps.set(pid, readProgramMap(section));
      } catch {
        continue; // A damaged table comes again within a second.
      }
      this.#follow();
    }
  }

  #follow(): void {
    const known = this.#mapPids.flatMap((pid) => {
      const map = this.#maps.get(pid);
      return map === undefined ? [] : [{ pid, map }];
    });
    const hasVideo = ({ map }: (typeof known)[number]): boolean => map.streams.some(({ kind }) => kind === "video");
    const chosen =
      this.#wished === undefined
        ? (known.find(hasVideo) ?? (known.length === this.#mapPids.length ? known[0] : undefined))
        : known.find(({ map }) => map.number === this.#wished);
    if (chosen !== undefined) this.#followProgram(chosen.pid, chosen.map);
    this.#assignRoles();
  }

  #followProgram(mapPid: number, { number, clockPid, streams }: ProgramMap): void {
    const played = streams.filter(({ kind }) => kind !== "other").map(({ pid }) => pid);
    const wanted = new Set([clockPid, ...played]);
    const before = this.#followed;
    const isSame = number === before?.number && mapPid === before.mapPid && wanted.size === before.wanted.size;
    if (isSame && wanted.isSubsetOf(before.wanted)) return;
    this.#association = sectionPacket(associationPid, writeProgramAssociation([{ number, mapPid }]), 0);
    const videoPid = streams.find(({ kind }) => kind === "video")?.pid ?? played[0] ?? -1;
    this.#followed = { number, mapPid, wanted, videoPid };
    this.#starts = [];
  }

  /** A programme may say anything: a PID that has tables has no pictures. */
  #assignRoles(): void {
    const { mapPid, wanted = [], videoPid = -1 } = this.#followed ?? {};
    this.#roles.fill(0);
    for (const pid of wanted) this.#roles[pid] = passedOn;
    if (videoPid >= 0) this.#roles[videoPid] = passedOn | picture;
    for (const pid of this.#mapPids) this.#roles[pid] = pid === mapPid ? passedOn | table : table;
    this.#roles[associationPid] = table;
  }

  #keep(passed: Uint8Array): void {
    this.#kept.push(passed);
    this.#store.keep(passed.length);
    const end = this.#store.kept;
    const isOver = (): boolean => this.#starts.length > this.#groups || end - (this.#starts[0] ?? end) > this.#longest;
    while (isOver()) this.#starts.shift();
    const [start = end] = this.#starts;
    while (this.#kept.length > 0 && this.#keptFrom + (this.#kept[0]?.length ?? 0) <= start) {
      this.#keptFrom += this.#kept.shift()?.length ?? 0;
    }
    this.#store.release(this.#keptFrom);
  }
}

/** But for their counters. */
const isSamePacket = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  a.every((octet, at) => octet === b?.[at] || at === 3) && (((a[3] ?? 0) ^ (b?.[3] ?? 0)) & 0xf0) === 0;

/** A picture that needs none before it: said by the multiplexer, or a sequence header or parameter set at its front. */
function beginsGroup({ payload, isRandomAccess }: TsPacket): boolean {
  if (isRandomAccess) return true;
  const end = Math.min(payload.length - 3, 160);
  for (let at = 9 + (payload[8] ?? 0); at < end; at++) {
    if (payload[at] !== 0 || payload[at + 1] !== 0 || payload[at + 2] !== 1) continue;
    const code = payload[at + 3] ?? 0;
    // MPEG-2 sequence header; H.264 sequence parameter set with its reference bits.
    if (code === 0xb3 || code === 0x27 || code === 0x67) return true;
  }
  return false;
}
