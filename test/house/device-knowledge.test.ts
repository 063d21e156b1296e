/** Knowledge of devices is data: no source file outside the simulated home names a device class or a vendor. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";

const root = packageRoot();
/** ECHONET class group and class of a device object, written as a number or as hex text; the profiles are the protocol's own. */
const deviceClass = /(?:0x|["'`])0[0-6][0-9a-f]{2}(?:[0-9a-f]{2})?["'`]?(?![0-9a-f])/gi;
const profiles = /0ef0|05ff|0e f0/i;
const vendors = /\b(daikin|mitsubishi|panasonic|sharp|hitachi|toshiba|fujitsu|rinnai|noritz|sony|canon|jvc)\b/i;

describe("No source names a device", () => {
  const files = globSync("{gateway-core,access-broker,nodes,ui,host,command}/**/*.ts", { cwd: root });

  it.each(files)("%s", (path) => {
    const text = readFileSync(join(root, path), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    const classes = [...text.matchAll(deviceClass)].map(([found]) => found).filter((found) => !profiles.test(found));
    expect(classes).toEqual([]);
    expect(text).not.toMatch(vendors);
  });
});
