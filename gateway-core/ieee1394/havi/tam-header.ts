/**
 * The quadlet before every HAVi message, of the layer that carries it (TAM). That its top nibble is the command and
 * transaction set is known; where sequence number and fragment type stand is not, so they are kept as they are.
 */

import type { ByteReader } from "../../bytes/byte-reader.ts";
import { noValue } from "../value-checks.ts";

/** HAVi among the command and transaction sets of FCP; carried by something else than FCP, messages have 0. */
const ctsOfHavi: readonly number[] = [0, 3];

/** @throws HomeError `frame-malformed` with `offset` when it is of another set. */
export function readTamHeader(reader: ByteReader): number {
  const quadlet = reader.uint(4);
  const cts = quadlet >>> 28;
  if (ctsOfHavi.includes(cts)) return quadlet;
  throw noValue(`CTS ${cts} is not HAVi`, reader.offset - 4);
}
