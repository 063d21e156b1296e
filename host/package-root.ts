/** Finds the folder of this package, from the sources as well as from the built files. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HomeError } from "../gateway-core/contract/errors.ts";

/** The nearest folder above this file that holds a package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    if (dirname(folder) === folder) throw new HomeError("internal", "this file stands outside of its package");
    folder = dirname(folder);
  }
  return folder;
}
