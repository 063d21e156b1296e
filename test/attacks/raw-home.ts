/** A home whose gateway is in an attacker's hands: it is enrolled, hears what it is asked on the control link, and dials and says what it likes. */

import type { TLSSocket } from "node:tls";
import { issueCard } from "../../access-broker/access-broker.ts";
import { openControlClient } from "../../gateway-core/access-link/control-client.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import { dial } from "../../gateway-core/access-link/registered-broker.ts";
import { drained } from "../../gateway-core/bytes/drained.ts";
import { encodeMediaFrame, type MediaFrame } from "../../gateway-core/bytes/media-frames.ts";
import type { DownMessage } from "../../gateway-core/contract/link.ts";
import type { Rung } from "../../gateway-core/contract/stream.ts";
import { systemClock } from "../../host/system-host.ts";
import { number, type Rig, realHost } from "../access-broker/rig.ts";

export interface Asked {
  readonly ticket: string;
  readonly device: string;
  readonly rung?: string;
}

export interface RawHome extends AsyncDisposable {
  /** Tickets for media links that were not used yet; the next one, when it comes. */
  asked(): Promise<Asked>;
  /** A media link, or whatever protocol is told, with this as its first line. */
  dial(ticket: string, protocol?: string): Promise<TLSSocket>;
}

const rungs: readonly Rung[] = [{ name: "high", height: 480, videoKbps: 800, audioKbps: 64 }];
export const head: MediaFrame = { kind: "head", head: { rungs, rung: "high", audioCount: 1 } };
export const init = (octets = 100): MediaFrame => ({
  kind: "piece",
  piece: {
    init: {
      octets: new Uint8Array(octets),
      mediaType: 'video/mp4; codecs="avc1.4d401e"',
      hasVideo: true,
      hasAudio: false,
    },
  },
});
export const fragment = (start: number, isKey = true, octets = 1_000, duration = 0.5): MediaFrame => ({
  kind: "piece",
  piece: { fragment: { octets: new Uint8Array(octets), isKey, start, duration } },
});

/** Resolves when they are written, or the link is gone. */
export async function say(link: TLSSocket, ...frames: readonly MediaFrame[]): Promise<void> {
  for (const frame of frames) {
    if (link.destroyed) return;
    if (!link.write(encodeMediaFrame(frame))) await drained(link);
  }
}

/** Resolves when the other end has ended the connection. */
export const isOver = (link: TLSSocket): Promise<void> =>
  new Promise((resolve) => {
    link.resume().once("close", resolve);
    if (link.closed) resolve();
  });

export async function openRawHome(rig: Rig, of = number): Promise<RawHome> {
  const registration = await enrol(await issueCard({ ...rig.provider, number: of }), realHost());
  const { key, certificate, chain, gatewayPort } = registration;
  const cert = [certificate, ...chain].join("");
  const links = new Set<TLSSocket>();
  const dialAs = async (protocol: string): Promise<TLSSocket> => {
    const socket = await dial(systemClock, registration, gatewayPort, { key, cert, ALPNProtocols: [protocol] });
    links.add(socket);
    socket.on("error", () => undefined);
    return socket;
  };
  const waiting: Asked[] = [];
  let tell: (() => void) | undefined;
  const onMessage = ({ topic, body }: DownMessage): void => {
    if (topic !== "down/open" || body.protocol !== "genkan-media/1") return;
    waiting.push(body);
    tell?.();
  };
  const greeting = { topic: "up/page", body: { isOffered: true } } as const;
  await openControlClient({ socket: await dialAs("genkan-mqtt/1"), greeting, onMessage, onRefused: () => undefined });
  return {
    async asked() {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      }
      const [first] = waiting.splice(0, 1);
      if (first === undefined) throw new Error("nothing was asked");
      return first;
    },
    async dial(ticket, protocol = "genkan-media/1") {
      const socket = await dialAs(protocol);
      socket.write(`${ticket}\n`);
      return socket;
    },
    async [Symbol.asyncDispose]() {
      for (const link of links) link.destroy();
    },
  };
}
