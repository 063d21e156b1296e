/** The channels that are listened to: each has a file of its own, since one file has one isochronous context; another when its node goes. */

import type { FromCard } from "./card-messages.ts";
import type { CdevEvent } from "./cdev-event.ts";
import { askInfo, type DeviceFiles } from "./device-files.ts";
import type { LinuxCalls } from "./linux-calls.ts";
import { openReceiveRing, type ReceiveRing } from "./receive-ring.ts";

export interface Channels {
  fds(): readonly number[];
  listen(channel: number): void;
  unlisten(channel: number): void;
  take(fd: number, isReadable: boolean, isGone: boolean, nextEvent: (fd: number) => CdevEvent | undefined): void;
  /** Opens what could not be opened before. */
  look(): void;
  /** Has the kernel tell of packets that have waited for a while. */
  flush(): void;
  deadline(): number | undefined;
  close(): void;
}

interface Open {
  readonly fd: number;
  readonly ring: ReceiveRing;
  flushAt: number;
}

/** Packets wait no longer than this for the interrupt that tells of them. */
const flushMs = 10;

export function createChannels(calls: LinuxCalls, files: DeviceFiles, tell: (message: FromCard) => void): Channels {
  /** Undefined for those that are wished for and could not be opened yet. */
  const channels = new Map<number, Open | undefined>();

  function open(channel: number): Open | undefined {
    const name = files.anchor()?.name;
    const opened = name === undefined ? undefined : calls.open(name);
    if (opened === undefined || "refusal" in opened) return undefined;
    // It tells which events the kernel may send; bus resets among them are not looked at here.
    const info = askInfo(calls, opened.fd);
    const ring = info === undefined ? undefined : openReceiveRing(calls, opened.fd, channel);
    if (ring !== undefined) return { fd: opened.fd, ring, flushAt: calls.now() + flushMs };
    calls.close(opened.fd);
    return undefined;
  }

  const opened = (): [number, Open][] => [...channels].flatMap(([channel, one]) => (one ? [[channel, one]] : []));

  return {
    fds: () => opened().map(([, { fd }]) => fd),
    listen(channel) {
      if (!channels.has(channel)) channels.set(channel, open(channel));
    },
    unlisten(channel) {
      channels.get(channel)?.ring.close();
      channels.delete(channel);
    },
    take(fd, isReadable, isGone, nextEvent) {
      const found = opened().find(([, one]) => one.fd === fd);
      if (found === undefined) return;
      const [channel, one] = found;
      const event = isReadable ? nextEvent(fd) : undefined;
      if (event?.kind === "isochronous") {
        one.flushAt = calls.now() + flushMs;
        const batch = one.ring.take(event.headers);
        if (batch.heads.length > 0) tell({ tell: "isochronous", channel, batch });
      }
      if (!isGone || isReadable) return;
      one.ring.close();
      channels.set(channel, open(channel));
    },
    look() {
      for (const [channel, one] of channels) if (one === undefined) channels.set(channel, open(channel));
    },
    flush() {
      for (const [, one] of opened()) {
        if (calls.now() < one.flushAt) continue;
        one.flushAt = calls.now() + flushMs;
        one.ring.flush();
      }
    },
    deadline() {
      const times = opened().map(([, { flushAt }]) => flushAt);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    close() {
      for (const [, { ring }] of opened()) ring.close();
      channels.clear();
    },
  };
}
