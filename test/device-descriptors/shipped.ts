/** What the tests of the catalogue share: the shipped descriptors, and what they come from where it is at hand. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { PageDevice } from "../../gateway-core/contract/page.ts";
import { packageRoot } from "../../host/package-root.ts";

export const folder = join(packageRoot(), "device-descriptors");
export const overlays = join(folder, "overlay");
const catalogue: readonly Descriptor[] = loadCatalogue([folder]).list();
/** Made from the sources of ECHONET. */
export const shipped = catalogue.filter((one) => one["gk:type"].startsWith("echonet:"));
/** Written by hand. */
export const shippedAvc = catalogue.filter((one) => one["gk:type"].startsWith("ieee1394:avc:"));
export const shippedHavi = catalogue.filter((one) => one["gk:type"].startsWith("ieee1394:havi:"));
export const shippedAv = catalogue.filter((one) => one["gk:type"].startsWith("av:"));

const data = join(packageRoot(), "..", "shared", "data");
export const sources = {
  mra: join(data, "mra-1.0.0"),
  objectDb: join(data, "objectdb"),
  thingModelSchema: join(data, "wot", "tm-json-schema-validation.json"),
};

/** Says aloud what cannot be checked here: a silent skip looks like a pass. */
export function isThere(...files: readonly string[]): boolean {
  const absent = files.filter((file) => !existsSync(file));
  for (const file of absent) console.warn(`SKIPPED: ${file} is not here, so what it proves is not proven`);
  return absent.length === 0;
}

export function descriptorOf(type: string): Descriptor {
  const found = shipped.find((one) => one["gk:type"] === type);
  if (found === undefined) throw new Error(`no descriptor ${type}`);
  return found;
}

export const bindingsOf = ({ properties }: Descriptor) =>
  Object.entries(properties).map(([name, property]) => ({
    name,
    property,
    epc: String(property["gk:bind"]["echonet"]?.["epc"]),
    codec: property["gk:bind"]["echonet"]?.["codec"] ?? null,
  }));

/** Actions that stand in the bar of a deck, and so on no line of their own. */
export const keysAmong = (widgets: PageDevice["widgets"]): readonly string[] =>
  Object.values(widgets).flatMap((widget) =>
    widget.widget === "transport" ? widget.keys.flatMap(({ action }) => action ?? []) : [],
  );
