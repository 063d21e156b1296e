/**
 * Reads the configuration ROM of a node quadlet by quadlet, as far as its directories lead (IEEE 1212-2001, 7): old nodes
 * fail at block reads, nodes that have just been plugged in are not ready yet, and any may be interrupted by a bus reset.
 */

import { ByteWriter } from "../bytes/byte-writer.ts";
import { type Clock, sleep } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { Bus, NodeAt } from "./bus.ts";
import { configRomAddress, formatAddress } from "./csr.ts";

export interface RomReader {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A node that is still starting tells no length of its bus information: it is asked again so much later. */
const startingMs = [50, 100, 200, 400, 800, 1_600];
const attempts = 3;
const againMs = 10;
const romQuadlets = 256;
const busInfoQuadlets = 5;
const directoryType = 3;
const leafType = 2;

/**
 * Bus information and header, all that tells one node from another.
 * @throws HomeError `device-silent`: it cannot be read, with `reason` (the rcode) and `address`.
 */
export async function readBusInfo(reader: RomReader, at: NodeAt): Promise<readonly number[]> {
  for (const waitMs of startingMs) {
    const header = await readQuadlet(reader, at, 0);
    const length = header >>> 24;
    // A minimal ROM is one quadlet.
    if (length === 1) return [header];
    if (length > 0) {
      const quadlets = [header];
      for (let place = 1; place < busInfoQuadlets; place++) quadlets.push(await readQuadlet(reader, at, place));
      return quadlets;
    }
    await sleep(reader.clock, waitMs, reader.signal);
  }
  throw silent("the node has not started", 0, "starting");
}

/** The image in bus order; zeroes where nothing leads. @throws HomeError `device-silent` */
export async function readRom(reader: RomReader, at: NodeAt, busInfo: readonly number[]): Promise<Uint8Array> {
  const quadlets = new Map(busInfo.entries());
  const blocks = [{ start: busInfo.length, isDirectory: true }];
  if (busInfo.length < busInfoQuadlets) blocks.pop();
  const seen = new Set<number>();
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    const { start, isDirectory } = block;
    if (seen.has(start) || start >= romQuadlets) continue;
    seen.add(start);
    const header = await readQuadlet(reader, at, start);
    quadlets.set(start, header);
    const end = Math.min(romQuadlets, start + 1 + (header >>> 16));
    for (let place = start + 1; place < end; place++) {
      const entry = quadlets.get(place) ?? (await readQuadlet(reader, at, place));
      quadlets.set(place, entry);
      const type = entry >>> 30;
      if (isDirectory && type >= leafType) {
        blocks.push({ start: place + (entry & 0xff_ffff), isDirectory: type === directoryType });
      }
    }
  }
  const writer = new ByteWriter();
  const last = Math.max(...quadlets.keys());
  for (let place = 0; place <= last; place++) writer.uint(quadlets.get(place) ?? 0, 4);
  return writer.toOctets();
}

/** EUI-64 of this machine's own node. @throws HomeError `device-silent`: there is no bus, or the node has none. */
export async function readLocalGuid(reader: RomReader): Promise<string> {
  const { localNodeId, generation } = reader.bus.state;
  const [, , , ...words] = await readBusInfo(reader, { nodeId: localNodeId, generation });
  if (words.length !== 2) throw silent("this machine's node has no EUI-64", 0, "no-guid");
  return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}

async function readQuadlet({ bus, clock, signal }: RomReader, at: NodeAt, place: number): Promise<number> {
  const address = configRomAddress + 4 * place;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const { rcode, data } = await bus.read(at, address, 4);
    if (rcode === "complete" && data.length === 4) {
      return new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
    }
    if (attempt === attempts || rcode === "generation") {
      throw silent(`its configuration ROM cannot be read at ${formatAddress(address)}`, address, rcode);
    }
    await sleep(clock, againMs, signal);
  }
}

function silent(why: string, address: number, reason: string): HomeError {
  return new HomeError("device-silent", `${why} (${reason})`, { address: formatAddress(address), reason });
}
