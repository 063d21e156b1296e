/** Receives the stream of one device by a connection of its own, for as long as the signal lets it: what `genkan capture-av` does. */

import { type Clock, type Host, sleep } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { Bus } from "./bus.ts";
import { type AvChunk, receiveStream } from "./isochronous-source.ts";
import { createNodeDirectory } from "./node-directory.ts";
import { type OpenBus, openNamedBus } from "./open-bus.ts";
import { createStreamConnections } from "./stream-connections.ts";

export interface RecordOptions {
  /** As the setting `ieee1394.bus` names it. */
  readonly bus: string;
  /** EUI-64, or the id of a device that begins with it: `ieee1394-<EUI-64>-…`. */
  readonly device: string;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly onConnected: (channel: number) => void;
  readonly openBus?: OpenBus;
}

const guidIn = /^(?:ieee1394-)?([0-9a-f]{16})(?:-|$)/;
const rediscoverMs = 60_000;
const patienceMs = 5_000;
const stepMs = 50;

/** @throws HomeError `value-invalid` for no such id; `settings-invalid`, `device-unavailable`, `device-silent`, `bus-full` */
export async function* recordStream(options: RecordOptions): AsyncGenerator<AvChunk> {
  const { device, host, signal, onConnected, openBus = openNamedBus } = options;
  const guid = guidIn.exec(device)?.[1];
  if (guid === undefined) {
    throw new HomeError("value-invalid", `"${device}" is neither the id of an AV device nor an EUI-64`, {
      value: device,
    });
  }
  await using bus = openBus(options.bus, host);
  const closing = new AbortController();
  const directory = createNodeDirectory({ bus, host, rediscoverMs, signal: closing.signal });
  const connections = createStreamConnections({ bus, clock: host.clock, locate: directory.locate });
  try {
    await untilThere(bus, host.clock, signal);
    const connection = await connections.connect(guid, 0, signal);
    onConnected(connection.channel);
    yield* receiveStream({ bus, connection, signal });
  } finally {
    await connections.dispose();
    closing.abort();
  }
}

/** A bus behind a socket is there a moment after it was opened. @throws HomeError `device-unavailable` */
async function untilThere(bus: Bus, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; bus.state.nodeIds.length === 0; waitedMs += stepMs) {
    if (waitedMs >= patienceMs) throw new HomeError("device-unavailable", "the serial bus does not answer");
    await sleep(clock, stepMs, signal);
  }
}
