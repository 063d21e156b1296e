/**
 * Configuration node `genkan-gateway`: the one core that the other nodes hold stations of. Inside `genkan gateway` that
 * core exists already; in a person's own Node-RED it is made here, and outlives a deploy by some seconds.
 */

import { join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { type ErrorBody, HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { adapterPluginType } from "../gateway-core/contract/plugin-adapter.ts";
import { choiceOf, createGateway, type Gateway, parseSettings } from "../gateway-core/gateway.ts";
import { packageRoot } from "../host/package-root.ts";
import { systemClock, systemHost } from "../host/system-host.ts";
import { createLease, type Lease } from "./lease.ts";

interface Def extends NodeDef {
  /** JSON object of settings that differ from the defaults (settings.schema.json). */
  readonly settings: string;
}

const ownLease = createLease<Gateway>(systemClock);

/** The gateway of the process that embeds this Node-RED, or one in `<userDir>/genkan`. */
function leaseGateway(RED: NodeAPI, config: Def): Lease<Gateway> {
  const embedding: unknown = Reflect.get(RED.settings, "genkanGateway");
  if (isGateway(embedding)) return { value: embedding, release: () => undefined };
  const folder = join(RED.settings.userDir ?? ".", "genkan");
  return ownLease(`${folder} ${config.settings}`, (after) => {
    const settings = parseSettings(parseJson(config.settings));
    const kept = { historyFile: join(folder, "history.sqlite"), recordingsFolder: join(folder, "recordings") };
    const files = { cardFile: join(folder, "card.json"), ...kept };
    return createGateway({ settings, host: systemHost(folder), packageRoot: packageRoot(), ...files, after });
  });
}

const isGateway = (value: unknown): value is Gateway =>
  typeof value === "object" && value !== null && "stations" in value && "control" in value;

function parseJson(text: string): unknown {
  try {
    return text.trim() === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw new HomeError("settings-invalid", `the settings of this node are no JSON: ${text}`, {}, cause);
  }
}

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-gateway", function (this: Node & { gateway?: Gateway }, config: Def) {
    RED.nodes.createNode(this, config);
    try {
      const lease = leaseGateway(RED, config);
      this.gateway = lease.value;
      // Packages that were there before are registered by now; others may be installed while this runs.
      const join = (): void => joinAdapters(RED, this, lease.value);
      RED.events.on("registry:plugin-added", join);
      this.on("close", () => {
        RED.events.off("registry:plugin-added", join);
        lease.release();
      });
      join();
    } catch (thrown) {
      const error: ErrorBody = toHomeError(thrown).toBody();
      this.error(`${error.code}: ${error.message}`);
    }
  });

  /** What the dialogs offer to choose from. */
  RED.httpAdmin.get("/genkan/devices/:gateway", RED.auth.needsPermission("genkan.read"), (request, response) => {
    const node: unknown = RED.nodes.getNode(String(request.params["gateway"]));
    const gateway = typeof node === "object" && node !== null && "gateway" in node ? node.gateway : undefined;
    response.json(isGateway(gateway) ? gateway.devices().map(choice) : []);
  });
  RED.httpAdmin.get("/genkan/adapters", RED.auth.needsPermission("genkan.read"), (_request, response) => {
    response.json(adaptersOf(RED).flatMap(({ adapter }) => choiceOf(adapter) ?? []));
  });
};

/** One that is refused is said once; the others join. */
function joinAdapters(RED: NodeAPI, node: Node, gateway: Gateway): void {
  for (const { adapter, from } of adaptersOf(RED)) {
    try {
      gateway.join(adapter, from);
    } catch (thrown) {
      const { code, message } = toHomeError(thrown);
      node.error(`${code}: ${message}`);
    }
  }
}

/** What other packages have registered with Node-RED as an adapter, whatever it is. */
function adaptersOf(RED: NodeAPI): { readonly adapter: unknown; readonly from: string }[] {
  return RED.plugins.getByType(adapterPluginType).map((plugin: object) => ({
    adapter: memberOf(plugin, "adapter"),
    from: String(memberOf(plugin, "module") ?? memberOf(plugin, "id")),
  }));
}

function memberOf(plugin: object, name: string): unknown {
  try {
    return Reflect.get(plugin, name);
  } catch {
    return undefined;
  }
}

const choice = ({ id, kind, title, titles, descriptor }: ReturnType<Gateway["devices"]>[number]): object => ({
  id,
  kind,
  title,
  titles,
  properties: Object.keys(descriptor.properties),
  actions: Object.keys(descriptor.actions ?? {}),
});
