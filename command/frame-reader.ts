/** Frames explained by the descriptors of the package and of the person's own folders. */

import { join } from "node:path";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import { createFrameExplainer, type FrameExplainer } from "../gateway-core/gateway.ts";
import { packageRoot } from "../host/package-root.ts";
import type { Arguments } from "./arguments.ts";
import { readSettings } from "./read-settings.ts";

export function frameReader(args: Arguments): FrameExplainer {
  const { folders } = readSettings(args.folder, args.overrides).gateway.descriptors;
  const shipped = join(packageRoot(), "device-descriptors");
  const catalogue = loadCatalogue([shipped, ...folders], ({ message }) => process.stderr.write(`${message}\n`));
  return createFrameExplainer((key) => catalogue.find(key), args.language);
}
