import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { listenToLan } from "../../host/lan-listener.ts";

const group = "224.0.23.0";
const patience = { timeout: 15_000 };

/** A port that nobody has, so that no other home is heard here. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.7.60");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

describe("A listener to a LAN", () => {
  it("hears what is sent to everyone and to itself, and not what it sends", { timeout: 60_000 }, async () => {
    const port = await freePort();
    const [heard, answered]: [string[], string[]] = [[], []];
    const open = (address: string, into: string[]) =>
      listenToLan({ addresses: [address], group, port, onDatagram: (octets, from) => into.push(`${from} ${octets}`) });
    await using left = await open("127.0.7.61", heard);
    await using right = await open("127.0.7.62", answered);
    expect([left.taken.size, left.unjoined.size, right.taken.size]).toEqual([0, 0, 0]);
    left.multicast(Uint8Array.of(1));
    await expect.poll(() => answered, patience).toContain("127.0.7.61 1");
    right.multicast(Uint8Array.of(2));
    await expect.poll(() => heard, patience).toContain("127.0.7.62 2");
    expect(heard).not.toContain("127.0.7.61 1");
    const sender = createSocket("udp4");
    sender.bind(0, "127.0.7.63");
    await once(sender, "listening");
    sender.send(Uint8Array.of(3), port, "127.0.7.61");
    await expect.poll(() => heard, patience).toContain("127.0.7.63 3");
    sender.close();
  });

  it("says whose port is taken, and still hears and asks everyone", { timeout: 60_000 }, async () => {
    const port = await freePort();
    const heard: string[] = [];
    await using first = await listenToLan({ addresses: ["127.0.7.64"], group, port, onDatagram: () => undefined });
    await using second = await listenToLan({
      addresses: ["127.0.7.64", "127.0.7.65"],
      group,
      port,
      onDatagram: (_octets, from) => heard.push(from),
    });
    expect([...second.taken]).toEqual([["127.0.7.64", "EADDRINUSE"]]);
    await using other = await listenToLan({
      addresses: ["127.0.7.66"],
      group,
      port,
      onDatagram: (_octets, from) => heard.push(`asked by ${from}`),
    });
    second.multicast(Uint8Array.of(1));
    await expect.poll(() => heard, patience).toContain("asked by 127.0.7.64");
    other.multicast(Uint8Array.of(1));
    await expect.poll(() => heard, patience).toContain("127.0.7.66");
    expect(first.taken.size).toBe(0);
  });

  it("says on which address nothing can be heard, and why", async () => {
    const port = await freePort();
    await using listener = await listenToLan({ addresses: ["203.0.113.7"], group, port, onDatagram: () => undefined });
    expect([...listener.taken.keys(), ...listener.unjoined.keys()]).toEqual(["203.0.113.7", "203.0.113.7"]);
    expect(listener.unjoined.get("203.0.113.7")).toMatch(/^E[A-Z]+$/);
    await using deaf = await listenToLan({
      addresses: ["127.0.7.67"],
      group: "203.0.113.8",
      port,
      onDatagram: () => undefined,
    });
    expect([...deaf.unjoined.keys()]).toEqual(["127.0.7.67"]);
  });
});
