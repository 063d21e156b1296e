/** Joins the access link to the rooms that know the home's topics: remote MQTT is told and obeyed in the very words of the local broker. */

import type { Host } from "./contract/clock.ts";
import type { Device } from "./contract/device.ts";
import { commandRefusal, type Grant, maySeeDevice, wholeGrant, windowRefusal } from "./contract/grant.ts";
import type { JsonObject } from "./contract/json.ts";
import type { CommandResult, Control, HomeEvent } from "./contract/messages.ts";
import type { RemoteCommand } from "./contract/remote-link.ts";
import { createCommandListener } from "./local-broker/command-listener.ts";
import { createStatePublisher } from "./local-broker/state-publisher.ts";

export interface RemoteTopicsOptions {
  readonly host: Host;
  readonly control: Control;
  readonly describe: (device: Device) => JsonObject;
  readonly publish: (topic: string, payload: string, isRetained: boolean) => void;
}

export interface RemoteTopics extends Disposable {
  receive(event: HomeEvent): void;
  /** No wire brings news any more: `home/status` is `offline` until an event comes. */
  unwire(): void;
  execute(command: RemoteCommand): void;
}

export function createRemoteTopics({ host, control, describe, publish }: RemoteTopicsOptions): RemoteTopics {
  const publisher = createStatePublisher({ clock: host.clock, describe, publish });
  publisher.setOffline();
  const { reportResult } = publisher;
  const listenAs = (grant: Grant) =>
    createCommandListener({ ids: host.ids, control: grantedControl(grant), onUnread: reportResult });
  const stop = control.onResult(reportResult);

  /** The control as one person may use it; what was not granted is answered here, and never reaches it. */
  const grantedControl = (grant: Grant): Pick<Control, "execute"> => ({
    async execute(command) {
      const { id, device, request } = command;
      const refusal = windowRefusal(grant, host.clock.now()) ?? commandRefusal(grant, device, request);
      if (refusal === undefined) return control.execute(command);
      const result: CommandResult = { id, device, request, ok: false, error: refusal.toBody() };
      host.log.write("warn", "remote-command-refused", { code: refusal.code, device });
      // Of a device that they cannot see they hear nothing, and those who see it need not hear of them.
      if (maySeeDevice(grant, device)) reportResult(result);
      return result;
    },
  });
  return {
    receive: publisher.receive,
    unwire: publisher.setOffline,
    execute: ({ topic, payload, grant = wholeGrant, ...bounds }) =>
      listenAs(grant)(topic, Buffer.from(payload), bounds),
    [Symbol.dispose]: stop,
  };
}
