/** The remote namespaces that somebody looks into now: each home's made on demand, filled over its control link, and closed when idle. */

import type { Connection } from "aedes";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock, Ids, Timer } from "../../gateway-core/contract/clock.ts";
import type { RemoteDown, RemoteUp } from "../../gateway-core/contract/remote-link.ts";
import { openHomeEngine, type Visitor } from "./home-engine.ts";
import { createMirror, type Mirror } from "./mirror.ts";
import { awayResult, commandOf } from "./remote-command.ts";
import { outsideTopic } from "./topic-rules.ts";

/** How long a namespace outlives its last visitor. */
const idleMs = 60_000;
/** How soon a right that was taken elsewhere (the command line) is noticed. */
const checkMs = 10_000;
const mostVisitors = 32;
/** Commands to one home in a minute. */
const mostCommands = 600;
const commandsMs = 60_000;

/** How a home is spoken to: false when it is away. */
export type TellHome = (number: AccessNumber, message: RemoteDown) => boolean;

export interface RemoteHomes extends Disposable {
  /** How many visitors all homes have together. */
  readonly visitors: number;
  /** False: the home has too many visitors already. */
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
}

interface Home {
  readonly mirror: Mirror;
  readonly visitors: Map<Visitor, Connection>;
  handle(socket: Connection, visitor: Visitor): void;
  close(): void;
  idle?: Timer | undefined;
}

export function createRemoteHomes({ clock, ids, tell, onRefused }: RemoteHomesOptions): RemoteHomes {
  const homes = new Map<AccessNumber, Promise<Home>>();
  const opened = new Map<AccessNumber, Home>();
  let checking: Timer | undefined;

  async function open(number: AccessNumber): Promise<Home> {
    let commands = { since: clock.now(), count: 0 };
    const engine = await openHomeEngine({
      number,
      onRefused: (visitor, reason) => onRefused(number, visitor, reason),
      mayCommand() {
        if (clock.now() - commands.since >= commandsMs) commands = { since: clock.now(), count: 0 };
        return commands.count++ < mostCommands;
      },
      onCommand(topic, payload) {
        const id = ids.fresh();
        const command = commandOf(id, topic, payload, clock.now());
        if (command !== undefined && tell(number, { topic: "down/command", body: command })) return;
        const result = awayResult(id, topic, payload, command !== undefined);
        if (result !== undefined) engine.publish(outsideTopic(number, result.topic), result.payload, false);
      },
    });
    const publish = (topic: string, payload: string, isRetained: boolean): void =>
      engine.publish(outsideTopic(number, topic), payload, isRetained);
    const mirror = createMirror(publish, (reason) => onRefused(number, undefined, reason));
    const home: Home = { mirror, visitors: new Map(), handle: engine.handle, close: engine.close };
    opened.set(number, home);
    mirror.setAway();
    tell(number, { topic: "down/remote", body: { isWanted: true } });
    return home;
  }

  function letGo(number: AccessNumber, home: Home): void {
    if (home.visitors.size > 0 || opened.get(number) !== home) return;
    homes.delete(number);
    opened.delete(number);
    tell(number, { topic: "down/remote", body: { isWanted: false } });
    home.close();
  }

  async function check(home: Home): Promise<void> {
    for (const [visitor, socket] of home.visitors) {
      if ((await visitor.recheck()) === "none") socket.destroy();
    }
  }

  function watch(): void {
    checking ??= clock.after(checkMs, () => {
      checking = undefined;
      if (opened.size === 0) return;
      watch();
      // What cannot be looked up now is looked up again soon.
      for (const home of opened.values()) check(home).catch(() => undefined);
    });
  }

  return {
    get visitors() {
      return [...opened.values()].reduce((sum, { visitors }) => sum + visitors.size, 0);
    },
    async serve(number, socket, visitor) {
      const opening = homes.get(number) ?? open(number);
      homes.set(number, opening);
      const home = await opening.catch((thrown: unknown) => {
        homes.delete(number);
        throw thrown;
      });
      home.idle?.cancel();
      if (home.visitors.size >= mostVisitors || socket.destroyed) {
        if (home.visitors.size === 0) home.idle = clock.after(idleMs, () => letGo(number, home));
        return false;
      }
      home.visitors.set(visitor, socket);
      socket.once("close", () => {
        home.visitors.delete(visitor);
        home.idle?.cancel();
        home.idle = clock.after(idleMs, () => letGo(number, home));
      });
      watch();
      home.handle(socket, visitor);
      // Once more: while the home was opened, the right to it may have been taken.
      visitor.recheck().then(
        (rights) => rights === "none" && socket.destroy(),
        () => socket.destroy(),
      );
      return true;
    },
    joined(number) {
      if (opened.has(number)) tell(number, { topic: "down/remote", body: { isWanted: true } });
    },
    left: (number) => opened.get(number)?.mirror.setAway(),
    hear: (number, message) => opened.get(number)?.mirror.hear(message),
    async recheck(number) {
      const home = opened.get(number);
      if (home !== undefined) await check(home);
    },
    [Symbol.dispose]() {
      checking?.cancel();
      for (const home of opened.values()) {
        home.idle?.cancel();
        for (const socket of home.visitors.values()) socket.destroy();
        home.close();
      }
    },
  };
}
