/**
 * The media links at the gateway's end: dialled out to the registered broker alone, when it asks for a stream; each
 * presents its ticket, then carries the pieces of one rung until either end lets go (docs/interfaces.md, media link).
 */

import type { Socket } from "node:net";
import { encodeMediaFrame, MediaFrameReader } from "../bytes/media-frames.ts";
import type { Clock } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { type MediaAsk, mediaBeatMs, mediaSilenceMs } from "../contract/media-link.ts";
import type { StreamHold } from "../contract/stream.ts";
import { MediaSender } from "./media-sender.ts";
import type { UplinkRoom } from "./uplink-room.ts";

/** Links at once: a broker has no use for more. */
const mostLinks = 16;

/** Reserves, connects and converts what a device sends, for as long as it is held. @throws HomeError */
export type OpenStream = (device: string, signal: AbortSignal, audio?: number) => Promise<StreamHold>;

export interface MediaUplinkOptions {
  readonly clock: Clock;
  readonly open: OpenStream;
  /** To the registered broker, and nobody else. */
  readonly dial: () => Promise<Socket>;
  /** What all streams together may take of the uplink. */
  readonly room: UplinkRoom;
}

export interface MediaUplink {
  readonly links: number;
  /** Resolves when the link is up. @throws HomeError what `dial` throws */
  serve(ask: MediaAsk, ticket: string): Promise<void>;
  /** Ends all links at once, and what they hold. */
  cut(): void;
}

export function createMediaUplink({ clock, open, dial, room }: MediaUplinkOptions): MediaUplink {
  const links = new Set<AbortController>();

  async function serve(ask: MediaAsk, ticket: string): Promise<void> {
    if (links.size >= mostLinks) throw new HomeError("stream-quota-reached", "too many media links at once");
    const leaving = new AbortController();
    const { signal } = leaving;
    links.add(leaving);
    signal.addEventListener("abort", () => links.delete(leaving), { once: true });
    // Begun at once: the device takes longer than the dialling.
    const opening = open(ask.device, signal, ask.audio);
    const dispose = (hold: StreamHold): void => hold[Symbol.dispose]();
    signal.addEventListener("abort", () => void opening.then(dispose, () => undefined), { once: true });
    // Told on the link once it is up.
    opening.catch(() => undefined);
    try {
      const socket = await dial();
      socket.once("close", () => leaving.abort());
      signal.addEventListener("abort", () => socket.destroy(), { once: true });
      if (signal.aborted || socket.destroyed) return void socket.destroy();
      socket.setNoDelay(true);
      socket.write(`${ticket}\n`);
      void carry(socket, ask, opening, signal);
    } catch (thrown) {
      leaving.abort();
      throw thrown;
    }
  }

  /** Never rejects: what goes wrong is told on the link, or ends it. */
  async function carry(socket: Socket, ask: MediaAsk, opening: Promise<StreamHold>, signal: AbortSignal) {
    let sender: MediaSender | undefined;
    /** Octets that were written before there was anything to hold back. */
    let before = 0;
    const reader = new MediaFrameReader("broker");
    let silence = clock.after(mediaSilenceMs, () => socket.destroy());
    let beat = clock.after(mediaBeatMs, onBeat);
    function onBeat(): void {
      beat = clock.after(mediaBeatMs, onBeat);
      if (sender !== undefined) sender.beat();
      else {
        const octets = encodeMediaFrame({ kind: "beat" });
        before += octets.length;
        socket.write(octets);
      }
    }
    signal.addEventListener("abort", () => {
      silence.cancel();
      beat.cancel();
      sender?.[Symbol.dispose]();
    });
    socket.on("drain", () => sender?.resume());
    socket.on("data", (octets: Buffer) => {
      silence.cancel();
      silence = clock.after(mediaSilenceMs, () => socket.destroy());
      try {
        for (const frame of reader.push(octets)) {
          if (frame.kind === "taken") sender?.taken(Math.max(0, frame.octets - before));
        }
      } catch {
        socket.destroy();
      }
    });
    try {
      const hold = await opening;
      if (signal.aborted) return;
      sender = new MediaSender({
        ...{ clock, hold, room, wished: ask.rung },
        write: (octets) => socket.write(octets),
        onEnd: () => socket.end(),
      });
    } catch (thrown) {
      if (!signal.aborted) socket.end(encodeMediaFrame({ kind: "end", error: toHomeError(thrown) }));
    }
  }

  return {
    get links() {
      return links.size;
    },
    serve,
    cut() {
      for (const link of links) link.abort();
    },
  };
}
