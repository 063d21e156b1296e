/** What the nodes of this package share: the configuration node's face, and how a node holds a station of its gateway. */

import type { Node, NodeAPI, NodeDef } from "node-red";
import { toHomeError } from "../gateway-core/contract/errors.ts";
import type { Station, StationName, StationStatus } from "../gateway-core/contract/station.ts";
import type { Gateway } from "../gateway-core/gateway.ts";

export interface GatewayNode extends Node {
  readonly gateway: Gateway;
}

export interface GatewayUserDef extends NodeDef {
  readonly gateway: string;
}

const isGatewayNode = (node: unknown): node is GatewayNode =>
  typeof node === "object" && node !== null && "gateway" in node;

/** The gateway that a node's configuration names; undefined (and said under the node) when there is none. */
export function gatewayOf(RED: NodeAPI, node: Node, config: GatewayUserDef): Gateway | undefined {
  const found: unknown = RED.nodes.getNode(config.gateway);
  if (isGatewayNode(found)) return found.gateway;
  node.status({ fill: "red", shape: "ring", text: "status.no-gateway" });
  return undefined;
}

const looks = {
  closed: { fill: "grey", shape: "ring" },
  opening: { fill: "yellow", shape: "ring" },
  open: { fill: "green", shape: "dot" },
  failed: { fill: "red", shape: "ring" },
} as const;

/** The text is a key of the node's dictionary, so that each editor shows it in its own language. */
function show(node: Node, status: StationStatus): void {
  node.status({ ...looks[status.state], text: status.detail ?? `status.${status.text}` });
}

/**
 * Makes a node stand for a station: it holds the station while it is deployed, hands it what comes in by wire and sends
 * on what the station tells. Nothing with a socket lives or dies with the node. False where there is no such station.
 */
export function standFor(RED: NodeAPI, node: Node, config: GatewayUserDef, nameOf: () => StationName): boolean {
  const station: Station | undefined = gatewayOf(RED, node, config)?.stations.get(nameOf());
  if (station === undefined) return false;
  const topic = station.name;
  /** A message for one output stands at its place in a list. */
  const forward = (payload: unknown, output: number): void => {
    if (payload !== undefined) node.send([...Array<null>(output).fill(null), { topic, payload }]);
  };
  /** After every deploy, whatever its kind: the wires may lead elsewhere now, so the whole state is told anew. */
  const onDeployed = (): void => {
    station.expectSnapshot();
    setImmediate(() => station.snapshots().forEach(forward));
  };
  const stops = [
    station.onOutput(forward),
    station.onStatus((status) => show(node, status)),
    () => RED.events.off("flows:started", onDeployed),
  ];
  RED.events.on("flows:started", onDeployed);
  const hold = station.hold();
  show(node, station.status);
  node.on("input", (message, _send, done) => {
    try {
      station.receive(message.payload);
      done();
    } catch (thrown) {
      done(toHomeError(thrown));
    }
  });
  node.on("close", () => {
    for (const stop of stops) stop();
    hold.release();
  });
  return true;
}
