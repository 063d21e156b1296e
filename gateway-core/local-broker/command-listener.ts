/** Hands commands that come by MQTT to the one control; what cannot be read is answered, never thrown. */

import type { Ids } from "../contract/clock.ts";
import { toHomeError } from "../contract/errors.ts";
import type { CommandResult, Control } from "../contract/messages.ts";
import { parseCommandMessage, refusedId, unreadRequest } from "./command-message.ts";

export interface CommandListenerOptions {
  readonly ids: Ids;
  readonly control: Pick<Control, "execute">;
  /** Is told only of commands that never reached the control; the control tells of all others (`onResult`). */
  readonly onUnread: (result: CommandResult) => void;
}

/** What a command that came by another way is bound to: an id where its sender gave none, and an end. */
export interface CommandBounds {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** The listener for messages on command topics. */
export function createCommandListener({ ids, control, onUnread }: CommandListenerOptions) {
  return (topic: string, payload: Uint8Array, bounds?: CommandBounds): void => {
    const id = bounds?.id ?? ids.fresh();
    try {
      const command = parseCommandMessage(topic, payload, id);
      const { expires = Number.POSITIVE_INFINITY } = command;
      void control.execute(bounds === undefined ? command : { ...command, expires: Math.min(expires, bounds.expires) });
    } catch (thrown) {
      const unread = unreadRequest(topic, payload);
      if (unread !== undefined)
        onUnread({ id: refusedId(payload) ?? id, ...unread, ok: false, error: toHomeError(thrown).toBody() });
    }
  };
}
