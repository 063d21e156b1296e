import { describe, expect, it } from "vitest";
import { addressTowards, chooseAddresses, type HostInterfaces } from "../../gateway-core/echonet/network-interfaces.ts";
import { openUdpTransport } from "../../gateway-core/echonet/udp-transport.ts";
import { FakeLog } from "../fakes/fake-host.ts";
import { hasNamespaces, runScript } from "./in-namespace.ts";

const info = (address: string, netmask: string, internal = false) =>
  ({ address, netmask, internal, family: "IPv4", mac: "", cidr: null }) as const;
const interfaces: HostInterfaces = {
  lo: [info("127.0.0.1", "255.0.0.0", true)],
  eth0: [info("192.168.1.5", "255.255.255.0"), { ...info("fe80::1", ""), family: "IPv6", scopeid: 2 }],
  wlan0: [info("10.20.0.7", "255.255.0.0")],
  down: undefined,
};
const chosen = (...wanted: string[]): string[] => chooseAddresses(wanted, interfaces).map(({ address }) => address);

describe("the choice of addresses", () => {
  it("is every one but loopback by itself", () => {
    expect(chosen("auto")).toEqual(["192.168.1.5", "10.20.0.7"]);
  });

  it("is what is named, by address or by interface, each once", () => {
    expect(chosen("127.0.0.1", "auto", "eth0")).toEqual(["127.0.0.1", "192.168.1.5", "10.20.0.7"]);
    expect(chosen("wlan0")).toEqual(["10.20.0.7"]);
  });

  it("takes an address of a subnet of the host that the host does not list", () => {
    expect(chooseAddresses(["127.0.0.9"], interfaces)).toEqual([{ address: "127.0.0.9", netmask: "255.0.0.0" }]);
  });

  it.each(["eth9", "8.8.8.8", ""])("refuses %j, which leads nowhere", (name) => {
    expect(() => chosen(name)).toThrow(expect.objectContaining({ code: "address-unusable" }));
    expect(() => chooseAddresses(["auto"], {})).toThrow(expect.objectContaining({ code: "address-unusable" }));
  });

  it("leads to a node from the subnet that it is in, else from the first", () => {
    const locals = chooseAddresses(["auto"], interfaces);
    const from = (address: string): string | undefined => addressTowards(address, locals)?.address;
    expect([from("192.168.1.77"), from("10.20.200.1"), from("8.8.8.8")]).toEqual([
      "192.168.1.5",
      "10.20.0.7",
      "192.168.1.5",
    ]);
    expect(addressTowards("8.8.8.8", [])).toBeUndefined();
  });
});

describe("the UDP transport", () => {
  it("refuses an address whose port is taken, and holds on to nothing then", async () => {
    const log = new FakeLog();
    const first = await openUdpTransport(["127.0.9.31"], log);
    for (let tries = 0; tries < 2; tries++) {
      const second = openUdpTransport(["127.0.9.32", "127.0.9.31"], log);
      await expect(second).rejects.toMatchObject({ code: "address-unusable", details: { address: "127.0.9.31" } });
    }
    await first[Symbol.asyncDispose]();
    const third = await openUdpTransport(["127.0.9.32", "127.0.9.31"], log);
    await third[Symbol.asyncDispose]();
    third.send(Uint8Array.of(1), "127.0.9.31");
  });

  it("carries datagrams both ways, and says once what the network refuses", async () => {
    const log = new FakeLog();
    const [left, right] = [await openUdpTransport(["127.0.9.33"], log), await openUdpTransport(["127.0.9.34"], log)];
    const heard: string[] = [];
    right.onDatagram(({ from, octets }) => heard.push(`${from} ${octets.length}`));
    const stop = left.onDatagram(({ from }) => heard.push(from));
    stop();
    left.send(new Uint8Array(24), "127.0.9.34");
    for (let tries = 0; tries < 2; tries++) left.send(new Uint8Array(70_000), "127.0.9.34");
    await expect.poll(() => heard).toEqual(["127.0.9.33 24"]);
    await expect
      .poll(() => log.lines)
      .toEqual([{ level: "warn", event: "udp-failed", facts: { socket: "127.0.9.33", reason: "EMSGSIZE" } }]);
    await left[Symbol.asyncDispose]();
    await right[Symbol.asyncDispose]();
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
