/** Node `genkan-translation`: turns the sightings of one protocol into devices of the home and sends their news on. */

import type { Node, NodeAPI } from "node-red";
import { type GatewayUserDef, standFor } from "./gateway-node.ts";

interface Def extends GatewayUserDef {
  readonly protocol: string;
}

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-translation", function (this: Node, config: Def) {
    RED.nodes.createNode(this, config);
    standFor(RED, this, config, () => `translation:${config.protocol}`);
  });
};
