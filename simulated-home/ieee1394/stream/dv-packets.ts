/** Digital video cut into isochronous packets: a data block of 480 octets in each, and empty packets in between (IEC 61883-2). */

import type { Tape } from "../avc/tape.ts";
import { joined } from "../rom-writer.ts";
import { type DvContent, stampTimeCode } from "./dv-content.ts";
import type { PacketSource } from "./transmitter.ts";

const blockOctets = 480;
const cyclesPerSecond = 8000;
const mostAhead = 3;

/** What is under the head now: which frame from the beginning, and how fast they come. */
export type DvTape = Pick<Tape, "frame" | "pictureSpeed">;

export function createDvPackets(content: DvContent, tape: DvTape): PacketSource {
  const { lines, framesPerSecond } = content;
  const blocksOfFrame = lines === 625 ? 300 : 250;
  const perCycle = (blocksOfFrame * framesPerSecond) / cyclesPerSecond;
  let owed = 0;
  let counter = 0;
  let block = 0;
  let picture: Uint8Array = new Uint8Array(blocksOfFrame * blockOctets);
  let place = 0;

  /** Frames follow one another as the tape goes, even where the clock is a little off. */
  function nextPicture(): Uint8Array {
    const { frame, pictureSpeed } = tape;
    place += pictureSpeed;
    if (Math.abs(frame - place) > mostAhead) place = frame;
    const shown = Math.max(0, Math.floor(place));
    return stampTimeCode(content.frame(shown), shown, Math.round(framesPerSecond));
  }

  return {
    prepare: content.prepare,
    begin() {
      block = 0;
    },
    next(_, sid) {
      owed += perCycle;
      const hasData = owed >= 1;
      if (hasData) owed -= 1;
      if (hasData && block === 0) picture = nextPicture();
      const header = Uint8Array.of(sid, 120, 0, counter, 0x80, lines === 625 ? 0x80 : 0, 0xff, 0xff);
      if (!hasData) return header;
      const payload = picture.subarray(block * blockOctets, (block + 1) * blockOctets);
      counter = (counter + 1) % 256;
      block = (block + 1) % blocksOfFrame;
      return joined([header, payload]);
    },
  };
}
