/** Joins remote MQTT to the rooms that it asks: who somebody is, by app password or session, and where their home is. */

import type { Host } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Sessions } from "./challenge/sessions.ts";
import type { GatewayDirectory } from "./gateways/gateway-directory.ts";
import type { OpenAnswers } from "./internet/open-answers.ts";
import { sessionToken } from "./internet/session-cookie.ts";
import type { SocketRoute } from "./internet/upgrade-desk.ts";
import { createReception, type Reception, type ReceptionOptions } from "./remote-mqtt/reception.ts";
import { createRemoteHomes, type RemoteHomes } from "./remote-mqtt/remote-homes.ts";
import type { Standing } from "./remote-mqtt/visitor.ts";
import { createWebSocketRoute, type MqttVisit } from "./remote-mqtt/web-socket-route.ts";

export interface RemoteMqttOptions {
  readonly host: Pick<Host, "clock" | "ids">;
  /** The provider's host. */
  readonly name: string;
  readonly loginBy: ReceptionOptions["loginBy"];
  readonly audit: ReceptionOptions["audit"];
  readonly sessions: Pick<Sessions, "find">;
  readonly openAnswers: Pick<OpenAnswers, "hold">;
  readonly directory: Pick<GatewayDirectory, "find">;
}

export interface RemoteMqtt extends Disposable {
  readonly homes: RemoteHomes;
  readonly receive: Reception;
  readonly route: SocketRoute;
}

export function createRemoteMqtt(options: RemoteMqttOptions): RemoteMqtt {
  const { host, name, loginBy, audit, sessions, openAnswers, directory } = options;
  const { clock, ids } = host;
  const homes = createRemoteHomes({
    ...{ clock, ids },
    tell(number, message) {
      const link = directory.find(number);
      if (link?.isReady !== true) return false;
      link.tell(message);
      return true;
    },
    onRefused: (number, visitor, reason) =>
      audit("mqtt-refused", number, visitor?.user ?? null, visitor?.source ?? "", { reason }),
    // What was done there, and when; not the value, which may be private.
    onCommand: (number, { user, source }, topic) => audit("command", number, user, source, { topic, by: "mqtt" }),
  });
  const receive = createReception({ ...{ clock, ids, loginBy, homes, audit }, host: name });

  async function guestOf({ visit, number, origin }: MqttVisit) {
    const { headers, source, signal, closed } = visit;
    const token = sessionToken(headers);
    const session = token === undefined ? undefined : await sessions.find(token, number, source);
    if (token === undefined || session === undefined) return undefined;
    // A browser sends the cookie whoever's page asks; only the Origin that it sends with it tells whose that is.
    if (origin === null) throw new HomeError("origin-not-allowed", "a session is used here by its own origin alone");
    const { id, user, sight } = session;
    const standing = async (): Promise<Standing> => standingOf(await sessions.find(token, number, source));
    return {
      guest: { number, user, session: id, standing },
      ending: openAnswers.hold({ session: id, source, sight }, signal, closed),
    };
  }

  return {
    homes,
    receive,
    route: createWebSocketRoute({ receive, guestOf }),
    [Symbol.dispose]: () => homes[Symbol.dispose](),
  };
}

/** What a session opens: nothing once it has ended, outside its hours, or while its person must set a password of their own. */
function standingOf(session: Awaited<ReturnType<Sessions["find"]>>): Standing {
  if (session === undefined) return { rights: "none", grant: { devices: {} } };
  const { sight, mustChangePassword, reached, rights, grant } = session;
  const isOpen = sight !== undefined && !mustChangePassword && reached.includes("wss");
  return { rights: isOpen ? rights : "none", grant };
}
