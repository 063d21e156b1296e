/** Descriptors of all classes of the sources, as the files that they are kept in. Pure, and the same for the same sources. */

import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { flawsOf } from "../check-descriptor.ts";
import { digestOf, indexName } from "../descriptor-index.ts";
import { descriptorOf } from "./descriptor-of.ts";
import { noOverlay, type Overlay } from "./overlay.ts";
import { printJson } from "./print-json.ts";
import { type SourceClass, superClass } from "./source.ts";

export interface GeneratedFile {
  /** Below the folder of the descriptors: "echonet/0130.json". */
  readonly path: string;
  readonly text: string;
}

/**
 * `sources`: the better first; where several tell a class, the first is believed. `overlays` are keyed by class.
 * @throws HomeError `import-invalid` without a super class.
 */
export function generateDescriptors(
  sources: readonly (readonly SourceClass[])[],
  overlays: ReadonlyMap<string, Overlay>,
): readonly Descriptor[] {
  const classes = new Map<string, SourceClass>();
  for (const source of sources.flat()) if (!classes.has(source.eojClass)) classes.set(source.eojClass, source);
  const shared = classes.get(superClass);
  if (shared === undefined) throw new HomeError("import-invalid", "the sources have no device object super class");
  const sharedOverlay = overlays.get(superClass) ?? noOverlay;
  return [...classes.values()]
    .filter(({ eojClass }) => eojClass !== superClass)
    .sort((a, b) => (a.eojClass < b.eojClass ? -1 : 1))
    .map((own) => descriptorOf({ own, shared, sharedOverlay, overlay: overlays.get(own.eojClass) ?? noOverlay }));
}

/**
 * A file for each descriptor, and the index by which the catalogue finds them without reading them.
 * @throws HomeError `descriptor-invalid` for a descriptor that is not in order.
 */
export function filesOf(descriptors: readonly Descriptor[]): readonly GeneratedFile[] {
  const files = descriptors.map((descriptor) => {
    const [flaw] = flawsOf(descriptor);
    const type = descriptor["gk:type"];
    if (flaw !== undefined) throw new HomeError("descriptor-invalid", `${type}${flaw.path}: ${flaw.message}`);
    return { descriptor, path: `${type.replace(":", "/")}.json`, text: printJson(toJson(descriptor)) };
  });
  const index = files.map(({ descriptor, path, text }) => ({
    file: path,
    match: [...descriptor["gk:match"]],
    sha256: digestOf(text),
  }));
  return [
    ...files.map(({ path, text }) => ({ path, text })),
    { path: indexName, text: printJson({ descriptors: index }) },
  ];
}

/** A descriptor holds nothing but JSON. */
function toJson(descriptor: Descriptor): Json {
  return JSON.parse(JSON.stringify(descriptor));
}
