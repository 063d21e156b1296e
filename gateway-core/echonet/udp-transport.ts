/** The wire over UDP, on every address that the settings choose; it follows the host as addresses come and go. */

import { networkInterfaces } from "node:os";
import type { Timer } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { addressTowards, chooseAddresses, type HostInterfaces, type LocalAddress } from "./network-interfaces.ts";
import { type Datagram, lanPace, type OpenTransport, type Transport } from "./transport.ts";
import { openUdpGroup, openUdpLink, type UdpEars, type UdpGroup, type UdpLink } from "./udp-link.ts";
import { createWarnOnce } from "./warn-once.ts";

/** How often to look whether an address has come or gone. */
const lookMs = 2_000;

export const openUdpTransport: OpenTransport = udpTransportOf(networkInterfaces);

/**
 * `readInterfaces` tells the host's addresses at any moment. To open, every address that was named must be there and its
 * port free, and what is automatic may be nothing; afterwards whatever is missing is awaited.
 */
export function udpTransportOf(readInterfaces: () => HostInterfaces): OpenTransport {
  return async (reach, { clock, log }) => {
    const links = new Map<string, UdpLink>();
    const listeners = new Set<(datagram: Datagram) => void>();
    const reachListeners = new Set<() => void>();
    const warnOnce = createWarnOnce(log);
    let hearing: UdpGroup | undefined;
    let timer: Timer | undefined;
    let looking: Promise<unknown> = Promise.resolve();
    let isClosed = false;

    const ears: UdpEars = {
      heard(from, octets) {
        if (links.has(from)) return;
        for (const listener of listeners) listener({ from, octets });
      },
      /** A failing network fails with every frame. */
      failed: (socket, reason) => warnOnce("udp-failed", `${socket} ${reason}`, { socket, reason }),
    };

    /** Opens what is chosen now and is not open, closes what is chosen no more; throws the first failure after trying all. */
    async function follow(locals: readonly LocalAddress[]): Promise<void> {
      const failures: unknown[] = [];
      for (const [address, { local, close }] of links) {
        if (locals.some((other) => isSame(local, other))) continue;
        links.delete(address);
        await close();
      }
      const fresh = locals.filter(({ address }) => !links.has(address));
      for (const local of fresh) await openLink(local).catch((thrown: unknown) => failures.push(thrown));
      if (fresh.some(({ address }) => links.has(address))) for (const listener of reachListeners) listener();
      if (failures.length > 0) throw failures[0];
    }

    async function openLink(local: LocalAddress): Promise<void> {
      const link = await openUdpLink(local, ears);
      try {
        if (local.family === "ipv4") {
          hearing ??= await openUdpGroup(ears);
          hearing.join(local.address);
        }
        links.set(local.address, link);
      } catch (thrown) {
        await link.close();
        throw thrown;
      }
    }

    async function look(): Promise<void> {
      try {
        await follow(chooseAddresses(reach, readInterfaces()).locals);
      } catch (thrown) {
        warnOnce("address-unusable", toHomeError(thrown).message, { error: toHomeError(thrown).toBody() });
      }
      if (!isClosed) timer = clock.after(lookMs, lookAgain);
    }

    function lookAgain(): void {
      looking = look();
    }

    const transport: Transport = {
      pace: lanPace,
      send(octets, to) {
        const local = addressTowards(to, localsOf(links));
        if (local !== undefined) links.get(local.address)?.send(octets, to);
      },
      multicast(octets) {
        for (const link of links.values()) link.multicast(octets);
      },
      onDatagram: (listener) => listen(listeners, listener),
      onReach: (listener) => listen(reachListeners, listener),
      async [Symbol.asyncDispose]() {
        isClosed = true;
        timer?.cancel();
        await looking;
        timer?.cancel();
        const closing = [...links.values(), ...(hearing === undefined ? [] : [hearing])];
        links.clear();
        hearing = undefined;
        await Promise.all(closing.map((open) => open.close()));
      },
    };

    try {
      const { locals, missing } = chooseAddresses(reach, readInterfaces());
      const [first] = missing;
      if (first !== undefined) {
        throw new HomeError("address-unusable", `"${first}" leads to no address of this host`, { address: first });
      }
      // IPv6 comes beside IPv4 by itself: where it does not work at once, it may later, and nothing else waits for it.
      await follow(locals.filter(({ family, address }) => family === "ipv4" || reach.interfaces.includes(address)));
      lookAgain();
      await looking;
    } catch (thrown) {
      await transport[Symbol.asyncDispose]();
      throw thrown;
    }
    return transport;
  };
}

function localsOf(links: ReadonlyMap<string, UdpLink>): LocalAddress[] {
  return Array.from(links.values(), ({ local }) => local);
}

function isSame(one: LocalAddress, other: LocalAddress): boolean {
  return one.address === other.address && one.netmask === other.netmask;
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
