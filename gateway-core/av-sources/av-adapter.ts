/** Files and streams of the network as an adapter (contract/adapter.ts): what the settings name as sources are devices that can be watched. */

import type { Adapter } from "../contract/adapter.ts";
import { protocol, startAvSession } from "./av-session.ts";
import { parseAvSettings } from "./av-settings.ts";
import { machineWires } from "./machine-wires.ts";
import type { AvWires } from "./wires.ts";

/** Config: `{sources: [{name, from, kind?, loop?}], pollMs?}` (av-settings.ts). */
export function createAvAdapter(wires: AvWires = machineWires): Adapter {
  return {
    protocol,
    async open(config, { clock }, signal) {
      const settings = parseAvSettings(config);
      signal.throwIfAborted();
      const session = startAvSession(settings, wires, clock);
      signal.addEventListener("abort", () => void session[Symbol.asyncDispose](), { once: true });
      return session;
    },
  };
}
