/** Node `genkan-discovery`: finds the devices of one protocol and sends each sighting on. */

import type { Node, NodeAPI } from "node-red";
import { type GatewayUserDef, gatewayOf, standFor } from "./gateway-node.ts";

interface Def extends GatewayUserDef {
  readonly protocol: string;
}

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-discovery", function (this: Node, config: Def) {
    RED.nodes.createNode(this, config);
    const stand = (): boolean => standFor(RED, this, config, () => `discovery:${config.protocol}`);
    if (stand() || gatewayOf(RED, this, config) === undefined) return;
    this.status({ fill: "red", shape: "ring", text: "status.no-adapter" });
    // The package of its adapter may be installed while the flow runs.
    const again = (): void => void (stand() && RED.events.off(added, again));
    RED.events.on(added, again);
    this.on("close", () => RED.events.off(added, again));
  });
};

const added = "registry:plugin-added";
