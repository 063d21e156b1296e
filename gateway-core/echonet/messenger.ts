/** Frames over a transport: what cannot be read is counted and dropped, once per sender with a word to the log. */

import type { Host } from "../contract/clock.ts";
import { toHomeError } from "../contract/errors.ts";
import { decodeFrame, encodeFrame, type Frame } from "./frame.ts";
import type { Transport } from "./transport.ts";

export interface Messenger {
  /** A transaction id that was not used lately: 1 to 65535, for 0 is what some nodes send instead of copying it. */
  freshTid(): number;
  send(frame: Frame, to: string): void;
  multicast(frame: Frame): void;
}

const lastTid = 0xffff;
const mostSendersNamed = 100;

/** Calls `receive` with every frame that can be read, until the transport is disposed of. */
export function createMessenger(
  transport: Transport,
  { ids, log }: Host,
  receive: (from: string, frame: Frame) => void,
): Messenger {
  const named = new Set<string>();
  let tid = Math.floor(ids.fraction() * lastTid);

  const drop = (from: string, thrown: unknown): void => {
    if (named.has(from) || named.size >= mostSendersNamed) return;
    named.add(from);
    log.write("warn", "frame-dropped", { from, error: toHomeError(thrown).toBody() });
  };

  transport.onDatagram(({ from, octets }) => {
    let frame: Frame;
    try {
      frame = decodeFrame(octets, { allowsSurplus: true });
    } catch (thrown) {
      return drop(from, thrown);
    }
    receive(from, frame);
  });

  return {
    freshTid() {
      tid = (tid % lastTid) + 1;
      return tid;
    },
    send: (frame, to) => transport.send(encodeFrame(frame), to),
    multicast: (frame) => transport.multicast(encodeFrame(frame)),
  };
}
