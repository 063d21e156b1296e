/** `genkan capture`: records the ECHONET Lite traffic that this machine hears, as JSON lines. */

import { echonetGroup, echonetPort } from "../gateway-core/gateway.ts";
import { listenToLan } from "../host/lan-listener.ts";
import { systemClock } from "../host/system-host.ts";
import { type Arguments, numberOf } from "./arguments.ts";
import { openCaptureFile } from "./capture-file.ts";
import { ownAddresses } from "./own-addresses.ts";
import { endWithReader, untilStopped } from "./process-life.ts";
import { readSettings } from "./read-settings.ts";
import { say } from "./say.ts";

export async function capture(args: Arguments): Promise<void> {
  endWithReader();
  const { language, values } = args;
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);
  const seconds = values.seconds === undefined ? undefined : numberOf(args, "seconds", 1);
  const addresses = ownAddresses(args, readSettings(args.folder, args.overrides).gateway);
  using file = openCaptureFile(values.out, {
    clock: systemClock,
    onFull: () => tell(say(language, "capture-full", { file: values.out ?? "" })),
  });
  const openedAt = systemClock.now();
  await using listener = await listenToLan({
    addresses,
    group: echonetGroup,
    port: echonetPort,
    onDatagram: (octets, from) => file.write({ t: systemClock.now() - openedAt, dir: "in", peer: from, octets }),
  });
  for (const [address, reason] of listener.unjoined) tell(say(language, "capture-deaf", { address, reason }));
  if (listener.taken.size > 0) {
    tell(say(language, "capture-half", { addresses: [...listener.taken.keys()].join(", ") }));
  }
  tell(say(language, "capturing", { addresses: addresses.join(", ") }));
  await untilStopped(seconds === undefined ? undefined : AbortSignal.timeout(seconds * 1_000));
  tell(say(language, "captured", { count: file.count }));
}
