/**
 * An air conditioner made with the npm package echonet-lite: an independent (and faulty) device for interoperability tests. Says
 * "waiting", starts on the first line of its standard input, and on each further line switches itself and announces it.
 */

import { createInterface } from "node:readline";
import EL from "echonet-lite";

const airConditioner = {
  80: [0x31],
  81: [0x08],
  82: [0x00, 0x00, 0x50, 0x01],
  88: [0x42],
  "8a": [0x00, 0x00, 0x77],
  "9d": [0x04, 0x80, 0x81, 0xa0, 0xb0],
  "9e": [0x04, 0x80, 0xa0, 0xb0, 0xb3],
  "9f": [0x0c, 0x80, 0x81, 0x82, 0x88, 0x8a, 0x9d, 0x9e, 0x9f, 0xa0, 0xb0, 0xb3, 0xbb],
  a0: [0x41],
  b0: [0x42],
  b3: [0x1c],
  bb: [0x19],
};
const devices = { "013001": airConditioner };

/** The package answers for its node profile only; for its devices it is asked to. */
function onFrame(rinfo, els) {
  if (els === null || els.DEOJ !== "013001") return;
  if (els.ESV === EL.GET) EL.replyGetDetail(rinfo, els, devices);
  if (els.ESV === EL.SETC || els.ESV === EL.SETI) EL.replySetDetail(rinfo, els, devices);
}

let isStarted = false;
process.stdout.write("waiting\n");
createInterface({ input: process.stdin }).on("line", async () => {
  if (!isStarted) {
    isStarted = true;
    await EL.initialize(["013001"], onFrame, 4, { v4: "", autoGetProperties: false });
    process.stdout.write("started\n");
    return;
  }
  airConditioner[80] = [airConditioner[80][0] === 0x30 ? 0x31 : 0x30];
  EL.sendOPC1(EL.EL_Multi, "013001", "0ef001", EL.INF, 0x80, airConditioner[80]);
});
