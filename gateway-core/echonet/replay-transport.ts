/**
 * A transport without a wire: a record of traffic answers. What was asked before is answered as it was then, in the same
 * order and time; what was asked otherwise, from the values that were told; what came by itself comes again at its time.
 */

import type { Clock } from "../contract/clock.ts";
import { type CaptureRecord, toAll } from "./capture-record.ts";
import { decodeFrame, encodeFrame, type Frame } from "./frame.ts";
import {
  type RecordedExchange,
  type RecordedTraffic,
  readTraffic,
  requestKey,
  valueKey,
} from "./recorded-exchanges.ts";
import { type Datagram, lanPace, type OpenTransport } from "./transport.ts";

/** An answer that is put together from values comes after this time. */
const composedAfterMs = 5;
const nothing = new Uint8Array(0);

export function replayTransport(records: readonly CaptureRecord[], clock: Clock): OpenTransport {
  const traffic = readTraffic(records);
  return async () => {
    const listeners = new Set<(datagram: Datagram) => void>();
    const openedAt = clock.now();
    const nextExchange = exchangesInOrder(traffic);

    const deliverAfter = (delayMs: number, from: string, octets: Uint8Array): void =>
      void clock.after(delayMs, () => {
        for (const listener of listeners) listener({ from, octets });
      });

    function answer(octets: Uint8Array, to: string): void {
      const frame = decodeFrame(octets);
      const exchange = nextExchange(requestKey(to, frame));
      for (const { from, afterMs, octets: recorded, hasTidOfRequest } of exchange?.answers ?? []) {
        deliverAfter(afterMs, from, hasTidOfRequest ? withTid(recorded, frame.tid) : recorded);
      }
      const composed = exchange === undefined ? compose(traffic, to, frame, clock.now() - openedAt) : undefined;
      if (composed !== undefined) deliverAfter(composedAfterMs, to, encodeFrame(composed));
    }

    for (const { t, peer, octets } of traffic.unsolicited) deliverAfter(t, peer, octets);
    return {
      pace: lanPace,
      send: answer,
      multicast: (octets) => answer(octets, toAll),
      onDatagram(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      // A record leads to the same nodes all the time.
      onReach: () => () => undefined,
      async [Symbol.asyncDispose]() {
        listeners.clear();
      },
    };
  };
}

/** The exchanges of a request one by one; after the last, the last again. */
function exchangesInOrder({ exchanges }: RecordedTraffic): (key: string) => RecordedExchange | undefined {
  const played = new Map<string, number>();
  return (key) => {
    const index = played.get(key) ?? 0;
    played.set(key, index + 1);
    const recorded = exchanges.get(key);
    return recorded?.[index] ?? recorded?.at(-1);
  };
}

/** Undefined for what is no request to read, and where nothing is known of the object: silence. */
function compose({ values }: RecordedTraffic, address: string, frame: Frame, t: number): Frame | undefined {
  const { tid, seoj, deoj, esv } = frame;
  if (esv !== "Get") return undefined;
  const properties = frame.properties.map(({ epc }) => {
    const told = values.get(valueKey(address, deoj, epc)) ?? [];
    return { epc, edt: (told.findLast((value) => value.t <= t) ?? told[0])?.edt ?? nothing };
  });
  if (properties.every(({ edt }) => edt.length === 0)) return undefined;
  const isWhole = properties.every(({ edt }) => edt.length > 0);
  return { tid, seoj: deoj, deoj: seoj, esv: isWhole ? "Get_Res" : "Get_SNA", properties };
}

/** The frame's octets with another TID, in octets 2 and 3; all else is as it was, mistakes included. */
function withTid(octets: Uint8Array, tid: number): Uint8Array {
  const copy = octets.slice();
  copy.set([tid >> 8, tid & 0xff], 2);
  return copy;
}
