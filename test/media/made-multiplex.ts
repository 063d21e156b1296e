/** A transport stream that is made packet by packet, its tables too (ISO/IEC 13818-1): whatever a test needs stands in it. */

const packetOctets = 188;

export interface MadeStream {
  readonly pid: number;
  /** 2: MPEG-2 video; 4: MPEG audio; 0x1b: H.264. */
  readonly type: number;
}

export interface MadeProgram {
  readonly number: number;
  readonly mapPid: number;
  readonly streams: readonly MadeStream[];
}

/** Packets, each counted in its PID. */
export class MadeMultiplex {
  readonly #counts = new Map<number, number>();
  readonly #packets: Uint8Array[] = [];

  /** All packets since it was asked for last. */
  take(): Buffer {
    return Buffer.concat(this.#packets.splice(0));
  }

  /** `of`: this is one part of so many; each change of the whole has another version. */
  association(
    programs: readonly Pick<MadeProgram, "number" | "mapPid">[],
    { part = 0, of = 1, version = 0 } = {},
  ): this {
    const named = programs.flatMap(({ number, mapPid }) => [number >> 8, number, 0xe0 | (mapPid >> 8), mapPid]);
    return this.section(0, madeSection(0x00, 1, named, { part, of, version }));
  }

  map({ number, mapPid, streams }: MadeProgram, { isCurrent = true, isDamaged = false } = {}): this {
    const [clock = { pid: 0x1fff }] = streams;
    const body = streams.flatMap(({ type, pid }) => [type, 0xe0 | (pid >> 8), pid, 0xf0, 0]);
    const section = madeSection(0x02, number, [0xe0 | (clock.pid >> 8), clock.pid, 0xf0, 0, ...body], { isCurrent });
    if (isDamaged) section[section.length - 1] = (section.at(-1) ?? 0) ^ 1;
    return this.section(mapPid, section);
  }

  /** One that fits into a packet. */
  section(pid: number, section: Uint8Array): this {
    return this.packet(pid, Uint8Array.of(0, ...section), { isStart: true });
  }

  /** A packet whose picture is a whole one where `isStart`: a sequence header stands first in its PES packet. */
  picture(pid: number, isStart = false, scrambling = 0): this {
    const pes = [0, 0, 1, 0xe0, 0, 0, 0x80, 0x00, 0, 0, 0, 1, 0xb3, 0x2d, 0x01, 0xe0];
    return this.packet(pid, Uint8Array.from(isStart ? pes : [1, 2, 3]), { isStart, scrambling });
  }

  packet(pid: number, payload: Uint8Array, { isStart = false, scrambling = 0 } = {}): this {
    const count = this.#counts.get(pid) ?? 0;
    this.#counts.set(pid, count + 1);
    const packet = new Uint8Array(packetOctets).fill(0xff);
    packet.set([0x47, (isStart ? 0x40 : 0) | (pid >> 8), pid, (scrambling << 6) | 0x10 | (count & 0xf)]);
    packet.set(payload.subarray(0, packetOctets - 4), 4);
    this.#packets.push(packet);
    return this;
  }
}

function madeSection(
  table: number,
  id: number,
  body: readonly number[],
  { isCurrent = true, part = 0, of = 1, version = 0 } = {},
): Uint8Array {
  const length = body.length + 9;
  const head = [
    table,
    0xb0 | (length >> 8),
    length,
    id >> 8,
    id,
    0xc0 | (version << 1) | (isCurrent ? 1 : 0),
    part,
    of - 1,
  ];
  const octets = Uint8Array.from([...head, ...body]);
  // Annex A, by long division of the bits.
  let crc = 0xffff_ffffn;
  for (const octet of octets) {
    for (let bit = 7; bit >= 0; bit--) {
      const isOne = ((crc >> 31n) & 1n) !== BigInt((octet >> bit) & 1);
      crc = ((crc << 1n) & 0xffff_ffffn) ^ (isOne ? 0x04c1_1db7n : 0n);
    }
  }
  const sum = Number(crc);
  return Uint8Array.of(...octets, sum >>> 24, sum >>> 16, sum >>> 8, sum);
}
