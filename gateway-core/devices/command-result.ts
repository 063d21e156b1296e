/** What became of a command, as a CommandResult (contract/messages.ts; shapes of docs/interfaces.md, result topic). Pure. */

import type { Outcome } from "../contract/adapter.ts";
import type { ErrorBody } from "../contract/errors.ts";
import type { Command, CommandResult } from "../contract/messages.ts";

export function failed(command: Command, error: ErrorBody): CommandResult {
  return { ...head(command), ok: false, error };
}

/**
 * The result of a property or a set: `value` is what the device reports (for a set, an object of all). A set that failed
 * in part carries `properties: {name: {code, …}}` and, of those that took effect, `values`; its code is its first error's.
 */
export function resultOfSet(command: Command, { values, errors }: Outcome): CommandResult {
  const { request } = command;
  const first = Object.entries(errors)[0];
  if (first === undefined) {
    const value = request.kind === "set" ? values : (values[request.name] ?? null);
    return { ...head(command), ok: true, value };
  }
  const [name, error] = first;
  if (request.kind !== "set") return failed(command, error);
  const { code, message } = error;
  return failed(command, { code, message: `${name}: ${message}`, properties: errors, values });
}

/** The result of an action: `value` holds the properties that the device reported in answer, or null when none. */
export function resultOfAction(command: Command, { values, errors }: Outcome): CommandResult {
  const error = Object.values(errors)[0];
  if (error !== undefined) return failed(command, error);
  return { ...head(command), ok: true, value: Object.keys(values).length > 0 ? values : null };
}

function head({ id, device, request }: Command): Pick<CommandResult, "id" | "device" | "request"> {
  return { id, device, request };
}
