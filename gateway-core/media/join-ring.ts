/**
 * Where a decoder may join a transport stream that runs already: the tables, then the last groups of pictures of one
 * programme, and nothing else: the association names no other. So an encoder begins with a whole picture, finds its sound at
 * once, and waits for nothing that does not come. Pure.
 */

import { joinOctets } from "../bytes/join-octets.ts";
import {
  type ProgramMap,
  readProgramAssociation,
  readProgramMap,
  SectionReader,
  writeProgramAssociation,
} from "./program-tables.ts";
import { sectionPacket, type TsPacket, TsPacketizer, tsPacketOctets } from "./transport-stream.ts";

export interface JoinRingOptions {
  /** Octets kept, at most. */
  readonly longest?: number;
  /** Groups of pictures kept. */
  readonly groups?: number;
  /** The programme to follow; absent: the first that has a picture, else the first. */
  readonly program?: number;
}

const associationPid = 0;

export class JoinRing {
  readonly #longest: number;
  readonly #groups: number;
  readonly #wished: number | undefined;
  readonly #packetizer = new TsPacketizer();
  readonly #sections = new Map<number, SectionReader>([[associationPid, new SectionReader()]]);
  /** The packets of the programme maps as they came last, by PID. */
  readonly #tables = new Map<number, Uint8Array[]>();
  readonly #maps = new Map<number, ProgramMap>();
  /** Associations passed on so far: each is a packet of ours. */
  #associations = 0;
  #mapPids: readonly number[] = [];
  #followed: { readonly mapPid: number; readonly wanted: ReadonlySet<number>; readonly videoPid: number } | undefined;
  #kept: Uint8Array[] = [];
  /** Where groups begin in `#kept`. */
  #starts: number[] = [];

  constructor({ longest = 8 << 20, groups = 3, program }: JoinRingOptions = {}) {
    this.#longest = longest;
    this.#groups = groups;
    this.#wished = program;
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

  /** Takes octets of the stream; returns the packets of the followed programme among them, for who has joined. */
  push(octets: Uint8Array): Uint8Array {
    const passed: Uint8Array[] = [];
    // Packets that are kept are views of this copy: one for each of them would cost more than all else.
    for (const packet of this.#packetizer.push(new Uint8Array(octets))) {
      if (this.#isTable(packet.pid)) this.#readTable(packet);
      const { octets: whole, pid } = packet;
      if (this.#followed === undefined) continue;
      if (pid === associationPid) {
        if (packet.isStart) passed.push(this.#association());
        continue;
      }
      const isTable = pid === this.#followed.mapPid;
      if (!isTable && !this.#followed.wanted.has(pid)) continue;
      passed.push(whole);
      if (!isTable) this.#keep(packet, this.#followed.videoPid);
    }
    return joinOctets(...passed);
  }

  /** What a decoder that joins now is given first: the tables, then the groups that are kept. */
  preroll(): Uint8Array {
    if (this.#followed === undefined) return new Uint8Array(0);
    const map = this.#tables.get(this.#followed.mapPid) ?? [];
    return joinOctets(this.#association(), ...map, ...this.#kept.slice(this.#starts[0] ?? this.#kept.length));
  }

  #association(): Uint8Array {
    const { number = 0 } = this.program ?? {};
    const section = writeProgramAssociation([{ number, mapPid: this.#followed?.mapPid ?? 0 }]);
    return sectionPacket(associationPid, section, this.#associations++);
  }

  #isTable = (pid: number): boolean => pid === associationPid || this.#mapPids.includes(pid);

  #readTable({ pid, payload, isStart, octets }: TsPacket): void {
    const reader = this.#sections.get(pid) ?? new SectionReader();
    this.#sections.set(pid, reader);
    if (isStart) this.#tables.set(pid, []);
    this.#tables.get(pid)?.push(octets);
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
    if (chosen === undefined) return;
    const { clockPid, streams } = chosen.map;
    const played = streams.filter(({ kind }) => kind !== "other").map(({ pid }) => pid);
    const wanted = new Set([clockPid, ...played]);
    const isSame = chosen.pid === this.#followed?.mapPid && [...wanted].every((pid) => this.#followed?.wanted.has(pid));
    if (isSame && wanted.size === this.#followed?.wanted.size) return;
    const videoPid = streams.find(({ kind }) => kind === "video")?.pid ?? played[0] ?? -1;
    this.#followed = { mapPid: chosen.pid, wanted, videoPid };
    this.#kept = [];
    this.#starts = [];
  }

  #keep(packet: TsPacket, videoPid: number): void {
    if (packet.pid === videoPid && packet.isStart && beginsGroup(packet)) this.#starts.push(this.#kept.length);
    if (this.#starts.length === 0) return;
    this.#kept.push(packet.octets);
    const isOver = (): boolean =>
      this.#starts.length > this.#groups || this.#kept.length * tsPacketOctets > this.#longest;
    while (isOver() && this.#starts.length > 0) this.#dropGroup();
  }

  #dropGroup(): void {
    const next = this.#starts[1] ?? this.#kept.length;
    this.#kept = this.#kept.slice(next);
    this.#starts = this.#starts.slice(1).map((start) => start - next);
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
