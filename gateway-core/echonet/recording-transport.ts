/** A transport that writes down what passes through it, and changes nothing of it. */

import type { Clock } from "../contract/clock.ts";
import { type CaptureRecord, toAll } from "./capture-record.ts";
import type { OpenTransport, Transport } from "./transport.ts";

export type WriteRecord = (record: CaptureRecord) => void;

/** Opens what `open` opens, and writes down each datagram, with its time from the opening on. */
export function recordedTransport(open: OpenTransport, clock: Clock, write: WriteRecord): OpenTransport {
  return async (...how) => {
    const transport = await open(...how);
    const openedAt = clock.now();
    const record = (dir: "in" | "out", peer: string, octets: Uint8Array): void =>
      write({ t: clock.now() - openedAt, dir, peer, octets });
    // Once for each datagram, however many listen.
    transport.onDatagram(({ from, octets }) => record("in", from, octets));
    return recorded(transport, record);
  };
}

function recorded(transport: Transport, record: (dir: "out", peer: string, octets: Uint8Array) => void): Transport {
  return {
    pace: transport.pace,
    send(octets, to) {
      record("out", to, octets);
      transport.send(octets, to);
    },
    multicast(octets) {
      record("out", toAll, octets);
      transport.multicast(octets);
    },
    onDatagram: (listener) => transport.onDatagram(listener),
    onReach: (listener) => transport.onReach(listener),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}
