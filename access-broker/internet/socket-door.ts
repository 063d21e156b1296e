/** A home's own WebSockets: which session asks, from which page, and whether the first firewall lets it through. */

import { assertCommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import type { DoorRooms } from "./door-rooms.ts";
import { sessionToken } from "./session-cookie.ts";
import type { SocketRoute, SocketVisit } from "./upgrade-desk.ts";

export interface SocketDoorOptions extends Pick<DoorRooms, "sessions" | "openAnswers" | "audit"> {
  readonly takes: (path: string) => boolean;
  /** The first firewall. @throws HomeError with why not. */
  readonly admit: (line: { readonly target: string; readonly rights: "all" | "view"; readonly grant: Grant }) => void;
  readonly relay: (
    asked: {
      readonly authority: string;
      readonly target: string;
      readonly headers: Headers;
      readonly socket: SocketVisit["socket"];
      readonly head: Uint8Array;
      readonly signal: AbortSignal;
    },
    number: SocketVisit["number"],
    viewer: {
      readonly user: string;
      readonly session: string;
      readonly grant: Grant;
      readonly sight: string | undefined;
      readonly source: string;
    },
  ) => Promise<void>;
}

export function createSocketDoor({
  sessions,
  openAnswers,
  audit,
  takes,
  admit,
  relay,
}: SocketDoorOptions): SocketRoute {
  return {
    takes,
    async open({ visit, number, origin, socket, head }) {
      const { target, authority, headers, source } = visit;
      const token = sessionToken(headers);
      const session = token === undefined ? undefined : await sessions.find(token, number, source);
      if (session === undefined) throw new HomeError("session-required", "log in at /login first");
      const { id, user, rights, next, mustChangePassword, grant, sight, reached } = session;
      try {
        // The cookie comes along whoever opens it: without the page's own word there is none (cross-site hijacking).
        if (origin === null) throw new HomeError("origin-not-allowed", "a WebSocket says which page opens it");
        if (rights === "none")
          throw new HomeError("second-factor-required", "one more proof is needed", { methods: next });
        if (mustChangePassword) throw new HomeError("password-change-required", "set a password of your own first");
        assertCommunicationMethod(reached, "https");
        admit({ target, rights, grant });
      } catch (thrown) {
        const reason = toHomeError(thrown).code;
        audit("request-refused", number, user, source, { reason, method: "WebSocket", target: target.slice(0, 128) });
        throw thrown;
      }
      const signal = openAnswers.hold({ session: id, source, sight }, visit.signal, visit.closed);
      await relay({ authority, target, headers, socket, head, signal }, number, {
        user,
        session: id,
        grant,
        sight,
        source,
      });
    },
  };
}
