/** An appendix of one's own: imported into a folder of one's own, which then wins over what is shipped. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gapsOf, loadCatalogue } from "../../../device-descriptors/catalogue.ts";
import { readDescriptors, writeDescriptors } from "../../../device-descriptors/import/import-descriptors.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";
import { overlays, folder as shipped } from "../shipped.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "genkan-import-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const rule = { get: "required", set: "optional", inf: "required" };
const number = { type: "number", format: "uint8", minimum: 16, maximum: 31, unit: "Celsius" };
const property = (epc: string, shortName: string, data: object) => ({
  epc,
  shortName,
  propertyName: { en: shortName, ja: shortName },
  accessRule: rule,
  validRelease: { from: "A", to: "latest" },
  data,
});

/** A later release of the appendix: a file for each class, definitions in one of their own. */
function appendix(): string {
  const files = {
    "definitions/definitions.json": { definitions: { target: number } },
    "superClass/0x0000.json": {
      eoj: "0x0000",
      className: { en: "Super class", ja: "スーパークラス" },
      elProperties: [property("0x86", "manufacturerFaultCode", { type: "raw", minSize: 1, maxSize: 4 })],
    },
    "devices/0x0130.json": {
      eoj: "0x0130",
      className: { en: "Home air conditioner", ja: "家庭用エアコン" },
      elProperties: [
        property("0xB3", "targetTemperature", { $ref: "#/definitions/target" }),
        property("0xF0", "futureProperty", { type: "hologram" }),
      ],
    },
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(home, "mra", path, ".."), { recursive: true });
    writeFileSync(join(home, "mra", path), JSON.stringify(content));
  }
  return join(home, "mra");
}

describe("An appendix of one's own", () => {
  it("becomes descriptors with the names and screens that people know, and wins over the package's", () => {
    const descriptors = readDescriptors({ mra: appendix(), overlays });
    const [cooler] = descriptors;
    expect(cooler).toMatchObject({ title: "Air conditioner", "gk:kind": "airConditioner" });
    expect(cooler?.properties["targetTemperature"]).toMatchObject({
      minimum: 16,
      maximum: 31,
      "gk:presets": [20, 23, 26, 28],
    });
    expect(cooler?.["gk:screen"]?.compact).toEqual(["targetTemperature"]);
    writeDescriptors(descriptors, join(home, "to"));
    const catalogue = loadCatalogue([shipped, join(home, "to")]);
    const found = catalogue.find({ protocol: "echonet", eojClass: "0x0130" });
    expect(found?.properties["targetTemperature"]).toMatchObject({ minimum: 16 });
    expect(catalogue.find({ protocol: "echonet", eojClass: "0x0290" })?.title).toBe("Light");
  });

  it("leaves as octets what is beyond the vocabulary, and the catalogue says so", () => {
    const [cooler] = readDescriptors({ mra: appendix(), overlays });
    expect(cooler && gapsOf(cooler)).toEqual([
      { type: "echonet:0130", property: "futureProperty", epc: "0xF0", extent: "whole" },
      { type: "echonet:0130", property: "manufacturerFaultCode", epc: "0x86", extent: "part" },
    ]);
  });

  it("is imported anew over what was there", () => {
    const descriptors = readDescriptors({ mra: appendix(), overlays });
    writeDescriptors(descriptors, home);
    const first = readFileSync(join(home, "index.json"), "utf8");
    writeDescriptors(descriptors, home);
    expect(readFileSync(join(home, "index.json"), "utf8")).toBe(first);
  });

  it("says which file or folder cannot be read", () => {
    writeFileSync(join(home, "half.json"), "{");
    const thrownBy = (mra: string): unknown => {
      try {
        return readDescriptors({ mra, overlays });
      } catch (thrown) {
        return thrown instanceof HomeError && { code: thrown.code, file: thrown.details["file"] };
      }
    };
    expect(thrownBy(home)).toEqual({ code: "import-invalid", file: join(home, "half.json") });
    expect(thrownBy(join(home, "nowhere"))).toEqual({ code: "import-invalid", file: join(home, "nowhere") });
  });
});
