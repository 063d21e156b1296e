/** Node `genkan-control`: sets a property, or calls an action, of the chosen devices and sends each result on. */

import type { Node, NodeAPI } from "node-red";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { isJson, type Json } from "../gateway-core/contract/json.ts";
import type { CommandRequest, CommandResult } from "../gateway-core/contract/messages.ts";
import { systemIds } from "../host/system-host.ts";
import { chosenDevices } from "./device-choice.ts";
import { type GatewayUserDef, gatewayOf } from "./gateway-node.ts";

interface Def extends GatewayUserDef {
  /** A device id, or `kind:<kind>`. */
  readonly device: string;
  readonly does: "property" | "action";
  /** Name of the property or the action. */
  readonly target: string;
}

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-control", function (this: Node, config: Def) {
    RED.nodes.createNode(this, config);
    const gateway = gatewayOf(RED, this, config);
    if (gateway === undefined) return;
    this.on("input", async (message, send, done) => {
      try {
        const devices = chosenDevices(gateway.devices(), config.device);
        if (devices.length === 0) throw new HomeError("unknown-device", `no device here is "${config.device}"`);
        const request: CommandRequest = { kind: config.does, name: config.target, value: jsonOf(message.payload) };
        const results = await Promise.all(
          devices.map(({ id }) => gateway.control.execute({ id: systemIds.fresh(), device: id, request })),
        );
        for (const result of results) send({ ...message, topic: result.device, payload: result });
        const failed = results.find((result) => !result.ok);
        this.status(statusOf(failed ?? results[0]));
        done(failed?.ok === false ? new HomeError(failed.error.code, failed.error.message) : undefined);
      } catch (thrown) {
        const error = toHomeError(thrown);
        this.status({ fill: "red", shape: "ring", text: `status.${error.code}` });
        done(error);
      }
    });
  });
};

/** A message without a payload asks for an action that takes no input. */
function jsonOf(payload: unknown): Json {
  const value = payload ?? null;
  if (isJson(value)) return value;
  throw new HomeError("command-invalid", "the payload is no JSON value, or nested too deep");
}

const statusOf = (result: CommandResult | undefined): object =>
  result?.ok === true
    ? { fill: "green", shape: "dot", text: JSON.stringify(result.value) }
    : { fill: "red", shape: "ring", text: `status.${result?.error.code}` };
