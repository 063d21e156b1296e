/** The panel's socket: HTTP on 127.0.0.1, never beyond this machine. */

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { listenLocally } from "../listen-locally.ts";
import { handlePanel, type PanelHome } from "./panel-handler.ts";

export interface Panel extends AsyncDisposable {
  readonly url: string;
}

/** Port 0: a free one. @throws HomeError `address-unusable`. */
export async function openPanel(home: PanelHome, port: number): Promise<Panel> {
  const answer = getRequestListener((request) => handlePanel(request, home), { overrideGlobalObjects: false });
  const server = createServer((request, response) => void answer(request, response));
  const local = await listenLocally(server, port, "panel", () => server.closeAllConnections());
  return { url: `http://${local.authority}/`, [Symbol.asyncDispose]: () => local[Symbol.asyncDispose]() };
}
