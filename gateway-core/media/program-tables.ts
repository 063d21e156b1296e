/** Programme association and map tables (ISO/IEC 13818-1, 2.4.4): which packets belong to a programme's picture and sound. Pure. */

import { HomeError } from "../contract/errors.ts";

export interface Program {
  readonly number: number;
  readonly mapPid: number;
}

export type StreamKind = "video" | "audio" | "other";

export interface ElementaryStream {
  readonly pid: number;
  /** `stream_type` of table 2-34. */
  readonly type: number;
  readonly kind: StreamKind;
}

export interface ProgramMap {
  readonly number: number;
  readonly clockPid: number;
  readonly streams: readonly ElementaryStream[];
}

const videoTypes = new Set([0x01, 0x02, 0x10, 0x1b, 0x24]);
const audioTypes = new Set([0x03, 0x04, 0x0f, 0x11, 0x81]);
/** Descriptors that say what a stream of private data is: AC-3, enhanced AC-3, AAC (ETSI EN 300 468, 6.1). */
const audioDescriptors = new Set([0x6a, 0x7a, 0x7c]);

/** Whether what a section says holds now: else it is what comes next (`current_next_indicator`). */
export const isCurrent = (section: Uint8Array): boolean => ((section[5] ?? 0) & 0x01) !== 0;

/** Which version of its table a section belongs to, and which part of that it is. */
export const placeOf = (section: Uint8Array): { readonly version: number; readonly number: number } => ({
  version: ((section[5] ?? 0) >> 1) & 0x1f,
  number: section[6] ?? 0,
});

/** @throws HomeError `frame-malformed`: another table, a wrong check sum, cut short. */
export function readProgramAssociation(section: Uint8Array): readonly Program[] {
  const body = bodyOf(section, 0x00);
  const programs: Program[] = [];
  for (let at = 0; at + 4 <= body.length; at += 4) {
    const number = uint16(body, at);
    // Programme 0 names the network's table, which nobody watches.
    if (number !== 0) programs.push({ number, mapPid: uint16(body, at + 2) & 0x1fff });
  }
  return programs;
}

/** The section that names these programmes, 42 at most: then it fits into one packet. */
export function writeProgramAssociation(programs: readonly Program[]): Uint8Array {
  const named = programs.flatMap(({ number, mapPid }) => [number >> 8, number, 0xe0 | (mapPid >> 8), mapPid]);
  const section = Uint8Array.of(0x00, 0xb0, 9 + named.length, 0, 1, 0xc1, 0, 0, ...named, 0, 0, 0, 0);
  const crc = crc32(section.subarray(0, -4));
  section.set([crc >>> 24, crc >>> 16, crc >>> 8, crc], section.length - 4);
  return section;
}

/** @throws HomeError `frame-malformed`: another table, a wrong check sum, cut short. */
export function readProgramMap(section: Uint8Array): ProgramMap {
  const body = bodyOf(section, 0x02);
  if (body.length < 4) throw malformed("a programme map is cut short");
  const streams: ElementaryStream[] = [];
  let at = 4 + (uint16(body, 2) & 0x0fff);
  while (at + 5 <= body.length) {
    const type = body[at] ?? 0;
    const descriptorsEnd = at + 5 + (uint16(body, at + 3) & 0x0fff);
    const descriptors = body.subarray(at + 5, descriptorsEnd);
    streams.push({ pid: uint16(body, at + 1) & 0x1fff, type, kind: kindOf(type, descriptors) });
    at = descriptorsEnd;
  }
  return { number: uint16(section, 3), clockPid: uint16(body, 0) & 0x1fff, streams };
}

/** Puts sections together that begin in one packet and end in another. */
export class SectionReader {
  #held: number[] = [];

  /** Whether a section has begun, and is not whole. */
  get isWaiting(): boolean {
    return this.#held.length > 0;
  }

  /** The sections that are whole after this payload. `isStart`: the first octet says where a section begins. */
  push(payload: Uint8Array, isStart: boolean): Uint8Array[] {
    if (!isStart) {
      if (this.#held.length > 0) this.#held.push(...payload);
      return this.#whole();
    }
    const pointer = payload[0] ?? 0;
    if (this.#held.length > 0) this.#held.push(...payload.subarray(1, 1 + pointer));
    const sections = this.#whole();
    this.#held = [...payload.subarray(1 + pointer)];
    return [...sections, ...this.#whole()];
  }

  #whole(): Uint8Array[] {
    const sections: Uint8Array[] = [];
    // 0xff fills up what is left of a packet.
    while (this.#held.length >= 3 && this.#held[0] !== 0xff) {
      const octets = 3 + ((((this.#held[1] ?? 0) & 0x0f) << 8) | (this.#held[2] ?? 0));
      if (this.#held.length < octets) return sections;
      sections.push(Uint8Array.from(this.#held.splice(0, octets)));
    }
    if (this.#held[0] === 0xff) this.#held = [];
    return sections;
  }
}

function kindOf(type: number, descriptors: Uint8Array): StreamKind {
  if (videoTypes.has(type)) return "video";
  if (audioTypes.has(type)) return "audio";
  if (type !== 0x06) return "other";
  for (let at = 0; at + 2 <= descriptors.length; at += 2 + (descriptors[at + 1] ?? 0)) {
    if (audioDescriptors.has(descriptors[at] ?? 0)) return "audio";
  }
  return "other";
}

/** What stands between the header of 8 octets and the check sum of 4. */
function bodyOf(section: Uint8Array, tableId: number): Uint8Array {
  if (section.length < 12) throw malformed("a section is cut short");
  if (section[0] !== tableId) throw malformed(`table ${section[0]} stands where ${tableId} is awaited`);
  if (crc32(section) !== 0) throw malformed("the check sum of a section is wrong");
  return section.subarray(8, section.length - 4);
}

/** Annex A: 0 over a section together with its check sum. */
function crc32(octets: Uint8Array): number {
  let crc = 0xffffffff;
  for (const octet of octets) {
    crc ^= octet << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80000000) === 0 ? crc << 1 : (crc << 1) ^ 0x04c11db7;
  }
  return crc >>> 0;
}

const uint16 = (octets: Uint8Array, at: number): number => ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
const malformed = (message: string): HomeError => new HomeError("frame-malformed", message);
