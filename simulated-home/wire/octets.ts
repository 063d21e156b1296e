/** Octets of the simulated devices: hexadecimal as the specification prints it, and big-endian numbers. */

export type Octets = Uint8Array<ArrayBuffer>;

/** "0130" → two octets. */
export function octets(hex: string): Octets {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hex(edt: Uint8Array): string {
  return Array.from(edt, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** A whole number in `length` octets, big-endian; a negative one as two's complement. */
export function big(value: number, length: 1 | 2 | 3 | 4): Octets {
  return Uint8Array.from({ length }, (_, index) => (value >> (8 * (length - 1 - index))) & 0xff);
}

/** The unsigned number in an EDT. */
export function unsigned(edt: Uint8Array): number {
  return edt.reduce((value, octet) => value * 256 + octet, 0);
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}
