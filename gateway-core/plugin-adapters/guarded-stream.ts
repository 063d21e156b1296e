/** A stream of an adapter of another package, as any other (contract/stream.ts): octets alone come through, and it can be let go of. */

import type { Clock } from "../contract/clock.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import type { AvSource, SourceForm } from "../contract/stream.ts";
import { copyJson } from "./copy-json.ts";
import type { Faults } from "./faults.ts";
import { foreignItems } from "./foreign-items.ts";
import { letGo } from "./let-go.ts";

export interface GuardedStreamOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  /** The session closes. */
  readonly closed: AbortSignal;
}

const call = "stream";
/** Some frames of the richest DV (IEC 61834, SMPTE 370M), thousands of packets. */
const largestPiece = 2 * 1024 * 1024;
/** A piece weighs at least a packet, so that empty ones cannot go on for ever. */
const leastWeight = 188;
/** Twice the fastest that a device of a home sends; from a file it would come as fast as the disk is. */
const mostInSecond = 32 * 1024 * 1024;

/** @throws HomeError `adapter-failed` for what is no source; then it was let go of */
export function guardedStream(source: unknown, { clock, faults, closed }: GuardedStreamOptions): AvSource {
  const form = formOf(source);
  const closing = new AbortController();
  const signal = AbortSignal.any([closing.signal, closed]);
  if (form === undefined) {
    void letGo(source, clock, faults, call);
    throw faults.fault(call, 'a source is {form: "mpegts" | "dv", octets, [Symbol.asyncDispose]}');
  }
  const { octets, evidence } = source as { readonly octets?: unknown; readonly evidence?: unknown };
  let gone: Promise<void> | undefined;
  return {
    form,
    octets: pieces(octets, { clock, faults, closed: signal }),
    ...(typeof evidence === "function"
      ? { evidence: () => evidenceOf(() => Reflect.apply(evidence, source, []), faults) }
      : {}),
    [Symbol.asyncDispose]() {
      closing.abort();
      gone ??= letGo(source, clock, faults, call);
      return gone;
    },
  };
}

/** @throws HomeError what the source says, `adapter-failed` for a piece that is no octets or too large */
async function* pieces(octets: unknown, { clock, faults, closed }: GuardedStreamOptions): AsyncGenerator<Uint8Array> {
  const items = foreignItems({
    ...{ clock, signal: closed, mostInSecond, open: () => octets },
    weigh: (item) => Math.max(leastWeight, item instanceof Uint8Array ? item.length : 0),
    onFlood: () => void faults.fault(call, "it sends faster than any device; it is slowed down"),
    shape: () => faults.fault(call, "its octets are no async iterable"),
  });
  try {
    for await (const piece of items) {
      if (!(piece instanceof Uint8Array)) throw faults.fault(call, "a piece is no Uint8Array");
      if (piece.length > largestPiece) throw faults.fault(call, `a piece is larger than ${largestPiece} octets`);
      // Whoever sends may write the next piece into the same memory.
      if (piece.length > 0) yield new Uint8Array(piece);
    }
  } catch (thrown) {
    if (!closed.aborted) throw faults.errorOf(thrown, call);
  }
}

function formOf(source: unknown): SourceForm | undefined {
  try {
    if (typeof source !== "object" || source === null || !("form" in source)) return undefined;
    return source.form === "mpegts" || source.form === "dv" ? source.form : undefined;
  } catch {
    return undefined;
  }
}

function evidenceOf(read: () => unknown, faults: Faults): JsonObject {
  try {
    const copy = copyJson(read());
    return isJsonObject(copy) ? copy : {};
  } catch (thrown) {
    faults.errorOf(thrown, "evidence");
    return {};
  }
}
