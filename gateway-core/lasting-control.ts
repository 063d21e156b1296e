/** A control that is always there, whatever is deployed just now; while nothing is translated no device is known. */

import { HomeError } from "./contract/errors.ts";
import type { Command, CommandResult, Control } from "./contract/messages.ts";

export interface LastingControl extends Control {
  /** Tells a result of the control that stands behind it now. */
  readonly tell: (result: CommandResult) => void;
}

/** `current`: the control of the devices, while they are there. */
export function createLastingControl(current: () => Control | undefined): LastingControl {
  const listeners = new Set<(result: CommandResult) => void>();
  const tell = (result: CommandResult): void => {
    for (const listener of listeners) listener(result);
  };
  return {
    tell,
    async execute(command) {
      const control = current();
      if (control !== undefined) return control.execute(command);
      const result = unknownDevice(command);
      tell(result);
      return result;
    },
    onResult(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function unknownDevice({ id, device, request }: Command): CommandResult {
  const error = new HomeError("unknown-device", `no device "${device}" is known here`, { device });
  return { id, device, request, ok: false, error: error.toBody() };
}
