/** Node `genkan-discovery`: finds the devices of one protocol and sends each sighting on. */

import type { Node, NodeAPI } from "node-red";
import { type GatewayUserDef, standFor } from "./gateway-node.ts";

interface Def extends GatewayUserDef {
  readonly protocol: string;
}

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-discovery", function (this: Node, config: Def) {
    RED.nodes.createNode(this, config);
    standFor(RED, this, config, () => `discovery:${config.protocol}`);
  });
};
