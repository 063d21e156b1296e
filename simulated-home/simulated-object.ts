/** One ECHONET object (a device, or the node profile) as a table of properties: values, who may touch them, and who is told. */

import { hex, isSame, type Octets, octets } from "./wire/octets.ts";
import { writePropertyMap } from "./wire/property-map.ts";

export interface Rule {
  /** The EDT at first, hexadecimal. */
  readonly edt: string;
  /** False: only ever announced. */
  readonly get?: false;
  /** Which EDTs a controller may set; without it, none. */
  readonly set?: (edt: Uint8Array) => boolean;
  /** The nearest EDT that may be set, for a device that takes it instead of refusing. */
  readonly clip?: (edt: Uint8Array) => Octets | undefined;
  /** Announced on every change: stands in 0x9D. */
  readonly inf?: true;
}

/** Keyed by EPC as two lower-case hexadecimal digits. The property maps are made of it. */
export type Table = Readonly<Record<string, Rule>>;

export interface SimulatedObject {
  /** Class group, class, instance: 24 bits. */
  readonly eoj: number;
  /** EPCs that can be got. */
  readonly gettable: readonly number[];
  /** What a Get gives. */
  read(epc: number): Octets | undefined;
  /** What an announcement gives: also what cannot be got. */
  tell(epc: number): Octets | undefined;
  /** A controller sets; false: refused, nothing changed. */
  write(epc: number, edt: Uint8Array): boolean;
  /** The nearest EDT that a controller may set, where the property has a range. */
  clip(epc: number, edt: Uint8Array): Octets | undefined;
  /** The device itself sets: its remote control, its sensors, its faults. Any value of the length that the property has. */
  put(epc: number, edt: Uint8Array): boolean;
  /** Before the device starts: gives a property another EDT of any length, adds one that is only read, or takes one away. */
  preset(epc: number, edt: Uint8Array | undefined): void;
  /** Calls after each change of a value; returns how to stop. */
  onChange(listener: (epc: number, isAnnounced: boolean) => void): () => void;
}

export function createSimulatedObject(eoj: number, table: Table): SimulatedObject {
  const rules = new Map(Object.entries(table).map(([epc, rule]) => [Number.parseInt(epc, 16), rule]));
  const values = new Map([...rules].map(([epc, { edt }]): [number, Octets] => [epc, octets(edt)]));
  const listeners = new Set<(epc: number, isAnnounced: boolean) => void>();

  const epcsWhere = (isWanted: (rule: Rule) => boolean): number[] =>
    [...rules].flatMap(([epc, rule]) => (isWanted(rule) ? [epc] : []));
  let gettable: readonly number[] = [];
  function drawMaps(): void {
    gettable = [...epcsWhere((rule) => rule.get !== false), 0x9d, 0x9e, 0x9f].sort((a, b) => a - b);
    values.set(0x9d, writePropertyMap(epcsWhere((rule) => rule.inf === true)));
    values.set(0x9e, writePropertyMap(epcsWhere((rule) => rule.set !== undefined)));
    values.set(0x9f, writePropertyMap(gettable));
  }
  drawMaps();

  function change(epc: number, edt: Uint8Array): void {
    const before = values.get(epc);
    if (before !== undefined && isSame(before, edt)) return;
    values.set(epc, Uint8Array.from(edt));
    for (const listener of listeners) listener(epc, rules.get(epc)?.inf === true);
  }

  return {
    eoj,
    get gettable() {
      return gettable;
    },
    read: (epc) => (gettable.includes(epc) ? values.get(epc) : undefined),
    tell: (epc) => values.get(epc),
    write(epc, edt) {
      if (rules.get(epc)?.set?.(edt) !== true) return false;
      change(epc, edt);
      return true;
    },
    clip: (epc, edt) => rules.get(epc)?.clip?.(edt),
    preset(epc, edt) {
      if (edt === undefined) {
        rules.delete(epc);
        values.delete(epc);
      } else {
        rules.set(epc, rules.get(epc) ?? { edt: hex(edt) });
        values.set(epc, Uint8Array.from(edt));
      }
      drawMaps();
    },
    put(epc, edt) {
      if (!rules.has(epc) || values.get(epc)?.length !== edt.length) return false;
      change(epc, edt);
      return true;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
