/** Opens the doors towards users: the public one, and that of an access network which says who calls. */

import type { Listening } from "../gateway-core/bytes/listening.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { networksOf } from "./balancers-door.ts";
import type { CallerReading } from "./internet/caller-number.ts";
import { type HttpsServer, type HttpsServerOptions, openHttpsServer } from "./internet/https-server.ts";
import { onFreePort } from "./ports.ts";
import type { AccessBrokerSettings, CallerSettings } from "./settings.ts";

export interface UserDoors extends AsyncDisposable {
  readonly users: HttpsServer;
  /** Where the settings name an access network. */
  readonly callers: Listening | undefined;
}

/** The network's header is nobody's word at the public door, and goes no further there. */
export const callersAtPublicDoor = ({ callers }: AccessBrokerSettings): CallerReading | undefined =>
  callers === undefined ? undefined : { header: callers.header };

/** @throws HomeError `address-unusable`, `settings-invalid` */
export async function openUserDoors(
  settings: AccessBrokerSettings,
  userPort: number,
  options: Omit<HttpsServerOptions, "caller">,
): Promise<UserDoors> {
  await using opened = new AsyncDisposableStack();
  const { listen, callers: network } = settings;
  const users = opened.use(
    await onFreePort(listen, userPort, (port) =>
      openHttpsServer(listen, port, { ...options, caller: callersAtPublicDoor(settings) }),
    ),
  );
  const callers = network === undefined ? undefined : opened.use(await openCallers(network, options));
  const closing = opened.move();
  return { users, callers, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** At the port that the settings name and no other: the network's servers are told where to go. No WebSocket is taken there, and nobody stands before it. */
async function openCallers(network: CallerSettings, options: HttpsServerOptions): Promise<Listening> {
  const { listen, port, header, certificates = [] } = network;
  const { contains: isPeer } = networksOf("callers.peers", network.peers);
  const { upgrade: _upgrade, behind: _behind, ...rest } = options;
  try {
    return await openHttpsServer(listen, port, {
      ...rest,
      caller: { header, network: { isPeer, certificates } },
    });
  } catch (cause) {
    throw new HomeError("address-unusable", `cannot listen on ${listen}:${port}: ${String(cause)}`, { port }, cause);
  }
}
