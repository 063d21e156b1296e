/** The remote namespaces that somebody looks into now: each home's made on demand, filled over its control link, and closed when idle. */

import type { Connection } from "aedes";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock, Ids, Timer } from "../../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { RemoteDown, RemoteUp } from "../../gateway-core/contract/remote-link.ts";
import { viewKey } from "./grant-view.ts";
import { createHomeViews, type HomeViews, type Seat } from "./home-views.ts";
import { createMirror, type Mirror } from "./mirror.ts";
import { commandOf, resultOf } from "./remote-command.ts";
import type { Visitor } from "./visitor.ts";

/** How long a namespace outlives its last visitor. */
const idleMs = 60_000;
/** How soon a right that was taken elsewhere (the command line), or a window that closed, is noticed. */
const checkMs = 10_000;
const mostVisitors = 128;
/** Commands to one home in a minute. */
const mostCommands = 600;
const commandsMs = 60_000;

/** How a home is spoken to: false when it is away. */
export type TellHome = (number: AccessNumber, message: RemoteDown) => boolean;

export interface RemoteHomes extends Disposable {
  /** How many visitors all homes have together. */
  readonly visitors: number;
  /** False: the home has too many visitors already, or nothing is open to this one. */
  serve(number: AccessNumber, socket: Connection, visitor: Visitor): Promise<boolean>;
  /** The home's link stands: what it is told now, it hears. */
  joined(number: AccessNumber): void;
  left(number: AccessNumber): void;
  hear(number: AccessNumber, message: RemoteUp): void;
  /** What a visitor of the home may do has changed, it may be. */
  recheck(number: AccessNumber): Promise<void>;
}

export interface RemoteHomesOptions {
  readonly clock: Clock;
  readonly ids: Pick<Ids, "fresh">;
  readonly tell: TellHome;
  readonly onRefused: (number: AccessNumber, visitor: Visitor | undefined, reason: string) => void;
  /** A command that went to the home; the topic is the home's own name of it. */
  readonly onCommand: (number: AccessNumber, visitor: Visitor, topic: string) => void;
}

interface Home {
  readonly mirror: Mirror;
  readonly views: HomeViews;
  readonly seats: Map<Visitor, { readonly seat: Seat; readonly socket: Connection }>;
  idle?: Timer | undefined;
}

export function createRemoteHomes({ clock, ids, tell, onRefused, onCommand }: RemoteHomesOptions): RemoteHomes {
  const homes = new Map<AccessNumber, Home>();
  let checking: Timer | undefined;

  function open(number: AccessNumber): Home {
    let commands = { since: clock.now(), count: 0 };
    const views = createHomeViews(
      {
        number,
        now: () => clock.now(),
        onRefused: (visitor, reason) => onRefused(number, visitor, reason),
        mayCommand() {
          if (clock.now() - commands.since >= commandsMs) commands = { since: clock.now(), count: 0 };
          return commands.count++ < mostCommands;
        },
        onCommand: (topic, payload, visitor) => command(topic, payload, visitor),
      },
      () => home.mirror.retained,
    );
    const mirror = createMirror(views, (reason) => onRefused(number, undefined, reason));
    const home: Home = { mirror, views, seats: new Map() };
    /** What cannot go is answered to whoever may see the answer: a refusal to those who are shown the same as its sender. */
    const command = (topic: string, payload: Uint8Array, visitor: Visitor): void => {
      const id = ids.fresh();
      try {
        if (visitor.grant === undefined) throw new HomeError("not-granted", "nothing is open to this person");
        const body = commandOf(id, topic, payload, clock.now(), visitor.grant);
        if (!tell(number, { topic: "down/command", body })) {
          throw new HomeError("home-away", "the home is away: nothing was done, and nothing will be");
        }
        onCommand(number, visitor, topic);
      } catch (thrown) {
        const error = toHomeError(thrown);
        if (error.code !== "home-away") onRefused(number, visitor, error.code);
        const result = resultOf(error, id, topic, payload);
        if (result !== undefined) home.seats.get(visitor)?.seat.tell(result.topic, result.payload);
      }
    };
    homes.set(number, home);
    mirror.setAway();
    tell(number, { topic: "down/remote", body: { isWanted: true } });
    return home;
  }

  function rest(number: AccessNumber, home: Home): void {
    home.idle?.cancel();
    if (home.seats.size > 0) return;
    home.idle = clock.after(idleMs, () => {
      if (home.seats.size > 0 || homes.get(number) !== home) return;
      homes.delete(number);
      tell(number, { topic: "down/remote", body: { isWanted: false } });
      home.views.close();
    });
  }

  async function check(home: Home): Promise<void> {
    for (const visitor of home.seats.keys()) await visitor.recheck();
  }

  function watch(): void {
    checking ??= clock.after(checkMs, () => {
      checking = undefined;
      if (homes.size === 0) return;
      watch();
      // What cannot be looked up now is looked up again soon.
      for (const home of homes.values()) check(home).catch(() => undefined);
    });
  }

  return {
    get visitors() {
      return [...homes.values()].reduce((sum, { seats }) => sum + seats.size, 0);
    },
    async serve(number, socket, { user, source, grant, recheck }) {
      const home = homes.get(number) ?? open(number);
      if (grant === undefined || home.seats.size >= mostVisitors || socket.destroyed) {
        rest(number, home);
        return false;
      }
      home.idle?.cancel();
      const key = viewKey(grant);
      const visitor: Visitor = {
        user,
        source,
        grant,
        /** Who is shown something else from now on comes again, to another engine. */
        async recheck() {
          const now = await recheck();
          visitor.grant = now !== undefined && viewKey(now) === key ? now : undefined;
          if (visitor.grant === undefined) socket.destroy();
          return visitor.grant;
        },
      };
      const seat = home.views.seat(grant);
      home.seats.set(visitor, { seat, socket });
      socket.once("close", () => {
        home.seats.delete(visitor);
        seat.leave();
        rest(number, home);
      });
      watch();
      try {
        await seat.serve(socket, visitor);
      } catch (thrown) {
        socket.destroy();
        throw thrown;
      }
      // Once more: while the home was opened, the right to it may have been taken.
      visitor.recheck().catch(() => socket.destroy());
      return true;
    },
    joined(number) {
      if (homes.has(number)) tell(number, { topic: "down/remote", body: { isWanted: true } });
    },
    left: (number) => homes.get(number)?.mirror.setAway(),
    hear: (number, message) => homes.get(number)?.mirror.hear(message),
    async recheck(number) {
      const home = homes.get(number);
      if (home !== undefined) await check(home);
    },
    [Symbol.dispose]() {
      checking?.cancel();
      for (const home of homes.values()) {
        home.idle?.cancel();
        for (const { socket } of home.seats.values()) socket.destroy();
        home.views.close();
      }
    },
  };
}
