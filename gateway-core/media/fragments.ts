/** Fragmented MP4 as an encoder writes it (ISO/IEC 14496-12, 8.8): the initialization segment, then fragments, each with its time. Pure. */

import { joinOctets } from "../bytes/join-octets.ts";
import type { Fragment, Piece } from "../contract/stream.ts";
import { type Box, BoxSplitter, childBoxes, findBox, uint } from "./boxes.ts";
import { codecsOf } from "./codec-string.ts";

interface Track {
  readonly id: number;
  readonly timescale: number;
  readonly isVideo: boolean;
  readonly defaultDuration: number;
  readonly defaultFlags: number;
}

/** `sample_is_non_sync_sample` of 8.8.3.1. */
const isNonSync = (flags: number): boolean => (flags & 0x10000) !== 0;

/** Reads one encoder's output from its first octet. */
export class FragmentReader {
  readonly #splitter = new BoxSplitter();
  readonly #offset: number;
  #type: Box | undefined;
  #moof: Box | undefined;
  #tracks: readonly Track[] = [];

  /** `offset`: seconds added to every time, so that one encoder's time line goes on where another's ended. */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  /** @throws HomeError `frame-malformed` */
  push(octets: Uint8Array): Piece[] {
    return this.#splitter.push(octets).flatMap((box) => this.#take(box));
  }

  #take(box: Box): Piece[] {
    if (box.type === "ftyp") this.#type = box;
    else if (box.type === "moof") this.#moof = box;
    else if (box.type === "moov") {
      this.#tracks = tracksOf(box);
      const whole = joinOctets(...(this.#type === undefined ? [] : [this.#type.octets]), box.octets);
      const has = (isVideo: boolean): boolean => this.#tracks.some((track) => track.isVideo === isVideo);
      const mediaType = `video/mp4; codecs="${codecsOf(box.payload).join(", ")}"`;
      return [{ init: { octets: whole, mediaType, hasVideo: has(true), hasAudio: has(false) } }];
    } else if (box.type === "mdat" && this.#moof !== undefined) {
      // A copy where it is changed: the octets are whoever handed them in's.
      const moof = this.#offset === 0 ? this.#moof : copyOf(this.#moof);
      this.#moof = undefined;
      if (this.#offset !== 0) for (const track of this.#tracks) shift(moof, track, this.#offset);
      return [{ fragment: { octets: joinOctets(moof.octets, box.octets), ...this.#timesOf(moof) } }];
    }
    return [];
  }

  #timesOf(moof: Box): Omit<Fragment, "octets"> {
    const read = childBoxes(moof.payload, "traf").flatMap(({ payload }) => {
      const track = this.#tracks.find(({ id }) => id === uint(findBox(payload, "tfhd")?.payload ?? payload, 4, 4));
      return track === undefined ? [] : [{ track, ...timesIn(payload, track) }];
    });
    const told = read.find(({ track }) => track.isVideo) ?? read[0];
    if (told === undefined) return { isKey: false, start: 0, duration: 0 };
    const { start, duration, isKey, track } = told;
    // Every piece of sound could be begun with; where there are pictures, only they decide.
    const isSoundAlone = !track.isVideo && this.#tracks.some(({ isVideo }) => isVideo);
    return { isKey: isKey && !isSoundAlone, start, duration };
  }
}

function tracksOf({ payload }: Box): Track[] {
  const defaults = childBoxes(findBox(payload, "mvex")?.payload ?? new Uint8Array(0), "trex");
  return childBoxes(payload, "trak").map((trak) => {
    const header = findBox(trak.payload, "tkhd")?.payload ?? new Uint8Array(0);
    const media = findBox(trak.payload, "mdia", "mdhd")?.payload ?? new Uint8Array(0);
    const id = uint(header, header[0] === 1 ? 20 : 12, 4);
    const extended = defaults.find((trex) => uint(trex.payload, 4, 4) === id)?.payload ?? new Uint8Array(0);
    return {
      id,
      timescale: uint(media, media[0] === 1 ? 20 : 12, 4) || 1,
      isVideo: uint(findBox(trak.payload, "mdia", "hdlr")?.payload ?? header, 8, 4) === 0x76696465,
      defaultDuration: uint(extended, 12, 4),
      defaultFlags: uint(extended, 20, 4),
    };
  });
}

/** Of one track fragment: 8.8.7 tfhd, 8.8.8 trun, 8.8.12 tfdt. */
function timesIn(traf: Uint8Array, track: Track): Omit<Fragment, "octets"> {
  const tfhd = findBox(traf, "tfhd")?.payload ?? new Uint8Array(0);
  const tfdt = findBox(traf, "tfdt")?.payload ?? new Uint8Array(0);
  const headFlags = uint(tfhd, 1, 3);
  let at = 8 + (headFlags & 0x1 ? 8 : 0) + (headFlags & 0x2 ? 4 : 0);
  const eachDuration = headFlags & 0x8 ? uint(tfhd, at, 4) : track.defaultDuration;
  at += (headFlags & 0x8 ? 4 : 0) + (headFlags & 0x10 ? 4 : 0);
  const eachFlags = headFlags & 0x20 ? uint(tfhd, at, 4) : track.defaultFlags;
  let ticks = 0;
  let firstFlags: number | undefined;
  for (const { payload: run } of childBoxes(traf, "trun")) {
    const flags = uint(run, 1, 3);
    const count = uint(run, 4, 4);
    let offset = 8 + (flags & 0x1 ? 4 : 0);
    const toldFirst = flags & 0x4 ? uint(run, offset, 4) : undefined;
    offset += flags & 0x4 ? 4 : 0;
    const entry = [0x100, 0x200, 0x400, 0x800].reduce((octets, bit) => octets + (flags & bit ? 4 : 0), 0);
    const flagsAt = (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0);
    firstFlags ??= toldFirst ?? (flags & 0x400 ? uint(run, offset + flagsAt, 4) : eachFlags);
    // What claims more samples than it holds is read as far as it goes.
    const present = entry === 0 ? count : Math.min(count, Math.floor((run.length - offset) / entry));
    if (flags & 0x100) for (let index = 0; index < present; index++) ticks += uint(run, offset + index * entry, 4);
    else ticks += present * eachDuration;
  }
  const start = tfdt[0] === 1 ? uint(tfdt, 4, 8) : uint(tfdt, 4, 4);
  const isKey = firstFlags !== undefined && !isNonSync(firstFlags);
  return { isKey, start: start / track.timescale, duration: ticks / track.timescale };
}

function copyOf({ type, octets, payload }: Box): Box {
  const copy = new Uint8Array(octets);
  return { type, octets: copy, payload: copy.subarray(octets.length - payload.length) };
}

/** Moves the decode time of a track in place (8.8.12). */
function shift(moof: Box, { id, timescale }: Track, seconds: number): void {
  for (const { payload } of childBoxes(moof.payload, "traf")) {
    const tfdt = findBox(payload, "tfdt")?.payload;
    if (tfdt === undefined || uint(findBox(payload, "tfhd")?.payload ?? payload, 4, 4) !== id) continue;
    const octetCount = tfdt[0] === 1 ? 8 : 4;
    let ticks = BigInt(uint(tfdt, 4, octetCount)) + BigInt(Math.round(seconds * timescale));
    for (let at = 4 + octetCount - 1; at >= 4; at--) {
      tfdt[at] = Number(ticks & 0xffn);
      ticks >>= 8n;
    }
  }
}
