/** Embeds Node-RED 5 and locks it down: no editor unless asked for, no palette downloads, no nodes that reach past the gateway. */

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Host, LogLevel } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Gateway } from "../gateway-core/gateway.ts";
import { type Editor, editorDoor } from "./editor.ts";

export interface NodeRedOptions {
  readonly gateway: Gateway;
  /** Node-RED's user directory. */
  readonly folder: string;
  readonly host: Host;
  readonly packageRoot: string;
  readonly hasEditor: boolean;
}

/** Core node files that run commands, touch files or open sockets; and heavy ones that a home does not need. */
const excludedNodes = [
  ..."90-exec 23-watch 10-file 31-tcpin 32-udp 21-httpin 21-httprequest 22-websocket 06-httpproxy".split(" "),
  ..."70-CSV 70-HTML 70-XML 70-YAML".split(" "),
].map((name) => `${name}.js`);

/** @throws HomeError `flow-invalid` when the flow file cannot be read as a flow; `address-unusable`. */
export async function openNodeRed(options: NodeRedOptions): Promise<{ editor?: Editor }> {
  const { gateway, folder, host, packageRoot, hasEditor } = options;
  prepareFolder(folder, join(packageRoot, "flows"), join(packageRoot, "examples"));
  const { default: RED } = await import("node-red");
  const server = createServer();
  const door = hasEditor ? await editorDoor(server, host) : undefined;
  const settings = {
    userDir: folder,
    flowFile: "flows.json",
    credentialSecret: secretOf(host),
    nodesDir: packageRoot,
    nodesExcludes: excludedNodes,
    httpNodeRoot: false,
    httpAdminRoot: door === undefined ? false : "/editor",
    telemetry: { enabled: false, updateNotification: false },
    functionExternalModules: false,
    diagnostics: { enabled: false, ui: false },
    runtimeState: { enabled: false, ui: false },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false, allowUpload: false },
      modules: { allowInstall: false },
    },
    editorTheme: { tours: false, palette: { catalogues: [], editable: false }, projects: { enabled: false } },
    logging: { console: { level: "off" }, genkan: { level: "warn", metrics: false, handler: () => logTo(host) } },
    ...door?.settings,
    genkanGateway: gateway,
  };
  // The published types describe the settings of an earlier Node-RED.
  Reflect.apply(RED.init, RED, [server, settings]);
  const started = new Promise<void>((resolve) => RED.events.once("flows:started", () => resolve()));
  await RED.start();
  await started;
  const sets: readonly object[] = await RED.runtime.nodes.getNodeList({});
  const broken = sets.filter((set) => "err" in set && set.err !== undefined);
  if (broken.length > 0) throw new HomeError("internal", `nodes that did not load: ${JSON.stringify(broken)}`);
  if (door === undefined) return {};
  await door.open(RED.httpAdmin);
  return { editor: door.editor };
}

/** A user directory with a package.json and, the first time, the flow of a whole home. An unreadable flow is refused: Node-RED would start empty. */
function prepareFolder(folder: string, ...flowFolders: readonly string[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "name": "genkan-flows", "private": true }\n');
  const flow = join(folder, "flows.json");
  const shipped = flowFolders.map((place) => join(place, "whole-home.json")).find((path) => existsSync(path));
  if (!existsSync(flow) && shipped !== undefined) copyFileSync(shipped, flow);
  try {
    if (!Array.isArray(JSON.parse(readFileSync(flow, "utf8")))) throw new Error("it holds no array of nodes");
  } catch (cause) {
    const text = `the flow ${flow} cannot be read (${String(cause)}); mend it, or remove it to start with the shipped one`;
    throw new HomeError("flow-invalid", text, {}, cause);
  }
}

/** The secret that Node-RED encrypts credentials with: made once, kept for good. */
function secretOf(host: Host): string {
  const kept = host.memory.read("node-red-secret");
  if (typeof kept === "string") return kept;
  const made = host.ids.fresh();
  host.memory.write("node-red-secret", made);
  return made;
}

/** Node-RED's log levels: 10 fatal, 20 error, 30 warn, 40 info. */
const levelOf = (level: number): LogLevel => (level <= 20 ? "error" : level <= 30 ? "warn" : "info");

const logTo =
  (host: Host) =>
  ({ level, type = "", msg }: { level: number; type?: string; msg: unknown }): void =>
    host.log.write(levelOf(level), "node-red", { type, text: msg instanceof Error ? msg.message : String(msg) });
