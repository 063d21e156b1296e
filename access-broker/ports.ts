/** Where the access broker listens: the wished port, or the next free one, and after a restart the same as before. */

import type { Host } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject } from "../gateway-core/contract/json.ts";
import { isLoopback } from "./internet/operator-listener.ts";
import type { AccessBrokerSettings } from "./settings.ts";

const portsTried = 100;
const name = "ports";

/** The doors of the access broker, each at a port of its own. */
export const doors = ["users", "gateways", "remoteMqtt", "proxy", "operator"] as const;
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
  operator: settings.operator.port,
});

/** Keeps where the doors really are for the next run, and says which have moved since the last. */
export function rememberPorts(
  { memory, log }: Pick<Host, "memory" | "log">,
  wished: Ports,
  before: Ports,
  taken: Ports,
): void {
  for (const what of doors) {
    const [wanted, port] = [before[what], taken[what]];
    if (wanted !== 0 && wanted !== port) log.write("warn", "port-moved", { what, wanted, port });
  }
  memory.write(name, { ...taken, ...Object.fromEntries(doors.map((door) => [wishOf(door), wished[door]])) });
}

/** `callers`: where an access network comes in that says who calls, if the settings name one. */
export type Addresses = Readonly<Record<(typeof doors)[number], string>> & { readonly callers?: string };

export function addressesOf(
  { listen, operator, callers }: AccessBrokerSettings,
  ports: Ports & { readonly callers?: number | undefined },
): Addresses {
  const at = (scheme: string, address: string, port: number): string =>
    `${scheme}://${address.includes(":") ? `[${address}]` : address}:${port}`;
  return {
    users: at("https", listen, ports.users),
    gateways: at("tls", listen, ports.gateways),
    remoteMqtt: at("mqtts", listen, ports.remoteMqtt),
    proxy: at("https", listen, ports.proxy),
    operator: at(isLoopback(operator.listen) ? "http" : "https", operator.listen, ports.operator),
    ...(callers && ports.callers !== undefined && { callers: at("https", callers.listen, ports.callers) }),
  };
}

export const portsOf = (open: Readonly<Record<(typeof doors)[number], { readonly port: number }>>): Ports => ({
  users: open.users.port,
  gateways: open.gateways.port,
  remoteMqtt: open.remoteMqtt.port,
  proxy: open.proxy.port,
  operator: open.operator.port,
});

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
