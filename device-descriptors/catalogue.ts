/** The descriptors that this house has, read from folders of JSON (docs/descriptors.md, "Where they come from"), and the look-up by what an adapter found. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Descriptor, DescriptorKey, Match } from "../gateway-core/contract/descriptor.ts";
import { bestMatch } from "../gateway-core/contract/descriptor-match.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { flawsOf } from "./check-descriptor.ts";
import { digestOf, type IndexEntry, indexName, readIndex } from "./descriptor-index.ts";

export { gapsOf } from "./gaps.ts";

export interface Catalogue {
  /** The descriptor with the most specific match; of equally specific ones that of the later folder. */
  find(key: DescriptorKey): Descriptor | undefined;
  list(): readonly Descriptor[];
}

/** Files of the package's own folder that hold no descriptor. */
const otherFiles = new Set([indexName, "descriptor.schema.json"]);
const otherFolders = /^(?:import|overlay)[\\/]/;

interface Entry {
  readonly matches: readonly Match[];
  /** Undefined when the file turns out not to be in order. */
  read(): Descriptor | undefined;
}

/**
 * Takes every `*.json` in the folders and their sub-folders. What a folder's index tells is read when it is first asked
 * for; other files are read at once.
 * A descriptor that is not in order (`descriptor-invalid` with `file` and `path`) and a folder that cannot be read
 * (`settings-invalid`) are told to `onBroken` and left out, so that one that is bad takes nothing from the others; unless
 * told otherwise it is thrown. `withoutTypes` are left out, too.
 */
export function loadCatalogue(
  folders: readonly string[],
  onBroken: (error: HomeError) => void = rethrow,
  withoutTypes: readonly string[] = [],
): Catalogue {
  const entries = folders.flatMap((folder) => entriesIn(folder, onBroken));
  const readWanted = (entry: Entry): readonly Descriptor[] => {
    const descriptor = entry.read();
    return descriptor === undefined || withoutTypes.includes(descriptor["gk:type"]) ? [] : [descriptor];
  };
  return {
    list: () => entries.flatMap(readWanted),
    find(key) {
      const fitting = entries
        .map((entry) => ({ entry, specificity: bestMatch(entry.matches, key) }))
        .filter(({ specificity }) => specificity > 0)
        .toReversed()
        .sort((a, b) => b.specificity - a.specificity);
      for (const { entry } of fitting) {
        const [descriptor] = readWanted(entry);
        if (descriptor !== undefined) return descriptor;
      }
      return undefined;
    },
  };
}

/** @throws HomeError `descriptor-invalid`: `path` is the JSON pointer (RFC 6901) of the first flaw, `flaws` counts all. */
export function parseDescriptor(candidate: unknown): Descriptor {
  const flaws = flawsOf(candidate);
  const [first] = flaws;
  if (first === undefined) return candidate as Descriptor;
  throw new HomeError("descriptor-invalid", `${first.path}: ${first.message}`, {
    path: first.path,
    flaws: flaws.length,
  });
}

function entriesIn(folder: string, onBroken: (error: HomeError) => void): readonly Entry[] {
  const index = new Map(readIndex(folder).map((entry) => [join(folder, entry.file), entry]));
  return filesIn(folder, onBroken).flatMap((file): readonly Entry[] => {
    const indexed = index.get(file);
    if (indexed !== undefined)
      return [{ matches: indexed.match, read: once(() => readDescriptor(file, onBroken, indexed)) }];
    const descriptor = readDescriptor(file, onBroken);
    return descriptor === undefined ? [] : [{ matches: descriptor["gk:match"], read: () => descriptor }];
  });
}

function filesIn(folder: string, onBroken: (error: HomeError) => void): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names
      .filter((name) => name.endsWith(".json") && !otherFiles.has(name) && !otherFolders.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    onBroken(new HomeError("settings-invalid", `cannot read the descriptors folder ${folder}`, { folder }, cause));
    return [];
  }
}

/** A file that is what its index saw has been checked then; any other is checked now. */
function readDescriptor(
  file: string,
  onBroken: (error: HomeError) => void,
  indexed?: IndexEntry,
): Descriptor | undefined {
  try {
    const text = readFileSync(file, "utf8");
    const candidate = parseJson(text);
    return indexed?.sha256 === digestOf(text) ? (candidate as Descriptor) : parseDescriptor(candidate);
  } catch (thrown) {
    const { code, message, details } = toHomeError(thrown);
    onBroken(new HomeError(code, `${file}: ${message}`, { ...details, file }, thrown));
    return undefined;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function rethrow(error: HomeError): never {
  throw error;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HomeError("descriptor-invalid", "this is no JSON", {}, cause);
  }
}
