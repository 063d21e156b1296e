/** A control that answers when and how the test says, and remembers what it was asked. */

import type { ErrorBody } from "../../gateway-core/contract/errors.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import type { Command, CommandResult, Control } from "../../gateway-core/contract/messages.ts";

export class FakeControl implements Control {
  readonly asked: Command[] = [];
  /** Answers at once with this; undefined: never by itself. */
  answer: { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly error: ErrorBody } | undefined =
    {
      ok: true,
      value: null,
    };

  execute(command: Command): Promise<CommandResult> {
    this.asked.push(command);
    return this.answer === undefined ? new Promise(() => undefined) : Promise.resolve({ ...command, ...this.answer });
  }

  onResult(): () => void {
    return () => undefined;
  }
}
