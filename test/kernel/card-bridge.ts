/**
 * Puts a simulated bus behind the virtual card of the kernel (virtual-card/genkan-card.c): what firewire-core sends goes to
 * the simulated nodes, what they send comes out of the card as from a wire.
 */

import { open, read, writeSync } from "node:fs";
import type { Answer, BusState, IsochronousPacket, NodeAt } from "../../gateway-core/ieee1394/bus.ts";
import type { BusClient, SimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";

export interface CardBridge {
  /** The packets that the card was given last, of all channels. */
  readonly sent: readonly IsochronousPacket[];
}

const types = { request: 1, response: 2, reset: 3, rom: 4, done: 5, selfIds: 6, isochronous: 7 };
const headWords = 8;
/** Some seconds of a stream; a guest has no room for all. */
const keptPackets = 40_000;
const ackPending = 2;
const registerSpace = 0xffff_f000_0000;
const rom = { start: 0x400, end: 0x800 };
/** Of the local node, the card has these; the kernel the others. */
const cardRegisters = [0x21c, 0x220, 0x224, 0x228];
const codes = ["complete", "conflict-error", "data-error", "type-error", "address-error"] as const;
const rcodes = { complete: 0, "conflict-error": 4, "data-error": 5, "type-error": 6, "address-error": 7 } as const;
const failures: Readonly<Record<string, number>> = {
  ...{ "send-error": 0x10, cancelled: 0x11, busy: 0x12, generation: 0x13, "no-ack": 0x14 },
};
const locks = { 1: "mask-swap", 2: "compare-swap", 3: "fetch-add" } as const;
/** Speed S800 with a beta PHY, so that nobody shortens the gaps; contender, active link. */
const localSelfId = 0x8040_c800;
/** S400, active link. */
const deviceSelfId = 0x8040_8000;
const initiatedReset = 2;
const moreSelfIds = 1;
/** As many as two packets tell of; a PHY has them whether anything is plugged in or not. */
const ports = { child: 3, parent: 2, unconnected: 1, count: 11 };

interface Packet {
  readonly generation: number;
  readonly header: readonly number[];
  /** What is in the fourth quadlet as octets, or the block behind it. */
  readonly data: Uint8Array;
}

/** Holds the process while the card is open: it plays the bus until its process ends. */
export async function bridgeCard(bus: SimulatedBus, path = "/dev/genkan-card"): Promise<CardBridge> {
  const fd = await new Promise<number>((resolve, reject) => {
    open(path, "r+", (error, opened) => (error === null ? resolve(opened) : reject(error)));
  });
  const client: BusClient = bus.connect();
  const sent: IsochronousPacket[] = [];
  const channels = new Set<number>();
  /** Requests of the kernel to its own node: they come back to it as from a wire. */
  const own = new Set<number>();
  /** The kernel began the reset that is told next: its node says so, and the kernel reads its own ROM anew. */
  let isOwnReset = false;
  let image = new Uint8Array(0);

  const write = (octets: Uint8Array): void => void writeSync(fd, octets);

  function send(type: number, { generation, header, data }: Packet, payload: boolean): void {
    const whole = Buffer.alloc(4 * headWords + (payload ? (data.length + 3) & ~3 : 0));
    for (const [place, word] of [type, 0, generation, ...header].entries()) whole.writeUInt32LE(word >>> 0, 4 * place);
    // A quadlet stands in the header as it is on the bus.
    if (payload) whole.set(data, 4 * headWords);
    else whole.set(data.subarray(0, 4), 24);
    whole.writeUInt32LE(payload ? data.length : 0, 28);
    write(whole);
  }

  const done = (id: number, ack: number): void => write(words([types.done, id, ack, 0]));

  /** Answers a request of the kernel in the name of its target. */
  function respond(request: Packet, rcode: number, data: Uint8Array): void {
    const [first = 0, second = 0, , fourth = 0] = request.header;
    const tcode = (first >>> 4) & 0xf;
    const isBlock = tcode === 5 || tcode === 9;
    const answerCode = tcode === 0 || tcode === 1 ? 2 : tcode + 2;
    const header = [
      ((second & 0xffff_0000) | (first & 0xfc00) | (answerCode << 4)) >>> 0,
      ((first & 0xffff_0000) | (rcode << 12)) >>> 0,
      0,
      isBlock ? ((data.length << 16) | (fourth & 0xffff)) >>> 0 : 0,
    ];
    send(types.response, { generation: request.generation, header, data }, isBlock);
  }

  async function take(id: number, request: Packet): Promise<void> {
    const [first = 0, second = 0, third = 0, fourth = 0] = request.header;
    const tcode = (first >>> 4) & 0xf;
    const { generation, data } = request;
    const at = { nodeId: first >>> 16, generation };
    const address = (second & 0xffff) * 2 ** 32 + third;
    const offset = address - registerSpace;
    if (generation !== client.state.generation) return done(id, failures["generation"] ?? 0);
    if (at.nodeId === client.state.localNodeId) {
      const isRom = offset >= rom.start && offset < rom.end && tcode === 4;
      if (isRom) {
        done(id, ackPending);
        const place = offset - rom.start;
        return respond(request, 0, image.length > place ? image.subarray(place, place + 4) : new Uint8Array(4));
      }
      if (!cardRegisters.includes(offset)) {
        done(id, ackPending);
        own.add((first >>> 10) & 0x3f);
        return send(types.request, request, tcode === 1 || tcode === 9);
      }
    }
    const answer = await ask(at, address, tcode, fourth, data);
    const rcode = codes.find((code) => code === answer.rcode);
    done(id, rcode === undefined ? (failures[answer.rcode] ?? 0x10) : ackPending);
    if (rcode !== undefined) respond(request, rcodes[rcode], answer.data);
  }

  async function ask(at: NodeAt, address: number, tcode: number, fourth: number, data: Uint8Array): Promise<Answer> {
    if (tcode === 4) return client.read(at, address, 4);
    if (tcode === 5) return client.read(at, address, fourth >>> 16);
    if (tcode === 9) {
      const extended = fourth & 0xffff;
      return client.lock(at, address, locks[extended === 1 || extended === 3 ? extended : 2], data);
    }
    return { rcode: await client.write(at, address, data), data: new Uint8Array(0) };
  }

  function tellReset({ generation, nodeIds, localNodeId, gapCount }: BusState): void {
    own.clear();
    const devices = nodeIds.filter((nodeId) => nodeId !== localNodeId);
    const gap = gapCount << 16;
    const selfIds = devices.map((nodeId) => (deviceSelfId | ((nodeId & 0x3f) << 24) | gap | (ports.parent << 6)) >>> 0);
    // The local node is the root, and all others hang on its last ports: whoever comes takes the lowest id, and the next port.
    const portBits = (first: number, count: number, top: number): number =>
      Array.from({ length: count }, (_, place) => {
        const isConnected = first + place >= ports.count - devices.length;
        return (isConnected ? ports.child : ports.unconnected) << (top - 2 * place);
      }).reduce((one, more) => one | more, 0);
    const local = localSelfId | ((localNodeId & 0x3f) << 24) | gap | portBits(0, 3, 6) | moreSelfIds;
    selfIds.push((local | (isOwnReset ? initiatedReset : 0)) >>> 0);
    selfIds.push((0x8080_0000 | ((localNodeId & 0x3f) << 24) | portBits(3, ports.count - 3, 16)) >>> 0);
    isOwnReset = false;
    write(words([types.selfIds, 0, localNodeId, generation, selfIds.length, ...selfIds]));
  }

  function listen(channel: number): void {
    if (channels.has(channel)) return;
    channels.add(channel);
    client.listen(channel, (packets) => {
      sent.push(...packets);
      if (sent.length > 2 * keptPackets) sent.splice(0, sent.length - keptPackets);
      for (let start = 0; start < packets.length; start += 64) {
        const some = packets.slice(start, start + 64);
        const parts = some.flatMap(({ cycle, tag, octets }) => [
          words([octets.length, cycle, tag]),
          octets,
          new Uint8Array(-octets.length & 3),
        ]);
        write(Buffer.concat([words([types.isochronous, 0, channel, some.length]), ...parts]));
      }
    });
  }

  function takeRecord(record: Buffer): void {
    const type = record.readUInt32LE(0);
    const id = record.readUInt32LE(4);
    if (type === types.reset) {
      isOwnReset = true;
      client.resetBus();
    } else if (type === types.rom) image = new Uint8Array(record.subarray(12, 12 + record.readUInt32LE(8)));
    else {
      const length = record.readUInt32LE(28);
      const header = [12, 16, 20, 24].map((place) => record.readUInt32LE(place));
      const quadlet = record.subarray(24, 28);
      const data = length > 0 ? record.subarray(32, 32 + length) : quadlet;
      const packet = { generation: record.readUInt32LE(8), header, data: new Uint8Array(data) };
      if (type === types.request) void take(id, packet);
      else takeResponse(id, packet, length > 0);
    }
  }

  /** What the kernel answers: to its own node's requests back to itself; the devices know already that they were heard. */
  function takeResponse(id: number, packet: Packet, isBlock: boolean): void {
    done(id, 1);
    const [first = 0, second = 0] = packet.header;
    const label = (first >>> 10) & 0x3f;
    const { localNodeId } = client.state;
    if (first >>> 16 !== localNodeId || !own.delete(label)) return;
    // The source is filled in by the hardware.
    const header = [first, ((localNodeId << 16) | (second & 0xffff)) >>> 0, ...packet.header.slice(2)];
    send(types.response, { ...packet, header }, isBlock);
  }

  client.onReset(tellReset);
  let labels = 0;
  client.onFcp(({ nodeId, generation, isResponse, octets }) => {
    const isQuadlet = octets.length === 4;
    const label = labels++ % 64;
    const { localNodeId } = client.state;
    const header = [
      ((localNodeId << 16) | (label << 10) | ((isQuadlet ? 0 : 1) << 4)) >>> 0,
      ((nodeId << 16) | 0xffff) >>> 0,
      0xf000_0b00 + (isResponse ? 0x200 : 0),
      (octets.length << 16) >>> 0,
    ];
    send(types.request, { generation, header, data: new Uint8Array(octets) }, !isQuadlet);
  });
  for (let channel = 0; channel < 64; channel++) listen(channel);

  const buffer = Buffer.alloc(131_072);
  const next = (): void =>
    read(fd, buffer, 0, buffer.length, null, (error, count) => {
      if (error !== null) throw error;
      takeRecord(Buffer.from(buffer.subarray(0, count)));
      next();
    });
  next();
  tellReset(client.state);
  return { sent };
}

function words(values: readonly number[]): Buffer {
  const octets = Buffer.alloc(4 * values.length);
  for (const [place, value] of values.entries()) octets.writeUInt32LE(value >>> 0, 4 * place);
  return octets;
}
