/** Watches a gateway start: when it was first on the wire, when its first device and when the last value of each device was on MQTT. */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { watchHome } from "./home-watch.ts";

export interface StartTimes {
  /** Since the gateway first spoke on the wire, in ms. */
  readonly firstDevice: number;
  readonly lastValue: number;
  /** When each device was fully read. */
  readonly devices: readonly number[];
  /** When the gateway first spoke on the wire (`performance.now()`). */
  readonly spokeAt: number;
  readonly values: number;
}

/** Nothing new for so long: all is read that ever will be. */
const quietMs = 4_000;
const patienceMs = 60_000;
const property = /^home\/devices\/([^/]+)\/properties\/([^/]+)$/;

/** Begins before the gateway is started, and resolves once `count` devices are there and nothing more comes. */
export async function watchStart(mqtt: string, ownAddress: string, count: number): Promise<StartTimes> {
  const ear = createSocket({ type: "udp4", reuseAddr: true });
  ear.bind(3610, "224.0.23.0");
  await once(ear, "listening");
  ear.addMembership("224.0.23.0", "127.0.0.1");
  let spokeAt = 0;
  ear.on("message", (_octets, { address }) => {
    if (address === ownAddress && spokeAt === 0) spokeAt = performance.now();
  });

  await using home = await watchHome(mqtt);
  const firstAt = new Map<string, number>();
  const doneAt = new Map<string, number>();
  let firstDeviceAt = 0;
  let newsAt = performance.now();
  home.onMessage((topic, payload) => {
    const [, device, name] = property.exec(topic) ?? [];
    if (device === undefined || name === undefined || payload === "null" || payload === "") return;
    const now = performance.now();
    if (firstDeviceAt === 0) firstDeviceAt = now;
    if (firstAt.has(topic)) return;
    firstAt.set(topic, now);
    doneAt.set(device, now);
    newsAt = now;
  });
  const end = performance.now() + patienceMs;
  while (doneAt.size < count || performance.now() - newsAt < quietMs) {
    if (performance.now() > end) throw new Error(`${doneAt.size} of ${count} devices after ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  ear.close();
  return {
    spokeAt,
    firstDevice: firstDeviceAt - spokeAt,
    lastValue: newsAt - spokeAt,
    devices: [...doneAt.values()].map((at) => at - spokeAt),
    values: firstAt.size,
  };
}
