/** Where the access broker listens: the wished port, or the next free one, and after a restart the same as before. */

import type { Host } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject } from "../gateway-core/contract/json.ts";
import type { AccessBrokerSettings } from "./settings.ts";

const portsTried = 100;
const name = "ports";

export interface Ports {
  readonly users: number;
  readonly gateways: number;
  readonly remoteMqtt: number;
}

/** The ports of the last run, for as long as the same ones are wished for: gateways and people know them by now. */
export function rememberedPorts({ memory }: Pick<Host, "memory">, wished: Ports): Ports {
  const kept = memory.read(name);
  const known = isJsonObject(kept) ? kept : {};
  const portOf = (door: keyof Ports, wish: string): number => {
    const port = known[door];
    return typeof port === "number" && known[wish] === wished[door] ? port : wished[door];
  };
  return {
    users: portOf("users", "wishedUsers"),
    gateways: portOf("gateways", "wishedGateways"),
    remoteMqtt: portOf("remoteMqtt", "wishedRemoteMqtt"),
  };
}

/** What the settings wish for. */
export const wishedPorts = (settings: AccessBrokerSettings): Ports => ({
  users: settings.userPort,
  gateways: settings.gatewayPort,
  remoteMqtt: settings.remoteMqttPort,
});

export function rememberPorts({ memory }: Pick<Host, "memory">, wished: Ports, taken: Ports): void {
  const wishes = {
    wishedUsers: wished.users,
    wishedGateways: wished.gateways,
    wishedRemoteMqtt: wished.remoteMqtt,
  };
  memory.write(name, { ...taken, ...wishes });
}

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
