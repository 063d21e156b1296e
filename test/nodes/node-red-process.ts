/** A real Node-RED without its editor, with one node of ours from its sources, in a process of its own: deploys and sends what its parent asks for, and tells what flows. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import RED from "node-red";

/** What the parent asks for. */
export type Asked =
  | { readonly flows: readonly object[] }
  /** To the node of that id. */
  | { readonly to: string; readonly payload: unknown };

/** What the parent is told. */
export type Told =
  | { readonly is: "ready" | "deployed" }
  | { readonly is: "message"; readonly to: string; readonly message: object }
  | { readonly is: "status"; readonly of: string; readonly text: string };

const [, , folder = "", source = ""] = process.argv;
const name = "own-node";
const nodesDir = join(folder, "nodes");
mkdirSync(nodesDir);
// Node-RED requires what it loads; what it is given may be a promise. Only nodes are handed what finds nodes.
const entry = `module.exports = async (RED) => {
  globalThis.sendTo = (id, message) => RED.nodes.getNode(id).receive(message);
  (await import(${JSON.stringify(`${source}.ts`)})).default(RED);
};`;
writeFileSync(join(nodesDir, `${name}.js`), entry);
writeFileSync(join(nodesDir, `${name}.html`), readFileSync(`${source}.html`));

const none = async (): Promise<object> => ({});
const settings = {
  ...{ userDir: folder, nodesDir, httpAdminRoot: false, httpNodeRoot: false, credentialSecret: false },
  ...{ logging: { console: { level: "off" } }, telemetry: { enabled: false }, externalModules: { autoInstall: false } },
  storageModule: {
    ...{ init: none, getFlows: async () => [], saveFlows: none, getCredentials: none, saveCredentials: none },
    ...{ getSettings: none, saveSettings: none, getSessions: none, saveSessions: none },
  },
};
const tell = (told: Told): void => void process.send?.(told);

Reflect.apply(RED.init, RED, [createServer(), settings]);
await RED.start();
Reflect.get(RED, "hooks").add("postDeliver", (delivered: { destination: { id: string }; msg: object }) =>
  tell({ is: "message", to: delivered.destination.id, message: delivered.msg }),
);
RED.events.on("node-status", ({ id, status }: { id: string; status: { text?: string } }) =>
  tell({ is: "status", of: id, text: status.text ?? "" }),
);
process.on("message", async (asked: Asked) => {
  if ("to" in asked) {
    Reflect.get(globalThis, "sendTo")(asked.to, { payload: asked.payload });
    return;
  }
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  const flows = { flows: [...asked.flows], credentials: {} };
  await RED.runtime.flows.setFlows({ flows });
  await started;
  tell({ is: "deployed" });
});
process.once("disconnect", () => process.exit());
tell({ is: "ready" });
