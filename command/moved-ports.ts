/** Which doors are not at the port that the settings name, because another program has it: said aloud, never in silence. */

import type { Json } from "../gateway-core/contract/json.ts";
import type { Arguments } from "./arguments.ts";
import { readBrokerSettings } from "./broker-settings.ts";
import { readSettings } from "./read-settings.ts";
import { say } from "./say.ts";

/** Addresses as the processes told them; null where there is none. */
export type Doors = Readonly<Record<"lan" | "mqtt" | "users" | "gateways" | "remoteMqtt" | "proxy", Json | undefined>>;

export function movedPorts(args: Arguments, doors: Doors): string[] {
  const { gateway } = readSettings(args.folder, args.overrides);
  const accessBroker = readBrokerSettings(args.folder, args.overrides);
  const wanted = {
    lan: gateway.page.port,
    mqtt: gateway.localBroker.port,
    users: accessBroker.userPort,
    gateways: accessBroker.gatewayPort,
    remoteMqtt: accessBroker.remoteMqttPort,
    proxy: accessBroker.proxyPort,
  };
  const names = ["lan", "mqtt", "users", "gateways", "remoteMqtt", "proxy"] as const;
  return names.flatMap((name) => {
    const port = portOf(doors[name]);
    const isMoved = port !== undefined && wanted[name] !== 0 && port !== wanted[name];
    return isMoved
      ? [say(args.language, "port-moved", { wanted: wanted[name], door: say(args.language, `door-${name}`), port })]
      : [];
  });
}

/** The port of an address such as `https://127.0.0.1:8443`. */
export function portOf(address: Json | undefined): number | undefined {
  if (typeof address !== "string" || !URL.canParse(address)) return undefined;
  const { port, protocol } = new URL(address);
  return port === "" ? { "https:": 443, "http:": 80 }[protocol] : Number(port);
}
