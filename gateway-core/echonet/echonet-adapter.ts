/** ECHONET Lite as an adapter (contract/adapter.ts). */

import type { Adapter } from "../contract/adapter.ts";
import { startEchonetSession } from "./echonet-session.ts";
import { parseEchonetSettings } from "./echonet-settings.ts";
import type { OpenTransport } from "./transport.ts";
import { openUdpTransport } from "./udp-transport.ts";

/** Config: `{interfaces?, families?, availabilityMs?, pollMs?, rediscoverMs?}` (echonet-settings.ts). */
export function createEchonetAdapter(openTransport: OpenTransport = openUdpTransport): Adapter {
  return {
    protocol: "echonet",
    async open(config, host, signal) {
      const settings = parseEchonetSettings(config);
      signal.throwIfAborted();
      const transport = await openTransport(settings, host);
      if (signal.aborted) {
        await transport[Symbol.asyncDispose]();
        throw signal.reason;
      }
      try {
        const session = startEchonetSession(transport, settings, host);
        signal.addEventListener("abort", () => void session[Symbol.asyncDispose](), { once: true });
        return session;
      } catch (thrown) {
        // Else whoever tries again finds the port taken, by us.
        await transport[Symbol.asyncDispose]();
        throw thrown;
      }
    },
  };
}
