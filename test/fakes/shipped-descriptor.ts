/** A descriptor that is in order, read from the package as a provider would. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { packageRoot } from "../../host/package-root.ts";

export const lampFile: string = join(packageRoot(), "device-descriptors", "echonet", "0290.json");

/** The shipped descriptor of a lamp, with some members replaced. */
export function shippedLamp(change: Partial<Descriptor> = {}): Descriptor {
  return { ...parseDescriptor(JSON.parse(readFileSync(lampFile, "utf8"))), ...change };
}

export const lampKey = {
  protocol: "echonet",
  eojClass: "0x0290",
  manufacturer: "0x00000B",
  productCode: "L7",
} as const;
