/** A backup as one file: a gzipped tar archive whose first file says what the others must be, octet for octet; under a passphrase, encrypted. */

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { type Manifest, manifestName, parseManifest } from "./manifest.ts";
import { encryption } from "./passphrase.ts";
import { blockOctets, encodeTarHeader, paddingOf } from "./tar-header.ts";
import { unpack } from "./unpack.ts";

export interface Packed {
  /** The name in the archive. */
  readonly name: string;
  readonly path: string;
}

/** Writes the archive; it is there whole or not at all. `about`: what it says of itself beside its files. */
export async function writeArchive(
  file: string,
  files: readonly Packed[],
  about: JsonObject,
  passphrase: string | undefined,
): Promise<Manifest> {
  const listed = await Promise.all(
    files.map(async ({ name, path }) => ({ name, size: (await stat(path)).size, sha256: await digestOf(path) })),
  );
  const manifest = parseManifest({ ...about, v: 1, files: listed });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const stages = [createGzip(), ...(passphrase === undefined ? [] : [await encryption(passphrase)])];
    await pipeline([
      Readable.from(tarOf(manifest, files)),
      ...stages,
      createWriteStream(temporary, { mode: 0o600, flags: "wx", flush: true }),
    ]);
    await rename(temporary, file);
    await using folder = await open(dirname(file));
    await folder.sync();
  } finally {
    await rm(temporary, { force: true });
  }
  return manifest;
}

async function* tarOf(manifest: Manifest, files: readonly Packed[]): AsyncGenerator<Uint8Array> {
  const text = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  yield encodeTarHeader({ name: manifestName, size: text.length });
  yield text;
  yield new Uint8Array(paddingOf(text.length));
  for (const { name, path } of files) {
    const size = manifest.files.find((one) => one.name === name)?.size ?? 0;
    yield encodeTarHeader({ name, size });
    if (size > 0) yield* createReadStream(path, { end: size - 1 });
    yield new Uint8Array(paddingOf(size));
  }
  yield new Uint8Array(2 * blockOctets);
}

/**
 * Unpacks into an empty folder, and returns only when every file is what the archive says that it must be.
 * @throws HomeError `backup-invalid`
 */
export async function readArchive(file: string, into: string, passphrase: string | undefined): Promise<Manifest> {
  await mkdir(into, { recursive: true, mode: 0o700 });
  const names = await unpack(file, into, passphrase);
  if (!names.has(manifestName))
    throw new HomeError("backup-invalid", `${file} is no backup: it has no ${manifestName}`);
  const manifest = parseManifest(readJson(await readFile(join(into, manifestName), "utf8")));
  const awaited = new Set([manifestName, ...manifest.files.map(({ name }) => name)]);
  for (const name of names) {
    if (!awaited.has(name))
      throw new HomeError("backup-invalid", `${name} does not belong into the backup`, { file: name });
  }
  for (const { name, sha256 } of manifest.files) {
    const isWhole = names.has(name) && (await digestOf(join(into, name))) === sha256;
    if (!isWhole) throw new HomeError("backup-invalid", `${name} in the backup is damaged or missing`, { file: name });
  }
  return manifest;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
