/**
 * Channel and bandwidth at the isochronous resource manager (IEEE 1394-1995, 8.3.2.3.6 to 8; IEEE 1394a-2000, 8.3.2.3.8):
 * three registers that all controllers of the bus share, each changed by compare-swap alone.
 */

import { HomeError } from "../contract/errors.ts";
import type { Bus, NodeAt, Reservations } from "./bus.ts";
import { initialRegisterSpace } from "./csr.ts";

const bandwidthAvailable = initialRegisterSpace + 0x220;
/** By the channel of their top bit: a 1 is a channel that is free. */
const channelRegisters = [
  { first: 0, address: initialRegisterSpace + 0x224 },
  { first: 32, address: initialRegisterSpace + 0x228 },
];
const wholeBandwidth = 4915;
const allFree = 0xffff_ffff;
/** 31 is the channel of broadcast streams, 63 where devices send without being asked. */
const keptFree: readonly number[] = [31, 63];
const swaps = 8;

/**
 * Swaps a quadlet for what `decide` makes of it, as often as somebody else was quicker. Undefined when `decide` gives up:
 * `last` is what stood there then.
 * @throws HomeError `device-silent` with `reason`, the rcode
 */
export async function swapQuadlet(
  bus: Bus,
  at: NodeAt,
  address: number,
  guess: number,
  decide: (quadlet: number) => number | undefined,
): Promise<{ readonly last: number; readonly isDone: boolean }> {
  let expected = guess;
  for (let attempt = 0; attempt < swaps; attempt++) {
    const next = decide(expected);
    const octets = new Uint8Array(8);
    const view = new DataView(octets.buffer);
    view.setUint32(0, expected);
    // Nothing is changed by a swap for the same: it tells what is there.
    view.setUint32(4, next ?? expected);
    const { rcode, data } = await bus.lock(at, address, "compare-swap", octets);
    if (rcode !== "complete" || data.length !== 4) {
      throw new HomeError("device-silent", `a register could not be locked (${rcode})`, { reason: rcode });
    }
    const found = new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
    if (found === expected) return { last: found, isDone: next !== undefined };
    expected = found;
  }
  throw new HomeError("device-silent", "a register was changed by others each time", { reason: "conflict-error" });
}

/** Bandwidth first, then a channel; by the machine's own means where it has some. */
export function createIrm(bus: Bus): Reservations {
  if (bus.irm !== undefined) return bus.irm;

  function manager(): NodeAt {
    const { irmNodeId, generation } = bus.state;
    if (irmNodeId !== undefined) return { nodeId: irmNodeId, generation };
    throw new HomeError("device-unavailable", "the bus has no isochronous resource manager");
  }

  async function takeChannel(at: NodeAt, wish: number | undefined): Promise<number | undefined> {
    const order = wish !== undefined && wish >= 32 ? channelRegisters.toReversed() : channelRegisters;
    for (const { first, address } of order) {
      let taken: number | undefined;
      const { isDone } = await swapQuadlet(bus, at, address, allFree, (quadlet) => {
        taken = freeChannel(quadlet, first, wish);
        return taken === undefined ? undefined : (quadlet & ~bitOf(taken - first)) >>> 0;
      });
      if (isDone) return taken;
    }
    return undefined;
  }

  const giveBandwidth = (at: NodeAt, units: number) =>
    swapQuadlet(bus, at, bandwidthAvailable, wholeBandwidth - units, (quadlet) =>
      Math.min(wholeBandwidth, quadlet + units),
    );

  return {
    async reserve(units, wish) {
      const at = manager();
      const { last, isDone } = await swapQuadlet(bus, at, bandwidthAvailable, wholeBandwidth, (quadlet) =>
        quadlet >= units ? quadlet - units : undefined,
      );
      if (!isDone) throw busFull(units, last);
      const channel = await takeChannel(at, wish);
      if (channel !== undefined) return { channel, units, generation: at.generation };
      await giveBandwidth(at, units);
      throw busFull(units, last);
    },
    async free({ channel, units, generation }) {
      if (generation !== bus.state.generation) return;
      const at = manager();
      const register = channelRegisters.findLast(({ first }) => channel >= first);
      try {
        await giveBandwidth(at, units);
        if (register === undefined) return;
        const bit = bitOf(channel - register.first);
        await swapQuadlet(bus, at, register.address, allFree, (quadlet) => (quadlet | bit) >>> 0);
      } catch (thrown) {
        // A reset frees all that is not asked for again.
        if (!(thrown instanceof HomeError)) throw thrown;
      }
    },
  };
}

const bitOf = (place: number): number => 2 ** (31 - place);

function freeChannel(quadlet: number, first: number, wish: number | undefined): number | undefined {
  const free = Array.from({ length: 32 }, (_, place) => first + place).filter(
    (channel) => (quadlet & bitOf(channel - first)) !== 0 && !keptFree.includes(channel),
  );
  return free.find((channel) => channel === wish) ?? free[0];
}

/** `availableUnits`: where they can be read. */
export function busFull(neededUnits: number, availableUnits: number | undefined): HomeError {
  const left = availableUnits === undefined ? {} : { availableUnits };
  return new HomeError(
    "bus-full",
    `a stream of ${neededUnits} units does not fit: ${availableUnits ?? "too few"} are left`,
    {
      neededUnits,
      ...left,
    },
  );
}
