/** Node `genkan-local-broker`: publishes what comes in under `home/…` on the local MQTT broker. */

import type { Node, NodeAPI } from "node-red";
import { type GatewayUserDef, standFor } from "./gateway-node.ts";

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-local-broker", function (this: Node, config: GatewayUserDef) {
    RED.nodes.createNode(this, config);
    standFor(RED, this, config, () => "local-broker");
  });
};
