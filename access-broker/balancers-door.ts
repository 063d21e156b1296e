/** Joins the doors to the balancers before them, which the settings name. */

import type { Server } from "node:net";
import type { Server as TlsServer } from "node:tls";
import type { Host } from "../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { putBehindBalancers } from "./balancers/behind-balancers.ts";
import { type Networks, parseNetworks } from "./challenge/networks.ts";
import type { AccessBrokerSettings } from "./settings.ts";

/** What puts a door behind them; undefined where there are none. @throws HomeError `settings-invalid` */
export function behindBalancers(
  { balancers }: Pick<AccessBrokerSettings, "balancers">,
  { clock, log }: Pick<Host, "clock" | "log">,
): ((server: Server, secured: TlsServer) => void) | undefined {
  if (balancers === undefined) return undefined;
  const { contains: isBalancer } = networksOf("balancers", balancers);
  return (server, secured) => putBehindBalancers(server, secured, { clock, log, isBalancer });
}

/** Of a setting that lists them. @throws HomeError `settings-invalid` */
export function networksOf(setting: string, networks: readonly string[]): Networks {
  try {
    return parseNetworks(networks.join());
  } catch (thrown) {
    const key = `accessBroker.${setting}`;
    const reason = toHomeError(thrown).message;
    throw new HomeError("settings-invalid", `${key}: ${reason}`, { key, reason }, thrown);
  }
}
