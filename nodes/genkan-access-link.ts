/** Node `genkan-access-link`: offers the control page that comes in to the access broker. */

import type { Node, NodeAPI } from "node-red";
import { type GatewayUserDef, standFor } from "./gateway-node.ts";

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-access-link", function (this: Node, config: GatewayUserDef) {
    RED.nodes.createNode(this, config);
    standFor(RED, this, config, () => "access-link");
  });
};
