/** A simulated front panel (AV/C Panel Subunit 1.21): keys that a controller presses and releases, and one that tunes. */

import type { Opcode, Subunit } from "./subunit.ts";

export interface Panel extends Subunit {
  /** Operations pressed, oldest first. */
  readonly pressed: readonly number[];
}

const passThrough = 0x7c;
const isReleased = 0x80;
/** How many presses are remembered. */
const most = 100;

/** @param keys the operations that this panel has @param press does what a key does @param tune takes channel numbers */
export function createPanel(
  keys: ReadonlySet<number>,
  press: (operation: number, data: Uint8Array<ArrayBuffer>) => void,
): Panel {
  const pressed: number[] = [];
  const opcode: Opcode = {
    control([key = 0, , ...data]) {
      if (key & isReleased) return undefined;
      pressed.push(key);
      if (pressed.length > most) pressed.shift();
      press(key, Uint8Array.from(data));
      return undefined;
    },
    knows: ([key = 0]) => keys.has(key & ~isReleased),
  };
  return { type: 9, id: 0, opcodes: new Map([[passThrough, opcode]]), pressed };
}
