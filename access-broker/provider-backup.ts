/** Backup and restore of all that a provider must not lose: the store, the authorities' keys, the sealing key, the operator's password and the settings. */

import { createReadStream, createWriteStream, existsSync, readdirSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { type Packed, readArchive, writeArchive } from "./backup/archive.ts";
import type { Manifest } from "./backup/manifest.ts";
import { openPlainStore, type Provider, storeFile } from "./provider.ts";
import { copySqliteFile } from "./subscriptions/sqlite-backup.ts";
import { openSqliteStore } from "./subscriptions/sqlite-store.ts";
import { parseStoredRow, type StoredRow } from "./subscriptions/store-copy.ts";

const rowsName = "access-broker/store.jsonl";
const settingsName = "settings.json";

export interface BackupTask extends Provider {
  /** The archive. */
  readonly file: string;
  readonly passphrase?: string | undefined;
  /** Kept with it when it is there. */
  readonly settingsFile: string;
}

/** While the broker runs, too. @throws HomeError `store-unavailable`, `backup-invalid` when the file is there already */
export async function backUp({ file, passphrase, settingsFile, ...provider }: BackupTask): Promise<Manifest> {
  const { folder, settings, host } = provider;
  if (existsSync(file)) throw new HomeError("backup-invalid", `${file} is there already`, { file });
  const work = await mkdtemp(join(dirname(file), ".genkan-backup-"));
  try {
    const isRows = settings.store !== undefined;
    const name = isRows ? rowsName : `access-broker/${basename(storeFile(folder))}`;
    const path = join(work, basename(name));
    if (isRows) {
      await using store = openPlainStore(provider);
      await pipeline(Readable.from(linesOf(store.dump())), createWriteStream(path, { mode: 0o600 }));
    } else {
      // Made at the first backup, should nobody have begun yet.
      await openPlainStore(provider)[Symbol.asyncDispose]();
      await copySqliteFile(storeFile(folder), path);
    }
    const files: Packed[] = [{ name, path }, ...keptIn(folder)];
    if (existsSync(settingsFile)) files.push({ name: settingsName, path: settingsFile });
    const made = new Date(host.clock.now()).toISOString();
    return await writeArchive(
      file,
      files,
      { made, host: settings.host, store: isRows ? "rows" : "sqlite" },
      passphrase,
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Keys and small files of the state folder. */
function keptIn(folder: string): Packed[] {
  const inFolder = (of: string, prefix: string, isKept: (name: string) => boolean): Packed[] =>
    (existsSync(of) ? readdirSync(of, { withFileTypes: true }) : [])
      .filter((entry) => entry.isFile() && isKept(entry.name))
      .map(({ name }) => ({ name: `${prefix}${name}`, path: join(of, name) }));
  return [
    ...inFolder(folder, "access-broker/", (name) => name.endsWith(".json")),
    ...inFolder(join(folder, "authority"), "access-broker/authority/", (name) => !name.endsWith(".tmp")),
  ];
}

async function* linesOf(rows: AsyncIterable<StoredRow>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

export interface RestoreTask extends BackupTask {
  /** Whether what is there is put aside. */
  readonly isForced: boolean;
}

/**
 * Everything is read and verified first; then the state is exchanged. What was there stays beside it. Where the settings
 * name another kind of store than the backup is of, the rows move over.
 * @throws HomeError `backup-invalid`, `state-exists`, `store-unavailable`
 */
export async function restore({
  file,
  passphrase,
  settingsFile,
  isForced,
  ...provider
}: RestoreTask): Promise<Manifest> {
  const { folder, settings, host } = provider;
  if (existsSync(folder) && !isForced) throw exists(folder);
  const above = dirname(folder);
  await mkdir(above, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(above, ".genkan-restore-"));
  try {
    const manifest = await readArchive(file, work, passphrase);
    const unpacked = join(work, "access-broker");
    const kept = { sqlite: storeFile(unpacked), rows: join(work, rowsName) };
    if (settings.store !== undefined || manifest.store === "rows") {
      const to = settings.store === undefined ? storeFile(unpacked) : undefined;
      await using target = to === undefined ? openPlainStore(provider) : openSqliteStore(to);
      const { homes } = await target.countStored(host.clock.now());
      if (homes > 0 && !isForced) throw exists("the store");
      if (manifest.store === "rows") await target.load(rowsOf(kept.rows));
      else {
        await using source = openSqliteStore(kept.sqlite);
        await target.load(source.dump());
      }
      await rm(to === undefined ? kept.sqlite : kept.rows, { force: true });
      await rm(kept.rows, { force: true });
    }
    const aside = `before-${new Date(host.clock.now()).toISOString().replaceAll(/[:.]/g, "-")}`;
    if (existsSync(folder)) await rename(folder, `${folder}.${aside}`);
    await rename(unpacked, folder);
    if (existsSync(join(work, settingsName))) {
      if (existsSync(settingsFile)) await copyFile(settingsFile, `${settingsFile}.${aside}`);
      await rename(join(work, settingsName), settingsFile);
    }
    return manifest;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function* rowsOf(path: string): AsyncGenerator<StoredRow> {
  for await (const line of createInterface({ input: createReadStream(path) })) yield parseStoredRow(line);
}

const exists = (what: string): HomeError =>
  new HomeError("state-exists", `${what} holds something already: --force puts it aside`, { what });
