/** `genkan descriptors import --mra DIR [--objectdb DIR] [--to DIR]`: descriptors made of an appendix of one's own. */

import { join, resolve } from "node:path";
import { readDescriptors, writeDescriptors } from "../device-descriptors/import/import-descriptors.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { packageRoot } from "../host/package-root.ts";
import type { Arguments } from "./arguments.ts";
import { say } from "./say.ts";

/** Without `--to` they go into the state folder; the settings say whether a gateway reads them. */
export function importDescriptors(
  { values, folder, language }: Arguments,
  tell: (value: object, text: string) => void,
): void {
  const { mra, objectdb, to = join(folder, "descriptors") } = values;
  if (mra === undefined) throw new HomeError("usage", say(language, "usage"));
  const overlays = join(packageRoot(), "device-descriptors", "overlay");
  const made = readDescriptors({ mra, objectDb: objectdb, overlays });
  const target = resolve(to);
  writeDescriptors(made, target);
  const count = made.length;
  tell({ count, folder: target }, say(language, "descriptors-imported", { count, folder: target }));
}
