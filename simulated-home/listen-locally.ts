/** How a server of the simulated home is there: on 127.0.0.1 only, for as long as the home is. */

import { once } from "node:events";
import type { Server } from "node:net";
import { HomeError } from "../gateway-core/contract/errors.ts";

const address = "127.0.0.1";

export interface LocalServer extends AsyncDisposable {
  /** `127.0.0.1:<port>` */
  readonly authority: string;
}

/** Port 0: a free one. `what` it is, in the error. `cut` ends what is connected. @throws HomeError `address-unusable`. */
export async function listenLocally(server: Server, port: number, what: string, cut: () => void): Promise<LocalServer> {
  try {
    server.listen({ host: address, port, exclusive: true });
    await once(server, "listening");
  } catch (cause) {
    throw new HomeError("address-unusable", `the ${what} cannot be at ${address}:${port}`, { address, port }, cause);
  }
  const bound = server.address();
  return {
    authority: `${address}:${typeof bound === "object" && bound !== null ? bound.port : port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}
