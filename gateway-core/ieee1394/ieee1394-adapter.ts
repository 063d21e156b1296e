/** IEEE 1394 AV devices as an adapter (contract/adapter.ts). */

import type { Adapter } from "../contract/adapter.ts";
import { startIeee1394Session } from "./ieee1394-session.ts";
import { parseIeee1394Settings } from "./ieee1394-settings.ts";
import { type OpenBus, openNamedBus } from "./open-bus.ts";

/** Config: `{bus, recording?, availabilityMs?, pollMs?, rediscoverMs?}` (ieee1394-settings.ts). */
export function createIeee1394Adapter(openBus: OpenBus = openNamedBus): Adapter {
  return {
    protocol: "ieee1394",
    async open(config, host, signal) {
      const settings = parseIeee1394Settings(config);
      signal.throwIfAborted();
      const session = startIeee1394Session(openBus(settings.bus, host), settings, host);
      signal.addEventListener("abort", () => void session[Symbol.asyncDispose](), { once: true });
      return session;
    },
  };
}
