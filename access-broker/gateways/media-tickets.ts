/** The tickets that media links of one home come in by: each for one device and rung, good once and for some seconds. */

import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { type DownMessage, linkProtocols } from "../../gateway-core/contract/link.ts";
import type { MediaAsk } from "../../gateway-core/contract/media-link.ts";

/** How long a gateway may take to dial, and a ticket is good. */
const dialMs = 8_000;
/** Tickets of one home that are out at once. */
const mostOut = 16;

interface Ticket {
  take(socket: Duplex): void;
  fail(): void;
}

export interface MediaTickets {
  /** Has the gateway dial. @throws HomeError `home-away` when it does not. */
  ask(ask: MediaAsk): Promise<Duplex>;
  /** False: no such ticket is out. */
  take(ticket: string, socket: Duplex): boolean;
  close(): void;
}

export function createMediaTickets(clock: Clock, tell: (message: DownMessage) => void): MediaTickets {
  const out = new Map<string, Ticket>();
  return {
    ask(ask) {
      if (out.size >= mostOut) return Promise.reject(away());
      const ticket = randomBytes(24).toString("base64url");
      return new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          timer.cancel();
          out.delete(ticket);
          act();
        };
        const fail = (): void => settle(() => reject(away()));
        const timer = clock.after(dialMs, fail);
        out.set(ticket, { fail, take: (socket) => settle(() => resolve(socket)) });
        tell({ topic: "down/open", body: { protocol: linkProtocols.media, ticket, ...ask } });
      });
    },
    take(ticket, socket) {
      const found = out.get(ticket);
      found?.take(socket);
      return found !== undefined;
    },
    close() {
      for (const ticket of [...out.values()]) ticket.fail();
    },
  };
}

const away = (): HomeError => new HomeError("home-away", "the home is away");
