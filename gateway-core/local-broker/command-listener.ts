/** Hands commands that come by MQTT to the one control; what cannot be read is answered, never thrown. */

import type { Ids } from "../contract/clock.ts";
import { toHomeError } from "../contract/errors.ts";
import type { CommandResult, Control } from "../contract/messages.ts";
import { parseCommandMessage, refusedId, unreadRequest } from "./command-message.ts";

export interface CommandListenerOptions {
  readonly ids: Ids;
  readonly control: Control;
  /** Is told only of commands that never reached the control; the control tells of all others (`onResult`). */
  readonly onUnread: (result: CommandResult) => void;
}

/** The listener for messages on command topics. */
export function createCommandListener({ ids, control, onUnread }: CommandListenerOptions) {
  return (topic: string, payload: Uint8Array): void => {
    const id = ids.fresh();
    try {
      void control.execute(parseCommandMessage(topic, payload, id));
    } catch (thrown) {
      const unread = unreadRequest(topic, payload);
      if (unread !== undefined)
        onUnread({ id: refusedId(payload) ?? id, ...unread, ok: false, error: toHomeError(thrown).toBody() });
    }
  };
}
