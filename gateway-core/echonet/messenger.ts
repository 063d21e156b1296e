/** Frames over a transport: what cannot be read is dropped, with one word to the log for each sender. */

import type { Host } from "../contract/clock.ts";
import { toHomeError } from "../contract/errors.ts";
import { decodeFrame, encodeFrame, type Frame } from "./frame.ts";
import type { Transport } from "./transport.ts";
import { createWarnOnce } from "./warn-once.ts";

export interface Messenger {
  /** A transaction id that was not used lately: 1 to 65535, for 0 is what some nodes send instead of copying it. */
  freshTid(): number;
  send(frame: Frame, to: string): void;
  multicast(frame: Frame): void;
}

const lastTid = 0xffff;

/** Calls `receive` with every frame that can be read, until the transport is disposed of. */
export function createMessenger(
  transport: Transport,
  { ids, log }: Host,
  receive: (from: string, frame: Frame) => void,
): Messenger {
  const warnOnce = createWarnOnce(log);
  let tid = Math.floor(ids.fraction() * lastTid);

  transport.onDatagram(({ from, octets }) => {
    let frame: Frame;
    try {
      frame = decodeFrame(octets, { allowsMiscount: true });
    } catch (thrown) {
      return warnOnce("frame-dropped", from, { from, error: toHomeError(thrown).toBody() });
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
