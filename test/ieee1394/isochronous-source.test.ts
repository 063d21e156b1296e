/** A stream from a playing deck to whoever receives it: whole frames with their time codes, and the truth about what is missing. */

import { describe, expect, it } from "vitest";
import type { Bus, IsochronousPacket } from "../../gateway-core/ieee1394/bus.ts";
import type { AvChunk } from "../../gateway-core/ieee1394/isochronous-source.ts";
import { recordStream } from "../../gateway-core/ieee1394/record-stream.ts";
import { createStreamEvidence } from "../../gateway-core/ieee1394/stream-evidence.ts";
import { createModel } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";

const guid = "0800460102c46a01";
const device = `ieee1394-${guid}-tape0`;
const play = Uint8Array.of(0, 0x20, 0xc3, 0x75);
const stop = Uint8Array.of(0, 0x20, 0xc4, 0x60);
/** Told by the numbers of their frames. */
const numbered = async (): Promise<Uint8Array> => new Uint8Array(0);

function rig(model: "dv-deck" | "camcorder" = "dv-deck") {
  const host = fakeHost();
  const { clock } = host;
  const bus = createSimulatedBus({ clock });
  bus.plug(createModel({ clock, model, guid, makeFrames: numbered }));
  /** What happens to the packets on their way. */
  const way = { spoil: (packets: readonly IsochronousPacket[]) => packets };
  const openBus = (): Bus => {
    const client = bus.connect();
    const { listen } = client;
    return Object.assign(client, {
      listen: (channel: number, listener: (packets: readonly IsochronousPacket[]) => void) =>
        listen(channel, (packets) => listener(way.spoil(packets))),
    });
  };
  const hand = bus.connect();
  const command = async (frame: Uint8Array): Promise<void> => {
    const { generation } = hand.state;
    void hand.write({ nodeId: bus.nodeIdOf(guid) ?? 0, generation }, 0xffff_f000_0b00, frame);
    await clock.advance(1_000);
  };
  const leaving = new AbortController();
  const chunks: AvChunk[] = [];
  const connected: number[] = [];
  const options = { bus: "", device, host, signal: leaving.signal, openBus };
  const done = (async () => {
    for await (const chunk of recordStream({ ...options, onConnected: (channel) => connected.push(channel) })) {
      chunks.push(chunk);
    }
  })();
  done.catch(() => undefined);
  return { clock, bus, host, way, command, leaving, chunks, connected, done, options };
}

describe("A stream from a deck", () => {
  it.each([
    ["dv-deck", 120_000, 29.97],
    ["camcorder", 144_000, 25],
  ] as const)("of a %s comes frame by frame, each a step further, and nothing is lost", async (model, octets, rate) => {
    const { clock, command, chunks, connected, leaving, done } = rig(model);
    await clock.advance(2_000);
    expect(chunks).toEqual([]);
    await command(play);
    await clock.advance(2_000);
    leaving.abort();
    await clock.advance(100);
    await done;
    expect(connected).toEqual([0]);
    expect(chunks.length).toBeGreaterThan(2 * rate);
    expect(new Set(chunks.map((chunk) => chunk.octets.length))).toEqual(new Set([octets]));
    const evidence = createStreamEvidence({ now: () => 0 });
    for (const chunk of chunks) evidence.take(chunk);
    expect(evidence.told()).toMatchObject({
      ...{ format: "dv", chunks: chunks.length, octets: chunks.length * octets },
      ...{ missingBlocks: 0, lostDataBlocks: 0, droppedChunks: 0, losses: [], breaks: [] },
      firstTimeCode: chunks[0]?.timeCode,
    });
  });

  it("that is stopped and played again goes on, and the break of its time code is told", async () => {
    const { clock, command, chunks } = rig();
    await clock.advance(1_500);
    await command(play);
    await command(stop);
    const before = chunks.length;
    await command(Uint8Array.of(0, 0x20, 0x51, 0x20, 0, 0, 0x10, 0));
    // It winds there.
    await clock.advance(10_000);
    await command(play);
    expect(chunks.length).toBeGreaterThan(before);
    const evidence = createStreamEvidence({ now: () => 0 });
    for (const chunk of chunks) evidence.take(chunk);
    expect(evidence.told()["breaks"]).toEqual([
      { chunk: expect.any(Number), from: expect.stringMatching(/^00:01:2/), to: expect.stringMatching(/^00:10:00/) },
    ]);
  });

  it("is seen at other speeds and either way, and not while it is wound or stands", async () => {
    const { clock, command, chunks } = rig();
    await clock.advance(1_500);
    const seen = async (...deed: readonly number[]): Promise<string[]> => {
      await command(Uint8Array.of(0, 0x20, ...deed));
      const before = chunks.length;
      await clock.advance(1_000);
      return chunks.slice(before).map(({ timeCode }) => timeCode ?? "");
    };
    const [fast, back] = [await seen(0xc3, 0x3f), await seen(0xc3, 0x4f)];
    const [slow, reverse] = [await seen(0xc3, 0x31), await seen(0xc3, 0x65)];
    expect([...fast, ...slow.toReversed()].length).toBeGreaterThan(50);
    expect((fast.at(-1) ?? "") > "00:01:36").toBe(true);
    expect(back).toEqual(back.toSorted().toReversed());
    expect(reverse).toEqual(reverse.toSorted().toReversed());
    expect(new Set(slow).size).toBeLessThan(8);
    expect(await seen(0xc4, 0x75)).toEqual([]);
    expect(await seen(0xc3, 0x7d)).toEqual([]);
  });

  it("of which packets are lost tells which frames lack what, and makes no frame up", async () => {
    const { clock, command, chunks, way } = rig();
    await clock.advance(1_500);
    let seen = 0;
    way.spoil = (packets) =>
      packets.filter(({ octets }) => octets.length < 100 || (++seen !== 700 && seen !== 701 && seen !== 1_300));
    await command(play);
    await clock.advance(1_000);
    const wounded = chunks.filter(({ missingBlocks }) => missingBlocks > 0);
    expect(wounded.map(({ missingBlocks, lostDataBlocks }) => [missingBlocks, lostDataBlocks])).toEqual([
      [12, 2],
      [6, 1],
    ]);
  });

  it("comes again within a second of a bus reset", async () => {
    const { clock, command, bus, chunks } = rig();
    await clock.advance(1_500);
    await command(play);
    bus.resetBus();
    await clock.advance(50);
    const before = chunks.length;
    await clock.advance(1_000);
    expect(chunks.length - before).toBeGreaterThan(20);
  });

  it("gives back what it took when its receiver leaves", async () => {
    const { clock, bus, leaving, done } = rig();
    await clock.advance(2_000);
    leaving.abort();
    await clock.advance(500);
    await done;
    const client = bus.connect();
    const { irmNodeId: nodeId = 0, generation } = client.state;
    const reading = client.read({ nodeId, generation }, 0xffff_f000_0220, 4);
    await clock.advance(10);
    expect([...(await reading).data]).toEqual([0, 0, 0x13, 0x33]);
  });

  it("ends with the reason when its device is unplugged", async () => {
    const { clock, bus, done } = rig();
    await clock.advance(2_000);
    bus.unplug(guid);
    await clock.advance(1_000);
    await expect(done).rejects.toMatchObject({ code: "device-unavailable", details: { reason: "absent" } });
  });

  it("of a reader that does not read drops the oldest, and says how many", async () => {
    const { clock, command, options, leaving } = rig();
    const other = recordStream({ ...options, onConnected: () => undefined });
    const first = other.next();
    await clock.advance(1_500);
    await command(play);
    expect((await first).value).toMatchObject({ droppedChunks: 0, droppedOctets: 0 });
    await clock.advance(10_000);
    const { value: second } = await other.next();
    expect(second?.droppedChunks).toBeGreaterThan(100);
    expect(second?.droppedOctets).toBe((second?.droppedChunks ?? 0) * 120_000);
    // Who leaves gets what came before that, and nothing that comes after.
    leaving.abort();
    const rest: AvChunk[] = [];
    void (async () => {
      for await (const chunk of other) rest.push(chunk);
    })();
    await clock.advance(2_000);
    expect(rest.map(({ droppedChunks }) => droppedChunks)).toEqual(Array.from({ length: 132 }, () => 0));
  });

  it("is of an AV device or an EUI-64, and of nothing else", async () => {
    const { options } = rig();
    const other = recordStream({ ...options, device: "echonet-1", onConnected: () => undefined });
    await expect(other.next()).rejects.toMatchObject({ code: "value-invalid" });
  });
});

describe("The evidence of a stream", () => {
  const chunk = (timeCode: string, more: Partial<AvChunk> = {}): AvChunk => ({
    ...{ format: "dv", octets: new Uint8Array(1), timeCode, missingBlocks: 0, lostDataBlocks: 0 },
    ...{ droppedChunks: 0, droppedOctets: 0, ...more },
  });
  const breaks = (...timeCodes: string[]) => {
    const evidence = createStreamEvidence({ now: () => 0 });
    for (const timeCode of timeCodes) evidence.take(chunk(timeCode));
    return evidence.told()["breaks"];
  };

  it("knows how time codes go on: frames, seconds, dropped numbers and midnight", () => {
    expect(breaks("00:00:00:28", "00:00:00:29", "00:00:01:00", "00:00:01:01")).toEqual([]);
    expect(breaks("00:00:59:29", "00:01:00:02")).toEqual([]);
    expect(breaks("23:59:59:24", "00:00:00:00")).toEqual([]);
    expect(breaks("00:00:01:02", "00:00:01:04")).toHaveLength(1);
    expect(breaks("00:00:01:10", "00:00:02:00")).toHaveLength(1);
  });

  it("tells what was dropped, and takes no drop for a break", () => {
    const evidence = createStreamEvidence({ now: () => 0 });
    evidence.take(chunk("00:00:00:01"));
    evidence.take(chunk("00:00:09:00", { droppedChunks: 7, droppedOctets: 840_000 }));
    evidence.take({ ...chunk("x"), timeCode: undefined });
    expect(evidence.told()).toMatchObject({
      ...{ droppedChunks: 7, droppedOctets: 840_000, breaks: [] },
      losses: [
        { at: "1970-01-01T00:00:00.000Z", chunk: 1, timeCode: "00:00:09:00", droppedChunks: 7, droppedOctets: 840_000 },
      ],
      lastTimeCode: "00:00:09:00",
    });
  });
});
