import { describe, expect, it } from "vitest";
import { toHex } from "../../gateway-core/bytes/hex.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { decodeFrame } from "../../gateway-core/echonet/frame.ts";
import { openUdpTransport } from "../../gateway-core/echonet/udp-transport.ts";
import { systemClock } from "../../host/system-host.ts";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { FakeClock, FakeLog, fakeHost } from "../fakes/fake-host.ts";
import { SerialLine } from "../fakes/serial-transport.ts";
import { transportLaw } from "../laws/transport.law.ts";
import { openHome } from "./fake-home.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";

transportLaw("UDP over IPv4", async () => {
  const open = (address: string) =>
    openUdpTransport({ interfaces: [address], families: ["ipv4"] }, { log: new FakeLog(), clock: systemClock });
  const [transport, node] = [await open("127.0.9.51"), await open("127.0.9.52")];
  const reached: string[] = [];
  // Loopback is one for all homes of this machine: what others say there is none of ours.
  node.onDatagram(({ from, octets }) => from === "127.0.9.51" && reached.push(toHex(octets)));
  return {
    transport: {
      ...transport,
      onDatagram: (listener) => transport.onDatagram((one) => one.from.startsWith("127.0.9.5") && listener(one)),
      [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
    },
    address: "127.0.9.52",
    reached,
    say: (octets) => node.send(octets, "127.0.9.51"),
    pass: () => new Promise((resolve) => setTimeout(resolve, 5)),
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      await node[Symbol.asyncDispose]();
    },
  };
});

transportLaw("a slow serial line", async () => {
  const clock = new FakeClock();
  const line = new SerialLine(clock);
  const transport = await line.open({ interfaces: [], families: [] }, { clock, log: new FakeLog() });
  const reached: string[] = [];
  line.onMeter = (octets) => void reached.push(toHex(octets));
  return {
    transport,
    address: line.address,
    reached,
    say: (octets) => line.say(octets),
    pass: () => clock.advance(500),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
});

describe("a meter on a slow line", () => {
  it("is found, described, read and set without a frame sent twice or larger than the line bears", async () => {
    const host = fakeHost();
    const line = new SerialLine(host.clock);
    const node = new FakeNode(line.address, { [lampEoj]: lampObject() }, {}, `fe000006${"07".repeat(13)}`);
    const asked: string[] = [];
    node.onSend = (octets) => line.say(octets);
    line.onMeter = (octets) => {
      const frame = decodeFrame(octets);
      if (frame.esv !== "INF") asked.push(`${frame.tid} ${frame.properties.length}`);
      node.receive(frame);
    };
    const home = await openHome(createEchonetAdapter(line.open), { host });
    await home.pass(30_000);
    const ref = home.at(line.address);
    expect(ref.id).toBe("echonet-fe80-21d-1290-1-2-029001");
    const descriptor = await home.describe(ref);
    const names = ["power", "brightness", "fault", "energy", "energyUnit"];
    expect(await home.get(ref, descriptor, names)).toMatchObject({ values: { energy: 100 }, errors: {} });
    const before = asked.length;
    expect((await home.set(ref, descriptor, { power: true, brightness: 70 })).values).toEqual({
      power: true,
      brightness: 70,
    });
    expect(asked.length - before).toBe(2);
    expect(Math.max(...asked.map((line) => Number(line.split(" ")[1])))).toBeLessThanOrEqual(4);
    await home.close();
  });
});
