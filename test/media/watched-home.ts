/** A page on loopback with one deck on it whose stream is a test's own: real FFmpeg, the built page, real sockets. */

import { join } from "node:path";
import tape from "../../device-descriptors/avc/tape.json" with { type: "json" };
import type { Device } from "../../gateway-core/contract/device.ts";
import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { openPageServer } from "../../gateway-core/page/page-server.ts";
import { parseSettings } from "../../gateway-core/settings.ts";
import { createStreams, type Streams } from "../../gateway-core/streams.ts";
import { packageRoot } from "../../host/package-root.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import type { FakeControl } from "../fakes/fake-control.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { narrowed } from "../fakes/page-home.ts";
import { openPage } from "../page/open-page.ts";

export interface WatchedHome extends AsyncDisposable {
  readonly url: string;
  readonly streams: Streams;
  readonly control: FakeControl;
  /** What the deck says of itself. */
  tell(property: string, value: string): void;
}

export const deck: Device = narrowed(
  tape,
  "deck",
  { power: true, transport: "playing", timeCode: "00:12:34:00", cassette: true },
  { available: true, availabilityAt: Date.now() },
);

export async function openWatchedHome(
  source: (device: string) => Promise<AvSource>,
  media: { readonly idleSeconds?: number } = {},
): Promise<WatchedHome> {
  const host = { ...fakeHost(), clock: systemClock, ids: systemIds };
  const settings = parseSettings({ media });
  const streams = createStreams({ settings, host, source });
  await streams.prepare();
  const seeing = { ...deck, descriptor: { ...deck.descriptor, "gk:stream": true } };
  const { handler, control, live } = openPage([seeing], join(packageRoot(), "dist", "ui"), undefined, streams.routes);
  control.answer = undefined;
  const server = await openPageServer({ handler, listen: "127.0.0.1", port: 0, hostNames: [], networks: [], host });
  return {
    ...{ url: server.url, streams, control },
    tell: (property, value) => live.receive({ type: "changed", device: deck.id, property, value, at: Date.now() }),
    async [Symbol.asyncDispose]() {
      await streams[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
