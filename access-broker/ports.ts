/** Where the access broker listens: the wished port, or the next free one, and after a restart the same as before. */

import type { Host } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject } from "../gateway-core/contract/json.ts";
import type { AccessBrokerSettings } from "./settings.ts";

const portsTried = 100;
const name = "ports";

/** The doors of the access broker, each at a port of its own. */
export const doors = ["users", "gateways", "remoteMqtt", "proxy"] as const;
type Ports = Readonly<Record<(typeof doors)[number], number>>;

/** The ports of the last run, for as long as the same ones are wished for: gateways and people know them by now. */
export function rememberedPorts({ memory }: Pick<Host, "memory">, wished: Ports): Ports {
  const read = memory.read(name);
  const kept = isJsonObject(read) ? read : {};
  const ports = { ...wished };
  for (const door of doors) {
    const port = kept[door];
    if (typeof port === "number" && kept[wishOf(door)] === wished[door]) ports[door] = port;
  }
  return ports;
}

/** What the settings wish for. */
export const wishedPorts = (settings: AccessBrokerSettings): Ports => ({
  users: settings.userPort,
  gateways: settings.gatewayPort,
  remoteMqtt: settings.remoteMqttPort,
  proxy: settings.proxyPort,
});

export function rememberPorts({ memory }: Pick<Host, "memory">, wished: Ports, taken: Ports): void {
  memory.write(name, { ...taken, ...Object.fromEntries(doors.map((door) => [wishOf(door), wished[door]])) });
}

/** `users` → `wishedUsers`. */
const wishOf = (door: string): string => `wished${door.charAt(0).toUpperCase()}${door.slice(1)}`;

/**
 * Opens a server on the port, or on the next free one.
 * @throws HomeError `address-unusable`
 */
export async function onFreePort<T>(address: string, port: number, open: (port: number) => Promise<T>): Promise<T> {
  const last = port === 0 ? 0 : Math.min(65_535, port + portsTried - 1);
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      return await open(candidate);
    } catch (cause) {
      if (cause instanceof HomeError) throw cause;
      if (isTaken(cause)) continue;
      throw new HomeError(
        "address-unusable",
        `cannot listen on ${address}:${candidate}: ${String(cause)}`,
        { address },
        cause,
      );
    }
  }
  throw new HomeError("address-unusable", `all ports from ${port} to ${last} are taken`, { address, port });
}

const isTaken = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
