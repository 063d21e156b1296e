/** Simulated subunits that keep a few values and do what they are told: a tuner, an audio feature block, one of a type that nobody knows. */

import type { Opcode, Subunit } from "./subunit.ts";

/** One value of some octets behind a fixed beginning of the operands: asked for by STATUS, set by CONTROL. */
interface Cell {
  readonly opcode: number;
  readonly beginning: readonly number[];
  readonly value: readonly number[];
}

function keeping(cells: readonly Cell[]): { opcodes: Map<number, Opcode>; listeners: Set<() => void> } {
  const listeners = new Set<() => void>();
  const values = cells.map((cell) => ({ ...cell, value: [...cell.value] }));
  const opcodes = new Map<number, Opcode>();
  for (const { opcode } of cells) {
    const cellOf = (operands: Uint8Array) =>
      values.find(
        (cell) => cell.opcode === opcode && cell.beginning.every((octet, place) => operands[place] === octet),
      );
    opcodes.set(opcode, {
      notifies: true,
      status(operands) {
        const cell = cellOf(operands);
        return cell === undefined
          ? "not-implemented"
          : { frame: Uint8Array.of(opcode, ...cell.beginning, ...cell.value) };
      },
      control(operands) {
        const cell = cellOf(operands);
        cell?.value.splice(0, Number.POSITIVE_INFINITY, ...operands.subarray(cell.beginning.length));
        for (const listener of listeners) listener();
        return undefined;
      },
      knows: (operands) => cellOf(operands) !== undefined,
    });
  }
  return { opcodes, listeners };
}

function subunitOf(type: number, cells: readonly Cell[]): Subunit {
  const { opcodes, listeners } = keeping(cells);
  return { type, id: 0, opcodes, onChange: (listener) => void listeners.add(listener) };
}

/** A tuner tells little more than that it is there: channels are the panel's (AV/C Tuner Model 2.0). */
export const createTuner = (): Subunit => subunitOf(5, []);

/** Volume and mute of feature function block 1 (AV/C Audio Subunit 1.0, 10.3). */
export const createAudio = (): Subunit =>
  subunitOf(1, [
    { opcode: 0xb8, beginning: [0x81, 0x01, 0x10, 0x02, 0x00, 0x01, 0x01], value: [0x60] },
    { opcode: 0xb8, beginning: [0x81, 0x01, 0x10, 0x02, 0x00, 0x02, 0x02], value: [0xf0, 0x00] },
  ]);

/** A type without a specification: a mood lamp in a vendor's own words, with its brightness and its colour. */
export const createUnknown = (): Subunit =>
  subunitOf(0x0d, [
    { opcode: 0x41, beginning: [], value: [0x50] },
    { opcode: 0x42, beginning: [], value: [0x01] },
  ]);
