/** The rooms `echonet` and `devices` of a gateway on a wire in memory, with a node at its other end: what flows through can be counted exactly. */

import { join } from "node:path";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import type { Session } from "../gateway-core/contract/adapter.ts";
import type { Device } from "../gateway-core/contract/device.ts";
import { createDevices } from "../gateway-core/devices/devices.ts";
import { createEchonetAdapter } from "../gateway-core/echonet/echonet-adapter.ts";
import { decodeFrame } from "../gateway-core/echonet/frame.ts";
import type { Datagram } from "../gateway-core/echonet/transport.ts";
import { packageRoot } from "../host/package-root.ts";
import { systemClock, systemIds } from "../host/system-host.ts";
import { FakeNode } from "../test/fakes/fake-echonet-node.ts";
import { FakeMemory } from "../test/fakes/fake-host.ts";

export interface MemoryHome extends AsyncDisposable {
  readonly session: Session;
  /** Where the node is: an air conditioner (013001) and a light (029001). */
  readonly address: string;
  devices(): readonly Device[];
  /** A datagram reaches the gateway. */
  deliver(datagram: Datagram): void;
  /** How many lines the gateway has logged. */
  logLines(): number;
}

const common = { "0x80": "30", "0x81": "08", "0x82": "00004a00", "0x88": "42", "0x8a": "000006" };
const airConditioner = {
  edts: { ...common, "0x8f": "42", "0xa0": "41", "0xb0": "42", "0xb3": "1a", "0xbb": "1b", "0xbe": "20" },
  settable: [0x80, 0x8f, 0xa0, 0xb0, 0xb3],
  announced: [0x80, 0x88, 0xb0],
};
const light = { edts: { ...common, "0xb0": "32" }, settable: [0x80, 0xb0], announced: [0x80, 0x88] };

/** Opens the home and waits until every device is read. */
export async function openMemoryHome(): Promise<MemoryHome> {
  const address = "192.0.2.2";
  const leaving = new AbortController();
  const { signal } = leaving;
  const listeners = new Set<(datagram: Datagram) => void>();
  let lines = 0;
  const log = { write: () => void lines++ };
  const host = { clock: systemClock, ids: systemIds, log, memory: new FakeMemory() };
  const deliver = (datagram: Datagram): void => {
    for (const listener of listeners) listener(datagram);
  };

  const node = new FakeNode(address, { 77825: airConditioner, 167937: light });
  node.onSend = (octets) => queueMicrotask(() => deliver({ from: address, octets }));
  const session = await createEchonetAdapter(async () => ({
    pace: { firstAnswerMs: 1_000, longestAnswerMs: 4_000, mostProperties: 10 },
    onReach: () => () => undefined,
    send: (octets, to) => to === address && node.receive(decodeFrame(octets)),
    multicast: (octets) => node.receive(decodeFrame(octets)),
    onDatagram(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.asyncDispose]: async () => listeners.clear(),
  })).open({}, host, signal);
  const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);
  const devices = createDevices({
    host,
    sessions: new Map([["echonet", session]]),
    find: (key) => catalogue.find(key),
  });
  void (async () => {
    for await (const sighting of session.discover({ signal, active: true })) {
      devices.receive({ type: "sighting", sighting });
    }
  })();
  const isRead = ({ values }: Device): boolean => Object.values(values).every(({ value }) => value !== null);
  while (devices.list().length < 2 || !devices.list().every(isRead)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    session,
    address,
    devices: devices.list,
    deliver,
    logLines: () => lines,
    async [Symbol.asyncDispose]() {
      await devices[Symbol.asyncDispose]();
      leaving.abort();
    },
  };
}
