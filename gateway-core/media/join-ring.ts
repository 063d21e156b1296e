/**
 * Where a decoder may join a transport stream that runs already: the tables, then the last groups of pictures of one
 * programme, and nothing else: the association names no other. So an encoder begins with a whole picture, finds its sound at
 * once, and waits for nothing that does not come. Pure.
 */

import { joinAll } from "../bytes/join-octets.ts";
import { PacketCutter, tsPacketOctets } from "../bytes/packet-cutter.ts";
import { BlockStore } from "./block-store.ts";
import { associationPid, type KnownProgram, ProgramReader } from "./program-reader.ts";
import { type ProgramMap, writeProgramAssociation } from "./program-tables.ts";
import { isScrambledAt, isStartAt, packetAt, pidAt, sectionPackets, type TsPacket } from "./transport-stream.ts";

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

interface Followed extends KnownProgram {
  readonly wanted: ReadonlySet<number>;
  readonly videoPid: number;
  /** What an encoder takes for granted of it. */
  readonly shape: string;
}

/** What a PID's packets are, as bits; 0: of no matter. */
const [passedOn, table, picture] = [1, 2, 4];
const pids = 0x2000;

export class JoinRing {
  readonly #longest: number;
  readonly #groups: number;
  readonly #wished: number | undefined;
  readonly #cutter = new PacketCutter();
  readonly #store: BlockStore;
  readonly #roles = new Uint8Array(pids);
  readonly #tables = new ProgramReader();
  /** What names the followed programme alone. */
  #association: Uint8Array = new Uint8Array(0);
  /** Associations passed on so far: each is a packet of ours. */
  #associations = 0;
  #followed: Followed | undefined;
  #isRenewed = false;
  #octetsScrambled = 0;
  #octetsUnbegun = 0;
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
    return this.#cutter.octetsLost;
  }

  /** Octets of the programme that came scrambled, since any came clear. */
  get octetsScrambled(): number {
    return this.#octetsScrambled;
  }

  /** Octets since a group of pictures began. */
  get octetsUnbegun(): number {
    return this.#octetsUnbegun;
  }

  /** The programme that is followed, once its tables have come. */
  get program(): ProgramMap | undefined {
    return this.#followed?.map;
  }

  get audioCount(): number {
    return this.program?.streams.filter(({ kind }) => kind === "audio").length ?? 0;
  }

  /** Whether a decoder that joins now begins with a whole picture. */
  get isReady(): boolean {
    return this.#starts.length > 0;
  }

  /** Whether another programme is followed than when this was asked last, or other streams of it. */
  isRenewed(): boolean {
    const isRenewed = this.#isRenewed;
    this.#isRenewed = false;
    return isRenewed;
  }

  /** Takes octets of the stream; returns the packets of the followed programme among them, for who has joined, to be read only. */
  push(octets: Uint8Array): Uint8Array {
    let length = 0;
    this.#octetsUnbegun += octets.length;
    const room = (octetCount: number): Uint8Array => this.#store.room(octetCount);
    // What is passed on moves up within the one copy, and is what is kept, too: packets are many.
    const take = (packets: Uint8Array, at: number): void => {
      const pid = pidAt(packets, at);
      const role = this.#roles[pid] ?? 0;
      if (role === 0 || this.#isScrambled(packets, at, role)) return;
      if ((role & table) !== 0) {
        if (this.#tables.take(packetAt(packets, at))) this.#follow();
      } else if ((role & picture) !== 0 && isStartAt(packets, at) && beginsGroup(packetAt(packets, at))) {
        this.#starts.push(this.#store.kept + length);
        this.#octetsUnbegun = 0;
      }
      if (pid === associationPid) {
        if (this.#followed === undefined || !isStartAt(packets, at)) return;
        packets.set(this.#nextAssociation(), length);
      } else if (((this.#roles[pid] ?? 0) & passedOn) === 0) return;
      else if (length < at) packets.copyWithin(length, at, at + tsPacketOctets);
      length += tsPacketOctets;
    };
    const passed = this.#cutter.push(octets, take, room).subarray(0, length);
    if (length > 0) this.#keep(passed);
    return passed;
  }

  /** What a decoder that joins now is given first: the tables, then the groups that are kept. Empty where none has begun. */
  preroll(): Uint8Array {
    const [start] = this.#starts;
    if (this.#followed === undefined || start === undefined) return new Uint8Array(0);
    const { mapPid, section } = this.#followed;
    const tables = [this.#nextAssociation(), ...sectionPackets(mapPid, section)];
    const all = joinAll([...tables, ...this.#kept]);
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

  /** What nobody here can read is passed on to nobody: it would be taken for damage. */
  #isScrambled(packets: Uint8Array, at: number, role: number): boolean {
    const isScrambled = isScrambledAt(packets, at);
    if (isScrambled) this.#octetsScrambled += tsPacketOctets;
    else if ((role & picture) !== 0) this.#octetsScrambled = 0;
    return isScrambled;
  }

  #follow(): void {
    const chosen = this.#tables.choose(this.#wished);
    if (chosen !== undefined) this.#followProgram(chosen);
    this.#assignRoles();
  }

  #followProgram({ mapPid, map, section }: KnownProgram): void {
    const { number, clockPid, streams } = map;
    const played = streams.filter(({ kind }) => kind !== "other");
    const shape = JSON.stringify([number, mapPid, clockPid, played.map(({ pid, type }) => [pid, type])]);
    const videoPid = played.find(({ kind }) => kind === "video")?.pid ?? played[0]?.pid ?? -1;
    const before = this.#followed?.shape;
    this.#followed = {
      mapPid,
      map,
      section,
      wanted: new Set([clockPid, ...played.map(({ pid }) => pid)]),
      videoPid,
      shape,
    };
    if (shape === before) return;
    this.#isRenewed = before !== undefined;
    this.#association = joinAll(sectionPackets(associationPid, writeProgramAssociation([{ number, mapPid }])));
    this.#starts = [];
  }

  /** A programme may say anything: a PID that has tables has no pictures. */
  #assignRoles(): void {
    const { mapPid, wanted = [], videoPid = -1 } = this.#followed ?? {};
    this.#roles.fill(0);
    for (const pid of wanted) this.#roles[pid] = passedOn;
    if (videoPid >= 0) this.#roles[videoPid] = passedOn | picture;
    for (const pid of this.#tables.mapPids) this.#roles[pid] = pid === mapPid ? passedOn | table : table;
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
