/** Waits until every station that a flow holds has opened or failed, so that addresses can be told. */

import { type Clock, sleep } from "../gateway-core/contract/clock.ts";
import type { Gateway } from "../gateway-core/gateway.ts";

const patienceMs = 5_000;

export async function untilOpen(gateway: Gateway, clock: Clock): Promise<void> {
  const deadline = clock.now() + patienceMs;
  const isOpening = (): boolean =>
    [...gateway.stations.values()].some(({ name, status }) => name !== "access-link" && status.state === "opening");
  while (isOpening() && clock.now() < deadline) await sleep(clock, 10);
}
