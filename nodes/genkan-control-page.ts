/** Node `genkan-control-page`: keeps the control page up to date by what comes in, serves it to the LAN and sends its news on. */

import type { Node, NodeAPI } from "node-red";
import { type GatewayUserDef, standFor } from "./gateway-node.ts";

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-control-page", function (this: Node, config: GatewayUserDef) {
    RED.nodes.createNode(this, config);
    standFor(RED, this, config, () => "page");
  });
};
