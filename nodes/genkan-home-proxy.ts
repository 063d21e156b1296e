/** Node `genkan-home-proxy`: while it is deployed the home's computers have a proxy, which leads out by the home's link. */

import type { Node, NodeAPI } from "node-red";
import { type GatewayUserDef, standFor } from "./gateway-node.ts";

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-home-proxy", function (this: Node, config: GatewayUserDef) {
    RED.nodes.createNode(this, config);
    standFor(RED, this, config, () => "home-proxy");
  });
};
