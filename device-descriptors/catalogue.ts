/** The descriptors that this house has, read from folders of JSON (docs/descriptors.md, "Who serves what"), and the look-up by what an adapter found. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Descriptor, DescriptorKey } from "../gateway-core/contract/descriptor.ts";
import { bestMatch } from "../gateway-core/contract/descriptor-match.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { flawsOf } from "./check-descriptor.ts";

export interface Catalogue {
  /** The descriptor with the most specific match; of equally specific ones that of the later folder. */
  find(key: DescriptorKey): Descriptor | undefined;
  list(): readonly Descriptor[];
}

/** Files of the package's own folder that hold no descriptor. */
const otherFiles = new Set(["descriptor.schema.json", "names.json"]);

/**
 * Reads every `*.json` in the folders and their sub-folders.
 * A descriptor that is not in order (`descriptor-invalid` with `file` and `path`) is told to `onBroken` and left out, so
 * that one bad file takes nothing from the others; unless told otherwise it is thrown. `withoutTypes` are left out, too.
 * @throws HomeError `settings-invalid` for a folder that cannot be read.
 */
export function loadCatalogue(
  folders: readonly string[],
  onBroken: (error: HomeError) => void = rethrow,
  withoutTypes: readonly string[] = [],
): Catalogue {
  const descriptors = folders
    .flatMap((folder) => filesIn(folder).flatMap((file) => readDescriptor(file, onBroken)))
    .filter((descriptor) => !withoutTypes.includes(descriptor["gk:type"]));
  return {
    list: () => descriptors,
    find(key) {
      let best: Descriptor | undefined;
      let most = 0;
      for (const descriptor of descriptors) {
        const specificity = bestMatch(descriptor["gk:match"], key);
        if (specificity === 0 || specificity < most) continue;
        best = descriptor;
        most = specificity;
      }
      return best;
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

function filesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names
      .filter((name) => name.endsWith(".json") && !otherFiles.has(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    throw new HomeError("settings-invalid", `cannot read the descriptors folder ${folder}`, { folder }, cause);
  }
}

function readDescriptor(file: string, onBroken: (error: HomeError) => void): readonly Descriptor[] {
  try {
    return [parseDescriptor(parseJson(readFileSync(file, "utf8")))];
  } catch (thrown) {
    const { code, message, details } = toHomeError(thrown);
    onBroken(new HomeError(code, `${file}: ${message}`, { ...details, file }, thrown));
    return [];
  }
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
