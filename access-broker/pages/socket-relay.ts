/** Relays a WebSocket to the home behind an access number: octets both ways with back-pressure, each frame's size judged, nothing rewritten. */

import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { closeFrame, WebSocketLimit } from "../../gateway-core/bytes/websocket-frames.ts";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { opaque, type RelayViewer } from "./page-relay.ts";
import { headersToHome } from "./relay-headers.ts";

const limits = { frame: 1024 * 1024, message: 4 * 1024 * 1024, fragments: 1_024 };
const mostOfSession = 8;
const mostOfHome = 64;
/** Who has nothing to say sends pings. */
const idleMs = 120_000;

/** A WebSocket that was asked for and judged; its connection is not switched yet. */
export interface SocketToRelay {
  readonly authority: string;
  readonly target: string;
  readonly headers: Headers;
  readonly socket: Duplex;
  /** What came after the request already. */
  readonly head: Uint8Array;
  /** Ends it: the session ended, or the viewer left. */
  readonly signal: AbortSignal;
}

/** What this room asks of a home's link. */
export interface SocketLink {
  readonly isPageOffered: boolean | undefined;
  openSocket(request: Pick<SocketToRelay, "authority" | "target" | "headers" | "signal">): Promise<{
    readonly wire: Duplex;
    readonly protocol: string | undefined;
  }>;
}

export interface SocketRelay {
  /** Resolves once it is open. @throws HomeError `home-away`, `page-not-wired`, `too-many-attempts`, and what the home refuses it by */
  relay(asked: SocketToRelay, number: AccessNumber, viewer: RelayViewer): Promise<void>;
}

export function createSocketRelay(clock: Clock, find: (number: AccessNumber) => SocketLink | undefined): SocketRelay {
  const open = new Map<string, number>();
  const count = (key: string, by: number): void => {
    const next = (open.get(key) ?? 0) + by;
    if (next > 0) open.set(key, next);
    else open.delete(key);
  };

  return {
    async relay(asked, number, viewer) {
      const link = find(number);
      if (link?.isPageOffered === undefined) throw new HomeError("home-away", "the home is away", { retryAfter: 5 });
      if (!link.isPageOffered) throw new HomeError("page-not-wired", "the home offers no control page now");
      const session = opaque(viewer.session);
      const places = [
        [`home ${number}`, mostOfHome],
        [`session ${session}`, mostOfSession],
      ] as const;
      if (places.some(([key, most]) => (open.get(key) ?? 0) >= most)) {
        throw new HomeError("too-many-attempts", "too many WebSockets are open", { retryAfter: 30 });
      }
      for (const [key] of places) count(key, 1);
      asked.socket.once("close", () => {
        for (const [key] of places) count(key, -1);
      });
      const { authority, target, signal } = asked;
      const headers = headersToHome(asked.headers, { name: viewer.user, session, grant: viewer.grant });
      for (const name of ["sec-websocket-key", "sec-websocket-extensions"]) headers.delete(name);
      const { wire, protocol } = await link.openSocket({ authority, target, headers, signal });
      const wished = (asked.headers.get("sec-websocket-protocol") ?? "").split(",").map((one) => one.trim());
      const chosen = protocol !== undefined && wished.includes(protocol) ? protocol : undefined;
      asked.socket.write(switching(asked.headers.get("sec-websocket-key") ?? "", chosen));
      join(asked, wire, clock);
    },
  };
}

/** RFC 6455 §4.2.2; no extension is agreed on, so that sizes are what they seem. */
function switching(key: string, protocol: string | undefined): string {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const told = protocol === undefined ? "" : `sec-websocket-protocol: ${protocol}\r\n`;
  return `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n${told}\r\n`;
}

function join({ socket, head, signal }: SocketToRelay, wire: Duplex, clock: Clock): void {
  const fromViewer = new WebSocketLimit("client", limits);
  const fromHome = new WebSocketLimit("server", limits);
  let heardAt = clock.now();
  let isOver = false;
  let timer = clock.after(idleMs, watch);

  /** The viewer is told why, unless that would stand in the middle of a frame. */
  function end(code: Parameters<typeof closeFrame>[0]): void {
    if (isOver) return;
    isOver = true;
    timer.cancel();
    wire.destroy();
    if (fromHome.isBetween && socket.writable) socket.end(closeFrame(code), () => socket.destroy());
    else socket.destroy();
  }
  function watch(): void {
    const restMs = heardAt + idleMs - clock.now();
    if (restMs <= 0) end(1001);
    else timer = clock.after(restMs, watch);
  }
  const carry = (from: Duplex, to: Duplex, limit: WebSocketLimit) => {
    const pass = (octets: Uint8Array): void => {
      if (isOver) return;
      heardAt = clock.now();
      try {
        limit.accept(octets);
        if (!to.write(octets)) from.pause();
      } catch (thrown) {
        end(thrown instanceof HomeError && thrown.code === "frame-too-long" ? 1009 : 1002);
      }
    };
    from.on("data", pass);
    to.on("drain", () => from.resume());
    from.once("end", () => to.end());
    return pass;
  };

  wire.on("error", () => end(1001));
  wire.once("close", () => {
    if (!wire.readableEnded) end(1001);
    else if (!isOver) {
      isOver = true;
      timer.cancel();
      socket.end(() => socket.destroy());
    }
  });
  socket.once("close", () => end(1001));
  signal.addEventListener("abort", () => end(1008), { once: true });
  if (signal.aborted) end(1008);
  const pass = carry(socket, wire, fromViewer);
  if (head.length > 0) pass(head);
  carry(wire, socket, fromHome);
}
