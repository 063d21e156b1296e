import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { addressTowards, chooseAddresses, type HostInterfaces } from "../../gateway-core/echonet/network-interfaces.ts";
import type { Family } from "../../gateway-core/echonet/transport.ts";
import { openUdpTransport, udpTransportOf } from "../../gateway-core/echonet/udp-transport.ts";
import { systemClock } from "../../host/system-host.ts";
import { FakeLog, fakeHost } from "../fakes/fake-host.ts";
import { hasNamespaces, runScript } from "./in-namespace.ts";

const info = (address: string, netmask: string, internal = false) =>
  ({ address, netmask, internal, family: "IPv4", mac: "", cidr: null }) as const;
const info6 = (address: string, scopeid: number) =>
  ({
    address,
    netmask: "ffff:ffff:ffff:ffff::",
    internal: false,
    family: "IPv6",
    mac: "",
    cidr: null,
    scopeid,
  }) as const;
const interfaces: HostInterfaces = {
  lo: [info("127.0.0.1", "255.0.0.0", true)],
  eth0: [info("192.168.1.5", "255.255.255.0"), info6("2001:db8::5", 0), info6("fe80::1", 2), info6("fe80::2", 2)],
  wlan0: [info("10.20.0.7", "255.255.0.0"), info6("fe80::7", 3)],
  down: undefined,
};
const both = ["ipv4", "ipv6"] as const;
const choose = (wanted: string[], families: readonly Family[] = both) =>
  chooseAddresses({ interfaces: wanted, families }, interfaces);
const chosen = (...wanted: string[]): string[] => choose(wanted).locals.map(({ address }) => address);
const open = (...wanted: string[]) => {
  const log = new FakeLog();
  const opening = openUdpTransport({ interfaces: wanted, families: both }, { log, clock: systemClock });
  return { log, opening };
};

describe("the choice of addresses", () => {
  it("is by itself of each interface but loopback: IPv4, and one IPv6 address that needs no router", () => {
    expect(chosen("auto")).toEqual(["192.168.1.5", "fe80::1%eth0", "10.20.0.7", "fe80::7%wlan0"]);
    expect(choose(["auto"], ["ipv6"]).locals.map(({ zone }) => zone)).toEqual(["eth0", "wlan0"]);
    expect(choose(["wlan0", "auto"], ["ipv4"]).locals).toHaveLength(2);
  });

  it("is what is named, by address or by interface, each once", () => {
    expect(chosen("127.0.0.1", "eth0", "192.168.1.5")).toEqual(["127.0.0.1", "192.168.1.5", "fe80::1%eth0"]);
    expect(chosen("fe80::7%wlan0", "2001:db8::5")).toEqual(["fe80::7%wlan0", "2001:db8::5%eth0"]);
  });

  it("takes any address of loopback, which the host does not list", () => {
    expect(choose(["127.0.0.9"]).locals).toEqual([
      { family: "ipv4", address: "127.0.0.9", zone: "lo", netmask: "255.0.0.0" },
    ]);
  });

  it.each(["eth9", "8.8.8.8", "192.168.1.6", "", "fe80::9"])("says that %j leads nowhere", (name) => {
    expect(choose(["eth0", name]).missing).toEqual([name]);
  });

  it("may be nothing by itself, as long as the host has no network", () => {
    expect(chooseAddresses({ interfaces: ["auto"], families: both }, {})).toEqual({ locals: [], missing: [] });
  });

  it("leads to a node from the subnet or the zone that it is in, else from the first of its family", () => {
    const { locals } = choose(["auto"]);
    const from = (address: string): string | undefined => addressTowards(address, locals)?.address;
    expect([from("192.168.1.77"), from("10.20.200.1"), from("8.8.8.8")]).toEqual([
      "192.168.1.5",
      "10.20.0.7",
      "192.168.1.5",
    ]);
    expect([from("fe80::99%wlan0"), from("2001:db8::9%eth0"), from("fe80::99")]).toEqual([
      "fe80::7%wlan0",
      "fe80::1%eth0",
      "fe80::1%eth0",
    ]);
    expect(addressTowards("8.8.8.8", [])).toBeUndefined();
    expect(addressTowards("8.8.8.8", choose(["auto"], ["ipv6"]).locals)).toBeUndefined();
  });
});

describe("the UDP transport", () => {
  it("refuses an address whose port is taken, and holds on to nothing then", async () => {
    const first = await open("127.0.9.31").opening;
    for (let tries = 0; tries < 2; tries++) {
      await expect(open("127.0.9.32", "127.0.9.31").opening).rejects.toMatchObject({
        code: "address-unusable",
        details: { address: "127.0.9.31" },
      });
    }
    await first[Symbol.asyncDispose]();
    const third = await open("127.0.9.32", "127.0.9.31").opening;
    await third[Symbol.asyncDispose]();
    third.send(Uint8Array.of(1), "127.0.9.31");
  });

  it("refuses what leads to no address of this host", async () => {
    await expect(open("no-such-interface").opening).rejects.toMatchObject({
      code: "address-unusable",
      details: { address: "no-such-interface" },
    });
  });

  it("hears a node whatever port it answers from, and answers it where nodes listen", async () => {
    const transport = await open("127.0.9.35").opening;
    const node = await open("127.0.9.36").opening;
    const reached: number[] = [];
    node.onDatagram(({ from, octets }) => from === "127.0.9.35" && reached.push(octets.length));
    transport.onDatagram(({ from, octets }) => octets.length === 7 && transport.send(new Uint8Array(8), from));
    const other = createSocket("udp4").bind(0, "127.0.9.36");
    await once(other, "listening");
    other.send(new Uint8Array(7), 3610, "127.0.9.35");
    await expect.poll(() => reached).toEqual([8]);
    other.close();
    await transport[Symbol.asyncDispose]();
    await node[Symbol.asyncDispose]();
  });

  it("says once what the network refuses", async () => {
    const { log, opening } = open("127.0.9.33");
    const transport = await opening;
    for (let tries = 0; tries < 2; tries++) transport.send(new Uint8Array(70_000), "127.0.9.34");
    await expect
      .poll(() => log.lines)
      .toEqual([{ level: "warn", event: "udp-failed", facts: { socket: "127.0.9.33", reason: "EMSGSIZE" } }]);
    await transport[Symbol.asyncDispose]();
  });
});

describe("a host whose addresses change", () => {
  const ipv4 = (...addresses: string[]): HostInterfaces => ({
    lo: addresses.map((address) => info(address, "255.255.255.255")),
  });
  const world = async (wanted: string[], start: HostInterfaces) => {
    const host = fakeHost();
    const now = { interfaces: start };
    const transport = await udpTransportOf(() => now.interfaces)({ interfaces: wanted, families: both }, host);
    let widened = 0;
    transport.onReach(() => widened++);
    const node = await open("127.0.9.44").opening;
    const heard: string[] = [];
    node.onDatagram(({ from }) => heard.push(from));
    const close = async (): Promise<void> => {
      await transport[Symbol.asyncDispose]();
      await node[Symbol.asyncDispose]();
    };
    /** Sockets open and close in the system's own time: the next look is planned when the last one is over. */
    const isLookOver = () => expect.poll(() => host.clock.pending).toBe(1);
    const become = async (interfaces: HostInterfaces): Promise<void> => {
      now.interfaces = interfaces;
      await isLookOver();
      await host.clock.advance(2_000);
      await isLookOver();
    };
    return { host, transport, heard, become, close, widened: () => widened };
  };

  it("is followed: what comes is used and told, what goes is let go of", async () => {
    const { transport, heard, become, close, widened } = await world(["auto"], ipv4("127.0.9.41"));
    transport.send(Uint8Array.of(1), "127.0.9.44");
    await expect.poll(() => heard).toEqual(["127.0.9.41"]);
    await become(ipv4("127.0.9.41"));
    expect(widened()).toBe(0);
    await become(ipv4("127.0.9.42"));
    expect(widened()).toBe(1);
    transport.send(Uint8Array.of(2), "127.0.9.44");
    await expect.poll(() => heard).toEqual(["127.0.9.41", "127.0.9.42"]);
    const free = await open("127.0.9.41").opening;
    await free[Symbol.asyncDispose]();
    await close();
  });

  it("gets going when its network comes", async () => {
    const { transport, heard, become, close } = await world(["auto"], {});
    transport.send(Uint8Array.of(1), "127.0.9.44");
    transport.multicast(Uint8Array.of(1));
    await become(ipv4("127.0.9.41"));
    transport.send(Uint8Array.of(2), "127.0.9.44");
    await expect.poll(() => heard).toEqual(["127.0.9.41"]);
    await close();
  });

  it("gets an address back that was named, and that was away for a while", async () => {
    const { transport, heard, become, close } = await world(["127.0.9.41"], ipv4("127.0.9.41"));
    await become({});
    const free = await open("127.0.9.41").opening;
    await free[Symbol.asyncDispose]();
    await become(ipv4("127.0.9.41"));
    transport.send(Uint8Array.of(2), "127.0.9.44");
    await expect.poll(() => heard).toEqual(["127.0.9.41"]);
    await close();
  });

  it("says once that a new address cannot be used, uses the others, and that one when it can", async () => {
    const { host, transport, heard, become, close } = await world(["auto"], {});
    const taker = await open("127.0.9.42").opening;
    for (let looks = 0; looks < 3; looks++) await become(ipv4("127.0.9.42", "127.0.9.41"));
    expect(host.log.events("warn")).toEqual(["address-unusable"]);
    transport.send(Uint8Array.of(1), "127.0.9.44");
    await expect.poll(() => heard).toEqual(["127.0.9.41"]);
    await taker[Symbol.asyncDispose]();
    await become(ipv4("127.0.9.42"));
    transport.send(Uint8Array.of(2), "127.0.9.44");
    await expect.poll(() => heard).toEqual(["127.0.9.41", "127.0.9.42"]);
    await close();
  });
});

describe("a home over real UDP on loopback", () => {
  it("is found, obeys beside dead neighbours without waiting for them, is heard, missed and met again", {
    timeout: 60_000,
  }, () => {
    const args = hasNamespaces ? ["127.0.0"] : ["127.0.9"];
    const seen = runScript("loopback-home.ts", args, hasNamespaces);
    expect(seen).toMatchObject({ deadCodes: ["device-silent", "device-silent"], taken: "address-unusable" });
    // How fast stands in bench/; here only that nobody waits for the dead.
    const { deadMs, setP95Ms } = seen as { readonly deadMs: number; readonly setP95Ms: number };
    expect(setP95Ms).toBeLessThan(deadMs);
  });
});
