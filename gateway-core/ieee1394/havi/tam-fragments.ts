/** HAVi messages in FCP frames: cut into parts that fit, and put together again (HAVi 1.1, TAM, as reconstructed; IEC 61883-1, 9). */

import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { type FragmentType, fragmentHeaderOf, tamQuadlet } from "./tam-header.ts";

/** An FCP frame has 512 octets at most, four of which are the quadlet before each part. */
const mostOfPart = 508;
const headerOctets = 4;
/** Of a whole message: what a node can make us keep is bounded. */
const mostOctets = 64 * 1024;

/** Frames for the FCP register, in order. The message's own quadlet, its first, gives way to that of each part. */
export function fragmentsOf(message: Uint8Array, sequence: number): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = headerOctets; start < message.length; start += mostOfPart) {
    parts.push(message.subarray(start, start + mostOfPart));
  }
  return parts.map((part, place) => {
    const fragment = typeAt(place, parts.length);
    return new ByteWriter().uint(tamQuadlet({ fragment, sequence }), headerOctets).octets(part).toOctets();
  });
}

function typeAt(place: number, count: number): FragmentType {
  if (count === 1) return "simple";
  if (place === 0) return "begin";
  return place === count - 1 ? "end" : "continuation";
}

/** What one node sends, put together part by part. */
export interface Assembly {
  /** The message that this frame completes, with the quadlet of its first part; undefined while there is none. */
  take(frame: Uint8Array): Uint8Array | undefined;
}

/** A part that does not follow the one before it loses the message that it is of. */
export function createAssembly(): Assembly {
  let parts: Uint8Array[] = [];
  let length = 0;
  let sequence = 0;

  function begin(frame: Uint8Array, number: number): void {
    parts = [frame];
    length = frame.length;
    sequence = number;
  }

  function add(part: Uint8Array, number: number): boolean {
    if (parts.length === 0 || number !== sequence || length + part.length > mostOctets) {
      parts = [];
      return false;
    }
    parts.push(part);
    length += part.length;
    return true;
  }

  return {
    take(frame) {
      if (frame.length < headerOctets) return undefined;
      const header = fragmentHeaderOf(new ByteReader(frame).uint(headerOctets));
      if (header === undefined) return undefined;
      const { fragment } = header;
      if (fragment === "simple") return frame;
      if (fragment === "begin") {
        begin(frame, header.sequence);
        return undefined;
      }
      const isNext = add(frame.subarray(headerOctets), header.sequence);
      if (!isNext || fragment !== "end") return undefined;
      const whole = parts.reduce((writer, part) => writer.octets(part), new ByteWriter()).toOctets();
      parts = [];
      return whole;
    },
  };
}
