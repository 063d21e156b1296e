/** MPEG-2 on the bus: what a D-VHS deck and a tuner send, packet by packet, in its time (IEC 61883-4). */

import { describe, expect, it } from "vitest";
import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import { createModel, type DevicePlan } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lampDescriptor } from "./lamp-unit.ts";

const packetOctets = 188;
const count = 900;
const perSecond = 5_000_000 / (packetOctets * 8);
const csr = 0xffff_f000_0000;
const guid = "0080880000000001";
const play = [0x20, 0xc3, 0x75];

/** Each packet tells its place; the first has a clock reference, the second begins a PES packet with both time stamps. */
const makePackets = async (): Promise<Uint8Array> => {
  const packets = Array.from({ length: count }, (_, place) => {
    const packet = new Uint8Array(packetOctets).fill(0xff);
    packet.set([0x47, 0x01, 0x00, 0x10]);
    if (place === 0) packet.set([0x47, 0x01, 0x00, 0x30, 7, 0x10, 0, 0, 0, 0, 0x7e, 0]);
    if (place === 1) {
      packet.set([0x47, 0x41, 0x00, 0x10, 0, 0, 1, 0xe0, 0, 0, 0x80, 0xc0, 10, 0x31, 0, 1, 0, 1, 0x11, 0, 1, 0, 1]);
    }
    new DataView(packet.buffer).setUint16(186, place);
    return packet;
  });
  return Uint8Array.from(Buffer.concat(packets));
};

async function home(plan: Omit<DevicePlan, "clock">, device: string) {
  const host = fakeHost();
  const { clock } = host;
  const bus = createSimulatedBus({ clock });
  bus.plug(createModel({ clock, guid, makePackets, ...plan }));
  const session = await createIeee1394Adapter(() => bus.connect()).open({}, host, new AbortController().signal);
  await clock.advance(3_000);
  const hand = bus.connect();
  const ref = { id: `ieee1394-${guid}-${device}`, address: "" };
  const opening = session.stream?.(ref, lampDescriptor, { signal: new AbortController().signal });
  await clock.advance(100);
  const source = await opening;
  if (source === undefined) throw new Error("the adapter has no streams");
  const packets: Uint8Array[] = [];
  void (async () => {
    for await (const octets of source.octets) {
      for (let at = 0; at < octets.length; at += packetOctets) packets.push(octets.slice(at, at + packetOctets));
    }
  })();
  async function command(...frame: number[]): Promise<void> {
    const { generation } = hand.state;
    void hand.write({ nodeId: bus.nodeIdOf(guid) ?? 0, generation }, csr + 0xb00, Uint8Array.from([0, ...frame]));
    await clock.advance(600);
  }
  return { clock, bus, hand, source, packets, command };
}

const placeOf = (packet: Uint8Array): number => new DataView(packet.buffer, packet.byteOffset).getUint16(186);
const counterOf = (packet: Uint8Array): number => (packet[3] ?? 0) & 0xf;

describe("A D-VHS deck", () => {
  it("sends what is on its tape while it plays: every packet, in order, at its rate, one round like one long stream", async () => {
    const { clock, source, packets, command } = await home({ model: "d-vhs-deck" }, "tape0");
    expect(source.form).toBe("mpegts");
    await clock.advance(500);
    expect(packets).toEqual([]);
    await command(...play);
    const before = packets.length;
    await clock.advance(1_000);
    expect(Math.abs(packets.length - before - perSecond)).toBeLessThan(30);
    const [first] = packets;
    const places = packets.map(placeOf);
    expect(places).toEqual(places.map((_, step) => ((first === undefined ? 0 : placeOf(first)) + step) % count));
    const counters = packets.map(counterOf);
    expect(counters).toEqual(counters.map((_, step) => ((counters[0] ?? 0) + step) % 16));
    const ticksOfRound = Math.round((count / perSecond) * 90_000);
    const references = packets.filter((packet) => placeOf(packet) === 0).map((packet) => readReference(packet));
    const steps = references.slice(1).map((reference, at) => reference - (references[at] ?? 0));
    expect(steps.length).toBeGreaterThan(2);
    for (const step of steps) expect(Math.abs(step - ticksOfRound)).toBeLessThanOrEqual(1);
    const stamps = packets.filter((packet) => placeOf(packet) === 1).map((packet) => readStamps(packet));
    for (const [at, [presented, decoded]] of stamps.entries()) {
      expect(Math.abs((presented ?? 0) - (references[at] ?? 0))).toBeLessThanOrEqual(1);
      expect(decoded).toBe(presented);
    }
  });

  it("stamps each packet with the cycle in which it is due", async () => {
    const { clock, hand, command } = await home({ model: "d-vhs-deck" }, "tape0");
    const due: number[] = [];
    const ahead: number[] = [];
    hand.listen(0, (packets) => {
      for (const { cycle, octets } of packets) {
        const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
        for (let at = 8; at < octets.length; at += packetOctets + 4) {
          const stamp = view.getUint32(at);
          const cycles = (stamp >>> 12) + (stamp & 0xfff) / 3072;
          ahead.push((cycles - cycle + 8_000) % 8_000);
          due.push(cycles);
        }
      }
    });
    await command(...play);
    await clock.advance(300);
    expect(Math.min(...ahead)).toBeGreaterThan(1);
    expect(Math.max(...ahead)).toBeLessThan(5);
    const steps = due.slice(1).map((now, at) => (now - (due[at] ?? 0) + 8_000) % 8_000);
    for (const step of steps) expect(step).toBeCloseTo(8_000 / perSecond, 2);
  });

  it("stops at the end of its tape, and sends nothing any more", async () => {
    const { clock, packets, command } = await home({ model: "d-vhs-deck", tape: { tapeSeconds: 2 } }, "tape0");
    await command(...play);
    await clock.advance(2_500);
    expect(Math.abs(packets.length - 2 * perSecond)).toBeLessThan(40);
    const before = packets.length;
    await clock.advance(1_000);
    expect(packets.length).toBe(before);
  });

  it("goes on from where its tape was wound to", async () => {
    const { clock, packets, command } = await home({ model: "d-vhs-deck" }, "tape0");
    await command(...play);
    const before = packets.length;
    // To 00:10:00:00, and on.
    await command(0x20, 0x51, 0x20, 0, 0, 0x10, 0);
    await clock.advance(10_000);
    await command(...play);
    await clock.advance(200);
    const after = packets.slice(before + 100).filter((packet) => placeOf(packet) === 0);
    expect(readReference(after[0] ?? new Uint8Array(12)) / 90_000).toBeGreaterThan(599);
  });

  it("sends packets of nothing until FFmpeg has made what is on its tape", async () => {
    const { packets, command } = await home(
      { model: "d-vhs-deck", makePackets: async () => new Uint8Array(0) },
      "tape0",
    );
    await command(...play);
    expect(packets.length).toBeGreaterThan(100);
    expect(new Set(packets.map((packet) => Buffer.from(packet.subarray(0, 4)).toString("hex")))).toEqual(
      new Set(["471fff10"]),
    );
  });
});

describe("A tuner", () => {
  it("sends what is on the air while its power is on and somebody is connected", async () => {
    const { clock, packets, command } = await home({ model: "set-top-box" }, "tuner0");
    await clock.advance(500);
    expect(packets.length).toBeGreaterThan(1_000);
    await command(0xff, 0xb2, 0x60);
    const before = packets.length;
    await clock.advance(1_000);
    expect(packets.length).toBe(before);
    await command(0xff, 0xb2, 0x70);
    expect(packets.length).toBeGreaterThan(before + 1_000);
  });
});

function readReference(packet: Uint8Array): number {
  const view = new DataView(packet.buffer, packet.byteOffset);
  return view.getUint32(6) * 2 + (view.getUint16(10) >>> 15);
}

function readStamps(packet: Uint8Array): number[] {
  const view = new DataView(packet.buffer, packet.byteOffset);
  return [13, 18].map(
    (at) =>
      ((view.getUint8(at) >> 1) & 7) * 2 ** 30 +
      (view.getUint16(at + 1) >> 1) * 2 ** 15 +
      (view.getUint16(at + 3) >> 1),
  );
}
