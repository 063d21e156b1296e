/** Instance lists, EPC D5 and D6 of the node profile (ECHONET Lite specification, part II, 6.11.1): which objects a node has. */

import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { HomeError } from "../contract/errors.ts";
import type { Eoj } from "./eoj.ts";

/** As many as fit into one EDT; a node with more sends several lists. */
const longestList = 84;

/**
 * The objects in the list's order, doubles left out. The content is believed, not the count octet.
 * @throws HomeError `frame-malformed` with `offset` when it is empty or ends within an object code.
 */
export function decodeInstanceList(edt: Uint8Array): Eoj[] {
  const reader = new ByteReader(edt);
  reader.uint(1);
  const eojs = new Set<Eoj>();
  while (reader.remaining > 0) eojs.add(reader.uint(3));
  return [...eojs];
}

/** Whether what is not listed is not there: the count is that of the content, and there was room for more. */
export function isWholeList(edt: Uint8Array): boolean {
  const [count] = edt;
  return count !== undefined && count < longestList && edt.length === 1 + 3 * count;
}

/** @throws HomeError `value-invalid` for more than 84 objects. */
export function encodeInstanceList(eojs: readonly Eoj[]): Uint8Array {
  if (eojs.length > longestList) {
    throw new HomeError("value-invalid", `an instance list holds at most ${longestList} objects, not ${eojs.length}`, {
      value: eojs.length,
    });
  }
  const writer = new ByteWriter().uint(eojs.length, 1);
  for (const eoj of eojs) writer.uint(eoj, 3);
  return writer.toOctets();
}
