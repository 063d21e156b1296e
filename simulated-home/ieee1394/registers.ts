/**
 * The registers of a simulated node (ISO/IEC 13213, 7; IEEE 1394-1995, 8.3.2; IEC 61883-1, 7): quadlets that are read,
 * and those that are locked; configuration ROM; plugs; what an isochronous resource manager has beside.
 */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import { big, type Octets, unsigned } from "../wire/octets.ts";
import { type Answer, complete, ended, type Request, registerSpace, type Wire } from "./bus-words.ts";
import { joined } from "./rom-writer.ts";

export interface RegistersPlan {
  readonly clock: Clock;
  readonly rom: Octets;
  /** First values of the output and input plugs. */
  readonly outputs?: readonly number[];
  readonly inputs?: readonly number[];
  /** Old cameras answer no block read in their ROM. */
  readonly isQuadletOnly?: boolean;
  /** So often its ROM tells nothing yet: the node is still starting. */
  readonly startingReads?: number;
}

export interface Registers {
  reset(wire: Wire | undefined): void;
  answer(request: Request): Answer;
  /** Another configuration ROM. */
  setRom(image: Octets): void;
  /** The plug control registers as they stand. */
  output(plug: number): number;
  /** An input plug or output plug that goes offline or online, and the like: what the node itself does to a register. */
  setOutput(plug: number, value: number): void;
}

const rom = { start: 0x400, end: 0x800 };
const outputs = { master: 0x900, first: 0x904 };
const inputs = { master: 0x980, first: 0x984 };
/** Connections and channels of a plug: what a bus reset takes away. */
const connectionBits = 0x7f00_0000;
const wholeBandwidth = 4915;
const irmDefaults: readonly (readonly [offset: number, value: number])[] = [
  [0x21c, 0x3f],
  [0x220, wholeBandwidth],
  [0x224, 0xffff_ffff],
  [0x228, 0xffff_ffff],
];
const cycleTicks = 3072;
const cyclesPerSecond = 8000;

export function createRegisters({ clock, isQuadletOnly = false, ...plugs }: RegistersPlan): Registers {
  let { rom: image, startingReads = 0 } = plugs;
  const lockable = new Map<number, number>([
    ...masterAndPlugs(outputs, plugs.outputs ?? [], 0xbf00_0000),
    ...masterAndPlugs(inputs, plugs.inputs ?? [], 0x8000_0000),
  ]);
  const stored = new Map<number, number>([
    [0x018, 0],
    [0x01c, 800 << 19],
    [0x234, 0x8000_001f],
  ]);
  let wire: Wire | undefined;

  function quadlet(offset: number): number | undefined {
    if (offset >= rom.start && offset < rom.end)
      return unsigned(image.subarray(offset - rom.start, offset - rom.start + 4));
    if (offset === 0x000) return 0;
    if (offset === 0x008) return (wire?.nodeId ?? 0xffff) * 0x1_0000;
    if (offset === 0x200) return cycleTime(clock.now());
    return lockable.get(offset) ?? stored.get(offset);
  }

  function read(offset: number, octetCount: number): Answer {
    if (octetCount % 4 !== 0 || octetCount === 0) return ended("type-error");
    if (isQuadletOnly && octetCount > 4) return ended("type-error");
    const parts = Array.from({ length: octetCount / 4 }, (_, index) => quadlet(offset + 4 * index));
    if (parts.includes(undefined)) return ended("address-error");
    if (offset === rom.start && startingReads > 0) {
      startingReads--;
      return complete(new Uint8Array(octetCount));
    }
    return complete(joined(parts.map((part) => big(part ?? 0, 4))));
  }

  function lock(offset: number, { kind, octets }: Request): Answer {
    const before = lockable.get(offset);
    if (before === undefined) return ended(quadlet(offset) === undefined ? "address-error" : "type-error");
    if (kind !== "compare-swap" || octets.length !== 8) return ended("type-error");
    if (unsigned(octets.subarray(0, 4)) === before) lockable.set(offset, unsigned(octets.subarray(4)));
    return complete(big(before, 4));
  }

  return {
    reset(next) {
      wire = next;
      for (const [offset, value] of lockable) {
        const isPlug = offset >= outputs.first && offset !== inputs.master;
        if (isPlug) lockable.set(offset, (value & ~connectionBits) >>> 0);
      }
      for (const [offset, value] of irmDefaults) {
        if (wire?.isIrm === true) lockable.set(offset, value);
        else lockable.delete(offset);
      }
    },
    answer(request) {
      const offset = request.address - registerSpace;
      if (offset % 4 !== 0) return ended("address-error");
      if (request.kind === "read") return read(offset, request.octetCount);
      if (request.kind !== "write") return lock(offset, request);
      if (!stored.has(offset)) return ended(quadlet(offset) === undefined ? "address-error" : "type-error");
      if (request.octets.length !== 4) return ended("type-error");
      stored.set(offset, unsigned(request.octets));
      return complete();
    },
    setRom(next) {
      image = next;
    },
    output: (plug) => lockable.get(outputs.first + 4 * plug) ?? 0,
    setOutput: (plug, value) => void lockable.set(outputs.first + 4 * plug, value),
  };
}

/** A master register that counts the plugs, and the plugs behind it. */
function masterAndPlugs(
  { master, first }: typeof outputs,
  values: readonly number[],
  masterBits: number,
): (readonly [number, number])[] {
  return [[master, masterBits + values.length], ...values.map((value, plug) => [first + 4 * plug, value] as const)];
}

/** Seconds (7 bits), cycles (13) and ticks of 24.576 MHz (12). */
function cycleTime(now: number): number {
  const seconds = Math.floor(now / 1000) % 128;
  const cycles = ((now % 1000) * cyclesPerSecond) / 1000;
  const ticks = Math.floor((cycles % 1) * cycleTicks);
  return seconds * 2 ** 25 + Math.floor(cycles) * 2 ** 12 + ticks;
}
