/** The header of a file in a tar archive (POSIX.1-2017, ustar interchange format): plain files with short names, which is all that a backup holds. Pure. */

import { HomeError } from "../../gateway-core/contract/errors.ts";

export const blockOctets = 512;
const longestName = 100;
/** More octets than eleven octal digits can say are written in base 256, as GNU and libarchive read them. */
const mostOctal = 8 ** 11;

export interface TarFile {
  readonly name: string;
  readonly size: number;
}

/** Owner's eyes alone: mode 0600, nobody's ids, no date, so that the same content gives the same octets. */
export function encodeTarHeader({ name, size }: TarFile): Uint8Array {
  if (name.length > longestName) throw new HomeError("internal", `"${name}" is too long a name for an archive`);
  const header = new Uint8Array(blockOctets);
  const put = (text: string, at: number): void => header.set(new TextEncoder().encode(text), at);
  put(name, 0);
  put("0000600\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  if (size < mostOctal) put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else {
    header[124] = 0x80;
    new DataView(header.buffer).setBigUint64(128, BigInt(size));
  }
  put("00000000000\0", 136);
  put("0", 156);
  put("ustar\x0000", 257);
  put(`${checksumOf(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** Undefined: the block of zeros that ends an archive. @throws HomeError `backup-invalid` */
export function decodeTarHeader(header: Uint8Array): TarFile | undefined {
  if (header.every((octet) => octet === 0)) return undefined;
  const text = (at: number, length: number): string =>
    new TextDecoder("latin1").decode(header.subarray(at, at + length)).replace(/\0.*$/s, "");
  const told = Number.parseInt(text(148, 8), 8);
  const kind = header[156];
  if (header.length !== blockOctets || told !== checksumOf(header)) throw invalid("a header is damaged");
  if (kind !== 0x30 && kind !== 0) throw invalid("it holds something else than files");
  const size =
    header[124] === 0x80
      ? Number(new DataView(header.buffer, header.byteOffset).getBigUint64(128))
      : Number.parseInt(text(124, 12), 8);
  if (!Number.isSafeInteger(size)) throw invalid("a file has no size");
  return { name: text(0, longestName), size };
}

/** The octets that fill the last block of a file. */
export const paddingOf = (size: number): number => (blockOctets - (size % blockOctets)) % blockOctets;

/** The sum of the header's octets, those of the sum itself taken as spaces. */
function checksumOf(header: Uint8Array): number {
  return header.reduce((sum, octet, at) => sum + (at >= 148 && at < 156 ? 0x20 : octet), 0);
}

const invalid = (reason: string): HomeError =>
  new HomeError("backup-invalid", `this is no backup: ${reason}`, { reason });
