/** The front of the local broker: events of the home in, its MQTT topics (docs/interfaces.md) on this machine out, commands to the control. */

import { isIPv6 } from "node:net";
import type { Arrange } from "../contract/appearance.ts";
import type { Host } from "../contract/clock.ts";
import type { Device } from "../contract/device.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Control, HomeEvent } from "../contract/messages.ts";
import { homeTopics, parseAppearanceTopic } from "../contract/topics.ts";
import { openAedesBroker } from "./aedes-broker.ts";
import { createAppearanceListener } from "./appearance-listener.ts";
import { createCommandListener } from "./command-listener.ts";
import { createStatePublisher } from "./state-publisher.ts";

export interface LocalBrokerOptions {
  readonly host: Host;
  /** An IP address of this machine; loopback, as the broker asks nobody for a name. */
  readonly address: string;
  /** A taken port moves to the next free one; 0 takes any. */
  readonly port: number;
  readonly control: Control;
  readonly arrange: Arrange;
  /** The Thing Description of a device, published with it. */
  readonly describe: (device: Device) => JsonObject;
}

export interface LocalBroker extends AsyncDisposable {
  /** `mqtt://127.0.0.1:1883` */
  readonly url: string;
  receive(event: HomeEvent): void;
  /**
   * No wire brings news any more: `home/status` says `offline` until an event comes. Commands go on, for they never
   * travel along wires.
   */
  unwire(): void;
}

/** `home/status` is `offline` until the first event, and again before the sockets end. @throws HomeError `address-unusable` */
export async function openLocalBroker(options: LocalBrokerOptions): Promise<LocalBroker> {
  const { host, address, port, control, arrange, describe } = options;
  const onCommand = createCommandListener({
    ids: host.ids,
    control,
    onUnread: (result) => publisher.reportResult(result),
  });
  const onAppearance = createAppearanceListener(arrange, (device, message) =>
    broker.publish(homeTopics.result(device), JSON.stringify(message), false),
  );
  const broker = await openAedesBroker({
    ...{ host, address, port },
    onCommand: (topic, payload) =>
      parseAppearanceTopic(topic) === undefined ? onCommand(topic, payload) : onAppearance(topic, payload),
  });
  const publisher = createStatePublisher({ clock: host.clock, describe, publish: broker.publish });
  publisher.setOffline();
  const stopResults = control.onResult((result) => publisher.reportResult(result));
  if (port !== 0 && broker.port !== port) {
    host.log.write("info", "mqtt-port-taken", { wanted: port, taken: broker.port });
  }
  return {
    url: `mqtt://${isIPv6(address) ? `[${address}]` : address}:${broker.port}`,
    receive: publisher.receive,
    unwire: publisher.setOffline,
    async [Symbol.asyncDispose]() {
      stopResults();
      publisher.setOffline();
      await broker.close();
    },
  };
}
