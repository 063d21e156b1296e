/** Writes what a device sends to a file, octet for octet, for as long as it sends and there is room. */

import { open } from "node:fs/promises";
import { joinAll } from "../bytes/join-octets.ts";
import type { AvSource } from "../contract/stream.ts";
import { onDisk, recordingsFull } from "./disk-trouble.ts";

export interface RecorderOptions {
  readonly source: AvSource;
  /** The file to make. */
  readonly path: string;
  /** Something has come. */
  readonly onPiece: () => void;
  /** So much of it is in the file. */
  readonly onOctets: (octets: number) => void;
  /** Whether there is room for so many more. */
  readonly hasRoom: (octets: number) => Promise<boolean>;
}

/** What is written at once: a disk likes it, and a power cut costs a tenth of a second. */
const batchOctets = 262_144;

/**
 * Resolves when the source has ended and all that came is in the file, which is there in any case.
 * @throws HomeError `recordings-full`, `recordings-unwritable`; what the source ended for
 */
export async function recordSource({ source, path, onPiece, onOctets, hasRoom }: RecorderOptions): Promise<void> {
  await using file = await onDisk(open(path, "wx", 0o600));
  let [waiting, octets]: [Uint8Array[], number] = [[], 0];
  const flush = async (): Promise<void> => {
    const batch = joinAll(waiting);
    [waiting, octets] = [[], 0];
    if (batch.length === 0) return;
    if (!(await hasRoom(batch.length))) throw recordingsFull("megabytes");
    await onDisk(file.appendFile(batch));
    onOctets(batch.length);
  };
  try {
    for await (const piece of source.octets) {
      onPiece();
      waiting.push(piece);
      octets += piece.length;
      if (octets >= batchOctets) await flush();
    }
  } finally {
    await flush();
    await file.sync();
  }
}
