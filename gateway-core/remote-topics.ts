/** Joins the access link to the rooms that know the home's topics: remote MQTT is told and obeyed in the very words of the local broker. */

import type { Host } from "./contract/clock.ts";
import type { Device } from "./contract/device.ts";
import type { JsonObject } from "./contract/json.ts";
import type { Control, HomeEvent } from "./contract/messages.ts";
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
  const listener = createCommandListener({ ids: host.ids, control, onUnread: publisher.reportResult });
  const stop = control.onResult(publisher.reportResult);
  return {
    receive: publisher.receive,
    unwire: publisher.setOffline,
    execute: ({ topic, payload, ...bounds }) => listener(topic, Buffer.from(payload), bounds),
    [Symbol.dispose]: stop,
  };
}
