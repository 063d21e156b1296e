/** Which programmes a transport stream has, from its tables as they come (ISO/IEC 13818-1, 2.4.4), damaged, said again or in parts. Pure. */

import {
  isCurrent,
  type Program,
  type ProgramMap,
  placeOf,
  readProgramAssociation,
  readProgramMap,
  SectionReader,
} from "./program-tables.ts";
import type { TsPacket } from "./transport-stream.ts";

export interface KnownProgram {
  readonly mapPid: number;
  readonly map: ProgramMap;
  /** The octets of the map. */
  readonly section: Uint8Array;
}

interface AssociationPart {
  readonly version: number;
  readonly programs: readonly Program[];
}

/** Where the association is. */
export const associationPid = 0;

export class ProgramReader {
  readonly #sections = new Map<number, SectionReader>();
  /** The last packet of each table that is whole in one. */
  readonly #seen = new Map<number, Uint8Array>();
  /** By the number of their programme: several may share a PID. */
  readonly #maps = new Map<number, KnownProgram>();
  /** The association, of which one that names hundreds has several sections. */
  readonly #associated = new Map<number, AssociationPart>();
  #programs: readonly Program[] = [];

  /** Where the maps are. */
  get mapPids(): readonly number[] {
    return this.#programs.map(({ mapPid }) => mapPid);
  }

  /** Takes a packet of the association or of a map. @returns whether it says something else than before */
  take({ pid, payload, isStart, octets }: TsPacket): boolean {
    const reader = this.#sections.get(pid) ?? new SectionReader();
    this.#sections.set(pid, reader);
    // The same again, many times a second.
    if (isStart && !reader.isWaiting && isSamePacket(octets, this.#seen.get(pid))) return false;
    const sections = reader.push(payload, isStart);
    if (isStart && !reader.isWaiting) this.#seen.set(pid, new Uint8Array(octets));
    else this.#seen.delete(pid);
    let isNews = false;
    for (const section of sections) {
      try {
        if (!isCurrent(section)) continue;
        if (pid === associationPid) this.#associate(section);
        else this.#learn(pid, section);
      } catch {
        continue; // A damaged table comes again within a second.
      }
      isNews = true;
    }
    return isNews;
  }

  /** The wished programme; else the first that has a picture, or, all being known, the first. Undefined while it is not known. */
  choose(wished: number | undefined): KnownProgram | undefined {
    const known = this.#programs.flatMap(({ number, mapPid }) => {
      const one = this.#maps.get(number);
      return one?.mapPid === mapPid ? [one] : [];
    });
    if (wished !== undefined) return known.find(({ map }) => map.number === wished);
    const withVideo = known.find(({ map }) => map.streams.some(({ kind }) => kind === "video"));
    return withVideo ?? (known.length === this.#programs.length ? known[0] : undefined);
  }

  #associate(octets: Uint8Array): void {
    const programs = readProgramAssociation(octets);
    const { version, number } = placeOf(octets);
    for (const [at, one] of this.#associated) if (one.version !== version) this.#associated.delete(at);
    this.#associated.set(number, { version, programs });
    this.#programs = [...this.#associated.values()].flatMap((one) => one.programs);
    const named = new Set(this.#programs.map((one) => one.number));
    for (const known of this.#maps.keys()) if (!named.has(known)) this.#maps.delete(known);
    // What was said of no programme yet, or of another, is listened to again.
    for (const pid of this.#seen.keys()) if (pid !== associationPid) this.#seen.delete(pid);
  }

  /** Of a programme that there is. */
  #learn(mapPid: number, section: Uint8Array): void {
    const map = readProgramMap(section);
    const isNamed = this.#programs.some((one) => one.number === map.number && one.mapPid === mapPid);
    if (isNamed) this.#maps.set(map.number, { mapPid, map, section });
  }
}

/** But for their counters. */
const isSamePacket = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  a.every((octet, at) => octet === b?.[at] || at === 3) && (((a[3] ?? 0) ^ (b?.[3] ?? 0)) & 0xf0) === 0;
