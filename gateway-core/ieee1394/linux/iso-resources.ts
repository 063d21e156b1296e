/**
 * Channel and bandwidth as the kernel reserves them: it takes them again after each bus reset, before others may, and
 * gives them back when the file is closed, however the process ended (linux/firewire-cdev.h, "struct fw_cdev_allocate_iso_resource").
 */

import type { FromCard } from "./card-messages.ts";
import type { CdevEvent } from "./cdev-event.ts";
import { ioctlNumber, packStruct } from "./cdev-struct.ts";
import type { LinuxCalls } from "./linux-calls.ts";

export interface IsoResources {
  reserve(id: number, units: number, wish: number | undefined): void;
  free(id: number, channel: number, units: number): void;
  take(event: CdevEvent & { kind: "allocated" | "deallocated" }): void;
  /** Reservations that were not asked for again in time after a reset are given back. */
  look(): void;
  /** When `look` has something to do. */
  deadline(): number | undefined;
  /** A bus reset: whoever had reserved is to ask again. */
  reset(): void;
  /** The file has gone, and all that was reserved by it. */
  end(): void;
}

export interface IsoResourcesOptions {
  readonly calls: LinuxCalls;
  /** The file that reserves; undefined while none is open. */
  readonly fd: () => number | undefined;
  readonly generation: () => number;
  readonly tell: (message: FromCard) => void;
  /** What is left at the resource manager, where that can be read. */
  readonly readAvailable: (give: (units: number | undefined) => void) => void;
}

interface Held {
  readonly channel: number;
  readonly units: number;
  generation: number;
}

/** All but 31, the channel of broadcasts, and 63, where devices send without being asked. */
const anyChannel = 0x7fff_ffff_7fff_ffffn;
/** Connections are restored within a second. */
const claimMs = 3_000;

export function createIsoResources(options: IsoResourcesOptions): IsoResources {
  const { calls, tell, generation } = options;
  const asked = new Map<number, { readonly units: number; isWish: boolean }>();
  const freed = new Set<number>();
  const held = new Map<number, Held>();
  /** Handles that are given back now, and who waits for it. */
  const giving = new Map<number, number | undefined>();
  let claimBy: number | undefined;

  function call(name: "ALLOCATE" | "DEALLOCATE_ONCE", id: number, channels: bigint, units: number): boolean {
    const fd = options.fd();
    const number = ioctlNumber(name === "ALLOCATE" ? "ALLOCATE_ISO_RESOURCE" : "DEALLOCATE_ISO_RESOURCE_ONCE");
    const argument = packStruct("allocate_iso_resource", { closure: id, channels, bandwidth: units });
    return fd !== undefined && calls.ioctl(fd, number, argument) >= 0;
  }

  function giveBack(handle: number, id?: number): void {
    held.delete(handle);
    giving.set(handle, id);
    const fd = options.fd();
    const number = ioctlNumber("DEALLOCATE_ISO_RESOURCE");
    const isGiven = fd !== undefined && calls.ioctl(fd, number, packStruct("deallocate", { handle })) >= 0;
    if (!isGiven) given(handle);
  }

  function given(handle: number): void {
    const id = giving.get(handle);
    giving.delete(handle);
    if (id !== undefined) done(id);
  }

  function refuse(id: number): void {
    options.readAvailable((availableUnits) => tell({ tell: "reserved", id, reserved: { availableUnits } }));
  }

  const done = (id: number): void =>
    tell({ tell: "answer", id, answer: { rcode: "complete", data: new Uint8Array(0) } });

  function ask(id: number, units: number, wish: number | undefined): void {
    asked.set(id, { units, isWish: wish !== undefined });
    if (call("ALLOCATE", id, wish === undefined ? anyChannel : 1n << BigInt(wish), units)) return;
    asked.delete(id);
    refuse(id);
  }

  return {
    reserve(id, units, wish) {
      const mine = [...held].find(([, one]) => one.channel === wish && one.generation !== generation());
      if (mine === undefined) return ask(id, units, wish);
      const [handle, one] = mine;
      if (one.units === units) {
        one.generation = generation();
        return tell({ tell: "reserved", id, reserved: { channel: one.channel, generation: one.generation } });
      }
      // The gap count has changed, and with it what the stream takes.
      giveBack(handle);
      ask(id, units, wish);
    },
    free(id, channel, units) {
      const mine = [...held].find(([, one]) => one.channel === channel);
      if (mine !== undefined) return giveBack(mine[0], id);
      freed.add(id);
      if (call("DEALLOCATE_ONCE", id, 1n << BigInt(channel), units)) return;
      freed.delete(id);
      done(id);
    },
    take({ kind, closure, handle, channel }) {
      if (kind === "deallocated") {
        if (giving.has(handle)) return given(handle);
        if (freed.delete(closure)) return done(closure);
        const lost = held.get(handle);
        held.delete(handle);
        if (lost !== undefined) tell({ tell: "reservation-lost", channel: lost.channel });
        return;
      }
      const one = asked.get(closure);
      asked.delete(closure);
      if (one === undefined) return;
      if (channel >= 0) {
        held.set(handle, { channel, units: one.units, generation: generation() });
        tell({ tell: "reserved", id: closure, reserved: { channel, generation: generation() } });
      } else if (one.isWish) ask(closure, one.units, undefined);
      else refuse(closure);
    },
    look() {
      if (claimBy === undefined || calls.now() < claimBy) return;
      claimBy = undefined;
      for (const [handle, { generation: of }] of [...held]) {
        if (of !== generation()) giveBack(handle);
      }
    },
    deadline: () => claimBy,
    reset() {
      claimBy = held.size > 0 ? calls.now() + claimMs : undefined;
    },
    end() {
      held.clear();
      for (const handle of [...giving.keys()]) given(handle);
      for (const id of freed) done(id);
      freed.clear();
      for (const id of asked.keys()) tell({ tell: "reserved", id, reserved: { availableUnits: undefined } });
      asked.clear();
    },
  };
}
