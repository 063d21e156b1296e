import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CipPacket } from "../../../gateway-core/ieee1394/iec61883/cip.ts";
import { createTransportPackets } from "../../../gateway-core/ieee1394/iec61883/transport-packets.ts";

/** A source packet whose transport packet is filled with its number. */
function sourceOf(number: number): Uint8Array {
  const octets = new Uint8Array(192).fill(number);
  new DataView(octets.buffer).setUint32(0, (number << 12) | (3071 - number));
  octets[4] = 0x47;
  return octets;
}

/** A stream of so many source packets, cut into packets of so many data blocks. */
function stream(count: number, blocks: number): CipPacket[] {
  const whole = Uint8Array.from(Array.from({ length: count }, (_, number) => [...sourceOf(number)]).flat());
  return Array.from({ length: Math.ceil(whole.length / 24 / blocks) }, (_, index) => ({
    ...{ sid: 0, dbs: 6, fn: 3, qpc: 0, sph: true, fmt: 0x20, fdf: 0 },
    dbc: (index * blocks) % 256,
    payload: whole.subarray(index * blocks * 24, (index + 1) * blocks * 24),
  }));
}

function assemble(packets: readonly CipPacket[]): { numbers: number[]; lost: number } {
  const transport = createTransportPackets();
  const told = packets.map((packet) => transport.take(packet));
  return {
    numbers: told.flatMap((one) => one.packets.map(({ cycleCount }) => cycleCount)),
    lost: told.reduce((sum, { lostDataBlocks }) => sum + lostDataBlocks, 0),
  };
}

describe("Transport packets", () => {
  it.each([1, 2, 4, 8, 16, 40])("come whole out of packets of %i data blocks", (blocks) => {
    const transport = createTransportPackets();
    const told = stream(100, blocks).flatMap((packet) => transport.take(packet).packets);
    expect(told.map(({ octets }) => octets)).toEqual(Array.from({ length: 100 }, (_, n) => sourceOf(n).slice(4)));
    expect(told.map(({ cycleCount, cycleOffset }) => [cycleCount, cycleOffset])).toEqual(
      Array.from({ length: 100 }, (_, n) => [n, 3071 - n]),
    );
  });

  it("of which a part was lost are left out, and the loss is told", () => {
    const packets = stream(6, 2);
    expect(assemble(packets.filter((_, index) => index !== 5))).toEqual({ numbers: [0, 2, 3, 4, 5], lost: 2 });
    expect(assemble(stream(6, 8).filter((_, index) => index !== 1 && index !== 2))).toEqual({
      numbers: [0, 3, 4, 5],
      lost: 16,
    });
  });

  it("to which a counter that is wrong does not lead are left out, and told as lost", () => {
    for (const blocks of [4, 8]) {
      const astray = stream(6, blocks).map((packet, index) =>
        index < 4 ? packet : { ...packet, dbc: packet.dbc + 5 },
      );
      const { numbers, lost } = assemble(astray);
      expect(numbers).toEqual(Array.from({ length: (4 * blocks) / 8 }, (_, number) => number));
      expect(lost).toBeGreaterThan(5);
    }
  });

  it("begin with the first that comes from its start", () => {
    expect(assemble(stream(4, 2).slice(1))).toEqual({ numbers: [1, 2, 3], lost: 0 });
  });

  it("that come late or twice change nothing, nor do empty packets", () => {
    const packets = stream(4, 4);
    const [first] = packets;
    if (first === undefined) throw new Error("no packet");
    const empty = { ...first, dbc: 77, payload: new Uint8Array(0) };
    expect(assemble([...packets.slice(0, 3), first, empty, ...packets.slice(3)])).toEqual({
      numbers: [0, 1, 2, 3],
      lost: 0,
    });
  });

  it("are not made of other formats", () => {
    const [packet] = stream(1, 8);
    if (packet === undefined) throw new Error("no packet");
    for (const other of [{ fmt: 0 }, { dbs: 8 }, { fn: 0 }]) {
      expect(assemble([{ ...packet, ...other }])).toEqual({ numbers: [], lost: 0 });
    }
  });

  it("never repeat nor invent one, whichever packets are lost", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 4, 8, 16), fc.array(fc.nat(199), { maxLength: 8 }), (blocks, lost) => {
        const packets = stream(40, blocks);
        const { numbers } = assemble(packets.filter((_, index) => !lost.includes(index)));
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        expect(numbers.length).toBeGreaterThanOrEqual(40 - lost.length * Math.max(1, blocks / 8));
      }),
    );
  });
});
