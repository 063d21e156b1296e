/** Embeds Node-RED 5 and locks it down: no editor unless asked for, no palette downloads, no nodes that reach past the gateway. */

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Host, LogLevel } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject } from "../gateway-core/contract/json.ts";
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

export interface NodeRed extends AsyncDisposable {
  readonly editor?: Editor;
}

/**
 * With the editor, a flow that does not start is only logged: that is where a person mends it.
 * @throws HomeError `flow-invalid` when the flow file cannot be read as a flow or does not start; `address-unusable`.
 */
export async function openNodeRed(options: NodeRedOptions): Promise<NodeRed> {
  const { gateway, folder, host, packageRoot, hasEditor } = options;
  prepareFolder(folder, join(packageRoot, "flows"), join(packageRoot, "examples"));
  const { default: RED } = await import("node-red");
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
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
  const started = untilStarted(RED.events);
  await RED.start();
  const obstacle = await started;
  if (obstacle !== undefined) {
    const error = new HomeError("flow-invalid", `the flow in ${folder} does not start: ${obstacle}`);
    if (door === undefined) throw error;
    host.log.write("error", "flow-not-started", { error: error.toBody() });
  }
  const sets: readonly object[] = await RED.runtime.nodes.getNodeList({});
  const broken = sets.filter((set) => "err" in set && set.err !== undefined);
  if (broken.length > 0) throw new HomeError("internal", `nodes that did not load: ${JSON.stringify(broken)}`);
  // The published types know of no plug-ins.
  tellBroken(await Reflect.get(RED.runtime, "plugins").getPluginList({}), host);
  await door?.open(RED.httpAdmin);
  return {
    ...(door === undefined ? {} : { editor: door.editor }),
    async [Symbol.asyncDispose]() {
      server.close();
      // The editor's web socket too, which the server has handed over and does not count as its own.
      for (const socket of sockets) socket.destroy();
      await RED.stop();
    },
  };
}

/** Undefined once the flow runs; else why Node-RED does not start it (a type that is missing or excluded, say). */
function untilStarted(events: NodeJS.EventEmitter): Promise<string | undefined> {
  return new Promise((resolve) => {
    const onRuntimeEvent = (event: unknown): void => {
      const payload = isJsonObject(event) ? event["payload"] : undefined;
      if (!isJsonObject(payload) || typeof payload["error"] !== "string") return;
      const { error, types, modules } = payload;
      end([error, JSON.stringify(types ?? modules ?? [])].join(" "));
    };
    const end = (obstacle?: string): void => {
      events.off("runtime-event", onRuntimeEvent);
      resolve(obstacle);
    };
    events.on("runtime-event", onRuntimeEvent);
    events.once("flows:started", () => end());
  });
}

/** A plug-in of another package that did not load; the home goes on without it. */
function tellBroken(plugins: readonly { readonly id?: string; readonly err?: unknown }[], { log }: Host): void {
  for (const { id = "", err } of plugins) {
    if (err !== undefined) log.write("error", "plugin-not-loaded", { plugin: id, reason: String(err) });
  }
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
