/**
 * The quadlet before every HAVi message, and before every part of one, of the layer that carries it (TAM). That its top
 * nibble is the command and transaction set, that there are a sequence number and a fragment type, and which types there
 * are, is known from a bus analyser; where the two stand is not. The places written here are a reconstruction, so that
 * nothing but this file knows them.
 */

import type { ByteReader } from "../../bytes/byte-reader.ts";
import { noValue } from "../value-checks.ts";

/** HAVi among the command and transaction sets of FCP; carried by something else than FCP, messages have 0. */
const ctsOfHavi: readonly number[] = [0, 3];
const ctsOverFcp = 3;

/** Simple: the whole message; the other three are parts of one. */
const fragmentTypes = ["simple", "begin", "continuation", "end"] as const;
export type FragmentType = (typeof fragmentTypes)[number];

export interface FragmentHeader {
  readonly fragment: FragmentType;
  /** 8 bits: the same in all parts of a message. */
  readonly sequence: number;
}

/** @throws HomeError `frame-malformed` with `offset` when it is of another set. */
export function readTamHeader(reader: ByteReader): number {
  const quadlet = reader.uint(4);
  const cts = quadlet >>> 28;
  if (ctsOfHavi.includes(cts)) return quadlet;
  throw noValue(`CTS ${cts} is not HAVi`, reader.offset - 4);
}

/** Undefined for a frame of another set, and for a fragment type that there is none of. */
export function fragmentHeaderOf(quadlet: number): FragmentHeader | undefined {
  const fragment = fragmentTypes[(quadlet >>> 24) & 0xf];
  if (quadlet >>> 28 !== ctsOverFcp || fragment === undefined) return undefined;
  return { fragment, sequence: (quadlet >>> 16) & 0xff };
}

export function tamQuadlet({ fragment, sequence }: FragmentHeader): number {
  return ctsOverFcp * 2 ** 28 + fragmentTypes.indexOf(fragment) * 2 ** 24 + sequence * 2 ** 16;
}
