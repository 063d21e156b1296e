/** Node `genkan-translation`: turns sightings into devices of the home and sends their news on. */

import type { Node, NodeAPI } from "node-red";
import { type GatewayUserDef, standFor } from "./gateway-node.ts";

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-translation", function (this: Node, config: GatewayUserDef) {
    RED.nodes.createNode(this, config);
    standFor(RED, this, config, () => "translation");
  });
};
