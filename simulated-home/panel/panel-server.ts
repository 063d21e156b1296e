/** The panel's socket: HTTP on 127.0.0.1, never beyond this machine. */

import { once } from "node:events";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { handlePanel, type PanelHome } from "./panel-handler.ts";

export interface Panel extends AsyncDisposable {
  readonly url: string;
}

const address = "127.0.0.1";

/** Port 0: a free one. @throws HomeError `address-unusable`. */
export async function openPanel(home: PanelHome, port: number): Promise<Panel> {
  const answer = getRequestListener((request) => handlePanel(request, home), { overrideGlobalObjects: false });
  const server = createServer((request, response) => void answer(request, response));
  try {
    server.listen({ host: address, port, exclusive: true });
    await once(server, "listening");
  } catch (cause) {
    throw new HomeError("address-unusable", `the panel cannot be at ${address}:${port}`, { address, port }, cause);
  }
  const bound = server.address();
  return {
    url: `http://${address}:${typeof bound === "object" && bound !== null ? bound.port : port}/`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
