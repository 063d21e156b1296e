/** Node `genkan-watch`: sends a message whenever a property of the chosen devices changes. */

import type { Node, NodeAPI } from "node-red";
import type { HomeEvent } from "../gateway-core/contract/messages.ts";
import { chosenDevices } from "./device-choice.ts";
import { type GatewayUserDef, gatewayOf } from "./gateway-node.ts";

interface Def extends GatewayUserDef {
  /** A device id, or `kind:<kind>`. */
  readonly device: string;
  /** A property's name; empty = all. */
  readonly property: string;
}

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-watch", function (this: Node, config: Def) {
    RED.nodes.createNode(this, config);
    const gateway = gatewayOf(RED, this, config);
    if (gateway === undefined) return;
    const tell = (event: HomeEvent): void => {
      if (event.type !== "changed" || (config.property !== "" && event.property !== config.property)) return;
      if (!chosenDevices(gateway.devices(), config.device).some(({ id }) => id === event.device)) return;
      const { device, property, value, at } = event;
      this.send({ topic: `${device}/${property}`, payload: value, device, property, at });
      this.status({ fill: "green", shape: "dot", text: `${property}: ${JSON.stringify(value)}` });
    };
    const stop = gateway.onHomeEvent(tell);
    this.on("close", stop);
  });
};
