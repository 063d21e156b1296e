/**
 * The FireWire bus of this machine by the Linux kernel's /dev/fw* (linux/firewire-cdev.h): one thread of this process holds
 * the files of one card and waits for them (linux/card.ts). While no card is there it is a bus without nodes.
 */

import type { Host } from "../contract/clock.ts";
import {
  type Answer,
  type Bus,
  type BusState,
  type FcpWrite,
  type IsochronousPacket,
  noBus,
  type TellTrouble,
} from "./bus.ts";
import { createKernelIrm } from "./kernel-irm.ts";
import { type FromCard, headNumbers, type PacketBatch, type Reserved, type ToCard } from "./linux/card-messages.ts";

/** Where a card is worked with: a thread, or, in a test, the same thread. */
export interface CardThread {
  send(message: ToCard): void;
  /** Resolves when all files are closed. */
  end(): Promise<void>;
}

/** Starts a thread; `tell` is never called before it returns. */
export type StartCard = (tell: (message: FromCard) => void) => CardThread;

const cancelled: Answer = { rcode: "cancelled", data: new Uint8Array(0) };

export function openLinuxBus(start: StartCard, { log }: Pick<Host, "log">, tell: TellTrouble = () => undefined): Bus {
  const pending = new Map<number, (answer: Answer) => void>();
  const reserving = new Map<number, (reserved: Reserved) => void>();
  const resets = new Set<(state: BusState) => void>();
  const fcp = new Set<(frame: FcpWrite) => void>();
  const channels = new Map<number, Set<(packets: readonly IsochronousPacket[]) => void>>();
  let state = noBus;
  let denied: readonly string[] = [];
  let isClosed = false;
  let ids = 0;

  function take(message: FromCard): void {
    if (message.tell === "answer") {
      pending.get(message.id)?.(message.answer);
      pending.delete(message.id);
    } else if (message.tell === "reserved") {
      reserving.get(message.id)?.(message.reserved);
      reserving.delete(message.id);
    } else if (message.tell === "fcp") for (const listener of [...fcp]) listener(message.frame);
    else if (message.tell === "isochronous") {
      const packets = packetsOf(message.batch);
      for (const listener of channels.get(message.channel) ?? []) listener(packets);
    } else if (message.tell === "state") {
      state = message.state;
      tellDenied();
      for (const listener of [...resets]) listener(state);
    } else if (message.tell === "denied") {
      denied = message.names;
      tellDenied();
      if (denied.length > 0) log.write("warn", "firewire-denied", { files: [...denied] });
    } else if (message.tell === "reservation-lost") log.write("warn", "firewire-reservation-lost", { ...message });
    else if (message.tell === "not-announced") log.write("warn", "firewire-not-announced", { error: message.error });
    else if (message.tell === "failed") fail(message.reason);
  }

  /** One file that may be opened is enough for a bus. */
  function tellDenied(): void {
    const isDenied = state === noBus && denied.length > 0;
    const files = denied.map((name) => `/dev/${name}`).join(", ");
    tell(isDenied ? { reason: "bus-denied", detail: `${files} may not be opened` } : undefined);
  }

  function fail(reason: string): void {
    log.write("error", "firewire-failed", { reason });
    tell({ reason: "bus-failed", detail: `the card cannot be worked with: ${reason}` });
    end();
    if (state === noBus) return;
    state = noBus;
    for (const listener of [...resets]) listener(state);
  }

  function end(): void {
    for (const answer of pending.values()) answer(cancelled);
    pending.clear();
    for (const give of reserving.values()) give({ availableUnits: undefined });
    reserving.clear();
  }

  const thread = start((message) => {
    if (!isClosed) take(message);
  });

  function ask(message: Omit<ToCard & { do: "transact" }, "do" | "id">): Promise<Answer> {
    if (isClosed || state === noBus) return Promise.resolve(cancelled);
    const id = ids++;
    return new Promise((resolve) => {
      pending.set(id, resolve);
      thread.send({ do: "transact", id, ...message });
    });
  }

  const nothing = new Uint8Array(0);
  return {
    get state() {
      return state;
    },
    read: (at, address, octetCount) => ask({ kind: "read", at, address, octetCount, octets: nothing }),
    write: async (at, address, octets) => (await ask({ kind: "write", at, address, octetCount: 0, octets })).rcode,
    lock: (at, address, kind, octets) => ask({ kind, at, address, octetCount: 0, octets }),
    resetBus: () => void (isClosed || state === noBus || thread.send({ do: "reset" })),
    announce: (descriptor) => void (isClosed || thread.send({ do: "announce", descriptor })),
    irm: createKernelIrm({
      reserve: (units, wish) =>
        new Promise((resolve) => {
          const id = ids++;
          reserving.set(id, resolve);
          thread.send({ do: "reserve", id, units, wish });
        }),
      free: (channel, units) =>
        new Promise((resolve) => {
          const id = ids++;
          pending.set(id, () => resolve());
          thread.send({ do: "free", id, channel, units });
        }),
      isOpen: () => !isClosed && state !== noBus,
    }),
    onReset(listener) {
      resets.add(listener);
      return () => void resets.delete(listener);
    },
    onFcp(listener) {
      fcp.add(listener);
      return () => void fcp.delete(listener);
    },
    listen(channel, listener) {
      const listeners = channels.get(channel) ?? new Set();
      if (listeners.size === 0 && !isClosed) thread.send({ do: "listen", channel });
      channels.set(channel, listeners.add(listener));
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        channels.delete(channel);
        if (!isClosed) thread.send({ do: "unlisten", channel });
      };
    },
    async [Symbol.asyncDispose]() {
      if (isClosed) return;
      isClosed = true;
      resets.clear();
      end();
      await thread.end();
    },
  };
}

function packetsOf({ heads, octets }: PacketBatch): IsochronousPacket[] {
  let start = 0;
  return Array.from({ length: heads.length / headNumbers }, (_, place) => {
    const [cycle = 0, tag = 0, length = 0] = heads.subarray(place * headNumbers, (place + 1) * headNumbers);
    start += length;
    return { cycle, tag, octets: octets.subarray(start - length, start) };
  });
}
