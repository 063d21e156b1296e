/** The fields of HAVi messages as a simulated device writes and reads them: knows nothing of how the gateway does. */

import { big, hex, type Octets, unsigned } from "../../wire/octets.ts";
import { joined } from "../rom-writer.ts";

export const octet = (value: number): Octets => big(value, 1);
export const short = (value: number): Octets => big(value, 2);
export const long = (value: number): Octets => big(value, 4);

export function text(value: string): Octets {
  const utf8 = new TextEncoder().encode(value);
  return joined([short(utf8.length), utf8]);
}

export function list(items: readonly Octets[]): Octets {
  return joined([long(items.length), ...items]);
}

/** `sequence<octet>` */
export function content(value: Octets): Octets {
  return joined([long(value.length), value]);
}

export interface Cursor {
  number(length: 1 | 2 | 4): number;
  hex(length: number): string;
  text(): string;
  content(): Octets;
  /** As many items as are counted, 1000 at most. */
  list<T>(read: () => T): T[];
}

/** What is cut short reads as zeroes. */
export function cursorOf(whole: Octets): Cursor {
  let at = 0;
  const take = (length: number): Octets => {
    const part = whole.slice(at, at + length);
    at += length;
    return joined([part, new Uint8Array(Math.max(0, Math.min(length, 512) - part.length))]);
  };
  const cursor: Cursor = {
    number: (length) => unsigned(take(length)),
    hex: (length) => hex(take(length)),
    text: () => new TextDecoder().decode(take(cursor.number(2))),
    content: () => take(Math.min(cursor.number(4), whole.length)),
    list: (read) => Array.from({ length: Math.min(cursor.number(4), 1000) }, read),
  };
  return cursor;
}
