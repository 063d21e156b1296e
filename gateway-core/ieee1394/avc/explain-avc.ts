/** An AV/C frame as people read it: the fields of the wire, and what the tables of commands make of them. */

import { toHex } from "../../bytes/hex.ts";
import type { JsonObject } from "../../contract/json.ts";
import { decodeAvcFrame, isCtype } from "./avc-frame.ts";
import { meaningOf } from "./avc-message.ts";
import { subunitWords } from "./operand-values.ts";

/**
 * `{kind, ctype | response, subunit: {type, id, …}, opcode, name, operands, fields?}`; `name` is null where no table
 * knows the opcode, `fields` are there where they tell all of the operands.
 * @throws HomeError `frame-malformed` with `offset`.
 */
export function explainAvc(octets: Uint8Array): JsonObject {
  const frame = decodeAvcFrame(octets);
  const { code, subunit, opcode, operands } = frame;
  const { name, fields } = meaningOf(frame);
  return {
    kind: isCtype(code) ? "command" : "response",
    [isCtype(code) ? "ctype" : "response"]: code,
    subunit: { ...subunit, type: subunitWords.get(subunit.type) ?? octetHex(subunit.type) },
    opcode: octetHex(opcode),
    name: name ?? null,
    operands: toHex(operands),
    ...(fields === undefined ? {} : { fields }),
  };
}

const octetHex = (octet: number): string => toHex(Uint8Array.of(octet));
