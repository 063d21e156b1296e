/** What a journey knows of the home through its open interfaces. */

import { until } from "./home.ts";

export interface HomeDevice {
  readonly id: string;
  readonly kind: string;
  readonly available: boolean;
  readonly lookUp?: string;
  readonly values: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Snapshot {
  readonly devices: readonly HomeDevice[];
}

/** The devices as the LAN page tells them. */
export const lanDevices = async (lan: string): Promise<readonly HomeDevice[]> =>
  ((await (await fetch(new URL("/api/home", lan))).json()) as Snapshot).devices;

/** Waits until all four simulated devices are there and their values known; returns the device of each kind. */
export async function untilFurnished(lan: string): Promise<Readonly<Record<string, HomeDevice>>> {
  const kinds = ["airConditioner", "light", "sensor", "waterHeater"];
  const devices = await until(
    async () => {
      const list = await lanDevices(lan);
      const isKnown = list.every(({ values }) => Object.values(values).some(({ value }) => value !== null));
      return kinds.every((kind) => list.some((device) => device.kind === kind)) && isKnown ? list : undefined;
    },
    20_000,
    "a furnished home",
  );
  return Object.fromEntries((devices ?? []).map((device) => [device.kind, device]));
}
