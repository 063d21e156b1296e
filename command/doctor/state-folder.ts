/** Whether the state folder can be written: a gateway that cannot keep anything gives its devices new names at each start. */

import { existsSync, mkdtempSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Check, findings } from "./finding.ts";

export const stateFolder: Check = async ({ args: { folder, language } }) => {
  const { ok, fail } = findings("state-folder", language);
  try {
    rmdirSync(mkdtempSync(join(nearest(folder), ".genkan-doctor-")));
    return ok(existsSync(folder) ? "doctor-folder-good" : "doctor-folder-none", { folder });
  } catch (cause) {
    return fail("doctor-folder-bad", { folder, reason: String(cause) }, "doctor-folder-hint");
  }
};

/** The folder, or the nearest above it that is there: the first start makes the rest. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}
