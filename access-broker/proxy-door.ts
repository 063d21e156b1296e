/** Joins the outbound proxy to the rooms that it asks: who a program is, whether its home may, where names lead. */

import { Resolver } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import type { SecureContext } from "node:tls";
import type { Host } from "../gateway-core/contract/clock.ts";
import { createLinkProxy, type LinkProxy } from "./outbound-proxy/link-proxy.ts";
import { createProgramLogin, type Programs } from "./outbound-proxy/program-login.ts";
import { createProxyDesk, type ProxyDeskOptions } from "./outbound-proxy/proxy-desk.ts";
import { createProxyRules } from "./outbound-proxy/proxy-rules.ts";
import { type OutboundProxy, type OutboundProxyOptions, openOutboundProxy } from "./outbound-proxy/proxy-server.ts";
import type { AccessBrokerSettings } from "./settings.ts";
import type { Store } from "./subscriptions/store.ts";

const reachMs = 10_000;

export interface ProxyDoorOptions {
  readonly settings: AccessBrokerSettings;
  readonly host: Pick<Host, "clock" | "log">;
  readonly store: Pick<Store, "findProxyPolicy" | "findHomeRules">;
  readonly contextFor: (serverName: string) => Promise<SecureContext>;
  readonly programs: Programs;
  readonly audit: ProxyDeskOptions["audit"];
  readonly behind: OutboundProxyOptions["behind"];
}

export interface ProxyDoor extends Disposable {
  /** Opens the proxy at a port. @throws an error of `listen` as Node tells it. */
  open(port: number): Promise<OutboundProxy>;
  /** Takes a link of a home. */
  readonly admit: LinkProxy["admit"];
}

/** @throws HomeError `settings-invalid` */
export function createProxyDoor(options: ProxyDoorOptions): ProxyDoor {
  const { settings, host, store, contextFor, programs, audit, behind } = options;
  const { clock, log } = host;
  const { allow, deny, idleSeconds, longestSeconds, openAtOnce, octetsPerDay } = settings.proxy;
  const rules = createProxyRules({
    ...{ allow, deny },
    ownHost: settings.host,
    ownAddresses: () => Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []),
  });
  // Not the system's look-up: it would share its few threads with the judging of passwords, and know the machine's own names.
  const resolver = new Resolver({ timeout: reachMs / 4, tries: 2 });
  const lookup = async (name: string): Promise<readonly string[]> => {
    const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return found.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  };
  const limits = { idleMs: idleSeconds * 1000, longestMs: longestSeconds * 1000, openAtOnce, octetsPerDay };
  const policyOf: ProxyDeskOptions["policyOf"] = async (number) => {
    const { methods, isSuspended } = await store.findHomeRules(number);
    return isSuspended || !methods.includes("proxy") ? undefined : store.findProxyPolicy(number);
  };
  const desk = createProxyDesk({ clock, log, rules, lookup, reachMs, limits, policyOf, audit });
  const identify = createProgramLogin({ clock, programs, audit });
  const links = createLinkProxy({ clock, desk });
  return {
    admit: links.admit,
    open: (port) =>
      openOutboundProxy(settings.listen, port, {
        ...{ desk, identify, log, contextFor, behind },
        longestMs: limits.longestMs,
      }),
    [Symbol.dispose]() {
      links[Symbol.dispose]();
      desk[Symbol.dispose]();
    },
  };
}
