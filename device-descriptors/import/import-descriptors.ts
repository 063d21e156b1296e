/** `genkan descriptors import`: reads sources and overlays from folders, writes descriptors into one (docs/descriptors.md, "Where they come from"). */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { readAppendix } from "./appendix.ts";
import { filesOf, generateDescriptors } from "./generate.ts";
import { readObjectDatabaseClass } from "./object-database.ts";
import { type Overlay, parseOverlay } from "./overlay.ts";
import type { SourceClass } from "./source.ts";

interface ImportFolders {
  /** Of a Machine Readable Appendix: one file, or one for each class. */
  readonly mra?: string | undefined;
  /** Of an Object Database: `en/` and `ja/` somewhere within. */
  readonly objectDb?: string | undefined;
  /** Overlays, named by class: "0130.json". */
  readonly overlays: string;
}

/** @throws HomeError `import-invalid` for what cannot be read, with its `file`. */
export function readDescriptors({ mra, objectDb, overlays }: ImportFolders): readonly Descriptor[] {
  const sources = [
    ...(mra === undefined ? [] : [appendixIn(mra)]),
    ...(objectDb === undefined ? [] : [databaseIn(objectDb)]),
  ];
  return generateDescriptors(sources, overlaysIn(overlays));
}

/** Writes each descriptor and the index, over what an earlier import left there. */
export function writeDescriptors(descriptors: readonly Descriptor[], folder: string): void {
  for (const { path, text } of filesOf(descriptors)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function appendixIn(folder: string): readonly SourceClass[] {
  return readAppendix(filesIn(folder, ".json").map((file) => readFile(file, JSON.parse)));
}

function databaseIn(folder: string): readonly SourceClass[] {
  const files = filesIn(folder, ".csv").filter((file) => /^0x[0-9A-F]{4}\.csv$/i.test(basename(file)));
  const english = files.filter((file) => basename(dirname(file)) === "en");
  return english.map((file) => {
    const japanese = join(dirname(dirname(file)), "ja", basename(file));
    return readFile(file, (text) =>
      readObjectDatabaseClass(
        basename(file, ".csv"),
        text,
        readFile(japanese, (other) => other),
      ),
    );
  });
}

function overlaysIn(folder: string): ReadonlyMap<string, Overlay> {
  return new Map(
    filesIn(folder, ".json").map((file) => [
      `0x${basename(file, ".json").toUpperCase()}`,
      readFile(file, (text) => parseOverlay(JSON.parse(text))),
    ]),
  );
}

function filesIn(folder: string, ending: string): readonly string[] {
  return named(folder, () =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => join(folder, name)),
  );
}

function readFile<T>(file: string, parse: (text: string) => T): T {
  return named(file, () => parse(readFileSync(file, "utf8")));
}

/** One error for whatever is wrong with a file or folder. */
function named<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HomeError("import-invalid", `${file}: ${why}`, { file }, cause);
  }
}
