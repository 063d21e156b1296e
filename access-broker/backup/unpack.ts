/** Unpacks the files of a backup into a folder. Nothing is believed before all has been read. */

import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isPackedName } from "./manifest.ts";
import { contentOf } from "./passphrase.ts";
import { blockOctets, decodeTarHeader, paddingOf } from "./tar-header.ts";

/** The names that were unpacked. @throws HomeError `backup-invalid` */
export async function unpack(file: string, into: string, passphrase: string | undefined): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  // An error of what is read goes on to who reads: the first one is the reason.
  const source = Readable.from(contentOf(file, passphrase));
  const unzipped = source.pipe(createGunzip());
  source.once("error", (cause) => unzipped.destroy(cause));
  const reader = createReader(unzipped);
  try {
    for (;;) {
      const header = decodeTarHeader(await reader.take(blockOctets));
      if (header === undefined) break;
      const { name, size } = header;
      if (!isPackedName(name) || names.has(name))
        throw new HomeError("backup-invalid", `the backup holds a file "${name}"`);
      names.add(name);
      const path = join(into, name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await using target = await open(path, "wx", 0o600);
      for (let left = size; left > 0; ) {
        const piece = await reader.upTo(left);
        await target.write(piece);
        left -= piece.length;
      }
      await target.sync();
      await reader.take(paddingOf(size));
    }
    // To the very end: only there an encrypted backup shows that it is whole.
    while (!(await reader.isOver())) await reader.upTo(blockOctets);
  } catch (thrown) {
    if (thrown instanceof HomeError) throw thrown;
    throw new HomeError("backup-invalid", `${file} is no backup, or is damaged: ${String(thrown)}`, {}, thrown);
  } finally {
    source.destroy();
    unzipped.destroy();
  }
  return names;
}

function createReader(stream: AsyncIterable<Buffer>) {
  const pieces = stream[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    while (held.length === 0) {
      const { done, value } = await pieces.next();
      if (done === true) return false;
      held = value;
    }
    return true;
  };
  const upTo = async (most: number): Promise<Buffer> => {
    if (!(await fill())) throw new HomeError("backup-invalid", "the backup ends in the middle");
    const piece = held.subarray(0, most);
    held = held.subarray(piece.length);
    return piece;
  };
  return {
    upTo,
    async take(octets: number): Promise<Buffer> {
      const taken: Buffer[] = [];
      for (let left = octets; left > 0; ) {
        const piece = await upTo(left);
        taken.push(piece);
        left -= piece.length;
      }
      return Buffer.concat(taken);
    },
    isOver: async () => !(await fill()),
  };
}
