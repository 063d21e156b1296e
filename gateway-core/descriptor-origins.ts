/** The descriptors that stand in folders of this machine: the package's and the user's own (docs/descriptors.md, "Who serves what"). */

import { join } from "node:path";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import type { Log } from "./contract/clock.ts";
import type { HomeError } from "./contract/errors.ts";
import type { Origins } from "./devices/descriptor-choice.ts";
import type { Settings } from "./settings.ts";

/** A file that is not in order, and a folder that cannot be read, is told and left out. */
export function openOrigins({ folders, withoutTypes }: Settings["descriptors"], root: string, log: Log): Origins {
  const tell = (error: HomeError): void => log.write("error", "descriptor-refused", error.toBody());
  const own = loadCatalogue(folders, tell);
  const packaged = loadCatalogue([join(root, "device-descriptors")], tell, withoutTypes);
  return { find: packaged.find, findOwn: own.find };
}
