/** AV/C frames by the names of their tables: what a frame says, and the frame that says it. */

import { HomeError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { type AvcFrame, encodeAvcFrame } from "./avc-frame.ts";
import { commandAnsweredBy, commandByName, commandByOpcode } from "./command-table.ts";
import { decodeOperands, encodeOperands } from "./layout.ts";

/** What the tables know of a frame: nothing, a name, or a name and fields that tell all of its operands. */
export interface AvcMeaning {
  readonly name?: string;
  readonly fields?: JsonObject;
}

const tellsState: ReadonlySet<string> = new Set(["IN TRANSITION", "IMPLEMENTED/STABLE", "CHANGED"]);

/** A state is answered by the opcode of the command that leads to it: such a frame has the name of the question. */
export function meaningOf(frame: AvcFrame): AvcMeaning {
  const { code, subunit, opcode, operands } = frame;
  const command = commandByOpcode(subunit.type, opcode);
  if (command === undefined) return {};
  const { name, forms } = command;
  const fields = decodeOperands(forms, operands, encodeAvcFrame(frame).length);
  const question = tellsState.has(code) ? commandAnsweredBy(subunit.type, opcode) : undefined;
  if (question === undefined) return fields === undefined ? { name } : { name, fields };
  return { name: question.name, fields: { transport: name, ...fields } };
}

/** A frame by the name of its command; `transport` chooses the opcode that tells a state. */
export interface NamedFrame extends Pick<AvcFrame, "code" | "subunit"> {
  readonly name: string;
  readonly fields: JsonObject;
}

/** @throws HomeError `value-invalid`: no such command for this subunit, or other fields; `frame-too-long`. */
export function composeAvcFrame({ code, subunit, name, fields }: NamedFrame): Uint8Array {
  const { transport, ...others } = fields;
  const wanted = transport === undefined ? name : transport;
  const command = typeof wanted === "string" ? commandByName(subunit.type, wanted) : undefined;
  if (command === undefined) {
    throw new HomeError("value-invalid", `no command ${JSON.stringify(wanted)} is known there`, { value: wanted });
  }
  const operands = encodeOperands(command.forms, others);
  return encodeAvcFrame({ code, subunit, opcode: command.opcode, operands });
}
