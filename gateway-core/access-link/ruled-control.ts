/** A control that does nothing for remote MQTT where the home's rules let no commands in: each is answered `view-only`. */

import { HomeError } from "../contract/errors.ts";
import type { CommandResult, Control } from "../contract/messages.ts";
import { type LinkRules, mayPass } from "./link-rules.ts";

export function createRuledControl(control: Control, rules: LinkRules): Control {
  if (mayPass(rules, "topics", "in")) return control;
  const listeners = new Set<(result: CommandResult) => void>();
  return {
    async execute({ id, device, request }) {
      const error = new HomeError("view-only", "this home lets nothing be changed over its link");
      const result: CommandResult = { id, device, request, ok: false, error: error.toBody() };
      for (const listener of listeners) listener(result);
      return result;
    },
    onResult(listener) {
      listeners.add(listener);
      const stop = control.onResult(listener);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
  };
}
