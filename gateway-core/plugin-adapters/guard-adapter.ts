/** Puts an adapter of another package behind its guard: to the gateway it is an adapter as any other (contract/adapter.ts). */

import type { Adapter, Session } from "../contract/adapter.ts";
import type { HomeError } from "../contract/errors.ts";
import type { PluginAdapter } from "../contract/plugin-adapter.ts";
import { within } from "../contract/within.ts";
import { checkConfig } from "./check-config.ts";
import { createFaults } from "./faults.ts";
import { createGuardedSession } from "./guarded-session.ts";
import { letGo } from "./let-go.ts";
import type { JudgeDescriptor } from "./parse-plugin.ts";
import { pluginHost } from "./plugin-host.ts";
import { readSession, type SessionCalls } from "./session-calls.ts";

const openMs = 30_000;

/** What the guard cannot hold: code that never gives the processor back, and what it throws in callbacks of its own. */
export function guardAdapter(plugin: PluginAdapter, judge: JudgeDescriptor): Adapter {
  const { protocol, config: schema = {} } = plugin;
  return {
    protocol,
    async open(config, host, signal): Promise<Session> {
      checkConfig(protocol, schema, config);
      signal.throwIfAborted();
      const { clock } = host;
      const faults = createFaults(protocol, host.log);
      /** Aborted when the session is over, too: what the adapter tied to it ends then. */
      const life = new AbortController();
      const late = (): HomeError => faults.fault("open", `no session within ${openMs / 1_000} s`);
      const release = (session: unknown): void => void letGo(session, clock, faults, "open");
      let opened: unknown;
      let calls: SessionCalls | undefined;
      try {
        const work = () => plugin.open(structuredClone(config), pluginHost(host, protocol, faults), life.signal);
        opened = await within<unknown>({ clock, ms: openMs, signal, late }, work, release);
        calls = readSession(opened);
        if (calls === undefined) throw faults.fault("open", "it opens no session");
      } catch (thrown) {
        life.abort();
        release(opened);
        if (signal.aborted) throw thrown;
        throw faults.errorOf(thrown, "open");
      }
      const session = createGuardedSession({
        ...{ protocol, calls, host, faults, judge },
        onClose: () => life.abort(),
      });
      signal.addEventListener("abort", () => void session[Symbol.asyncDispose](), { once: true });
      return session;
    },
  };
}
