/** A gateway's recordings in a process of its own, to be killed: two devices that send without end. Says so when some of both is in the files. */

import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { openRecordings } from "../../gateway-core/recordings/recordings.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";

const octets = Buffer.alloc(1_600 * 188);
/** The whole is what `packets` makes of as many. */
async function* sent(): AsyncGenerator<Uint8Array> {
  for (let from = 0; ; from += octets.length) {
    const piece = Buffer.alloc(octets.length);
    for (let at = 0; at < piece.length; at++) piece[at] = (from + at) % 188 === 0 ? 0x47 : (from + at) & 0xff;
    yield piece;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const source = async (): Promise<AvSource> => ({
  form: "mpegts",
  octets: sent(),
  [Symbol.asyncDispose]: async () => undefined,
});
const [, , folder = ""] = process.argv;
const recordings = await openRecordings({
  ...{
    host: { clock: systemClock, ids: systemIds, log: { write: () => undefined } },
    folder,
    mostOctets: 50_000_000,
    source,
  },
  convert: async () => undefined,
});
await Promise.all(["one", "other"].map((device) => recordings.start(device)));
while (!recordings.list().every((one) => one.octets > octets.length))
  await new Promise((resolve) => setTimeout(resolve, 5));
process.stdout.write("begun\n");
