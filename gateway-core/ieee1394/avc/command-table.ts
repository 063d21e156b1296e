/** The AV/C commands that are known, read from their tables: those of any address, of the unit, and of each subunit type. */

import { arrayOf, numberOf, objectOf, octetOf, textOf } from "../table-json.ts";
import disc from "./disc.json" with { type: "json" };
import general from "./general.json" with { type: "json" };
import type { Layout } from "./layout.ts";
import { parseLayout } from "./layout-grammar.ts";
import { subunitWords } from "./operand-values.ts";
import panel from "./panel.json" with { type: "json" };
import tape from "./tape.json" with { type: "json" };
import tuner from "./tuner.json" with { type: "json" };
import unit from "./unit.json" with { type: "json" };

export interface AvcCommand {
  readonly name: string;
  readonly opcode: number;
  /** Layouts of its operands in commands and responses; none where they are not known here. */
  readonly forms: readonly Layout[];
  /** How many operand octets every response repeats. */
  readonly echoed: number;
  /** Opcodes that answer it instead of its own when it asks for a state. */
  readonly answeredBy: readonly number[];
  /** First operands with which it begins a recording; an empty list: with any. */
  readonly recordsWith?: readonly number[];
}

interface Table {
  /** Undefined for the commands that any address may take. */
  readonly type: number | undefined;
  readonly commands: readonly AvcCommand[];
}

const tables: readonly Table[] = [unit, tape, tuner, disc, panel, general].map(parseTable);

function parseTable({ subunit, commands }: { readonly subunit: string; readonly commands: readonly unknown[] }): Table {
  const type = [...subunitWords].find(([, word]) => word === subunit)?.[0];
  return { type, commands: commands.map(parseCommand) };
}

/** @throws HomeError `descriptor-invalid` */
export function parseCommand(command: unknown): AvcCommand {
  const { name, opcode, forms = [], echoed = 0, answeredBy = [], recordsWith } = objectOf(command);
  return {
    name: textOf(name),
    opcode: octetOf(opcode),
    forms: arrayOf(forms).map(parseLayout),
    echoed: numberOf(echoed),
    answeredBy: arrayOf(answeredBy).map(octetOf),
    ...(recordsWith === undefined ? {} : { recordsWith: arrayOf(recordsWith).map(octetOf) }),
  };
}

/** Commands that a subunit type takes, its own before those of any. */
function commandsOf(subunitType: number): AvcCommand[] {
  return tables.filter(({ type }) => type === subunitType || type === undefined).flatMap(({ commands }) => commands);
}

export function commandByOpcode(subunitType: number, opcode: number): AvcCommand | undefined {
  return commandsOf(subunitType).find((command) => command.opcode === opcode);
}

export function commandByName(subunitType: number, name: string): AvcCommand | undefined {
  return commandsOf(subunitType).find((command) => command.name === name);
}

/** The command that asks for a state and is answered by this opcode instead of its own. */
export function commandAnsweredBy(subunitType: number, opcode: number): AvcCommand | undefined {
  return commandsOf(subunitType).find(({ answeredBy }) => answeredBy.includes(opcode));
}
